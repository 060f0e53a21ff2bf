//! Which reminders were written, and who wants none (SNAP-3). Appointments and patients are known by
//! blind indexes alone.

use crate::sql::statements;
use crate::{Result, Tx, args};
use jiff::Timestamp;

statements! {
    MADE = "SELECT start_at, appointment_index FROM reminders
        WHERE practice_id = $1 AND start_at >= $2 AND start_at < $3";
    MAKE = "INSERT INTO reminders (practice_id, start_at, appointment_index) VALUES ($1, $2, $3)
        ON CONFLICT (practice_id, start_at, appointment_index) DO NOTHING";
    STOP = "INSERT INTO reminder_stops (practice_id, patient_index, stopped_at)
        VALUES ($1, $2, $3) ON CONFLICT (practice_id, patient_index) DO NOTHING";
    STOPPED = "SELECT 1 FROM reminder_stops WHERE practice_id = $1 AND patient_index = $2";
}

/// The reminders of appointments that begin in `[from, to)`: start and appointment.
///
/// # Errors
/// The store's.
pub fn made(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<(Timestamp, Vec<u8>)>> {
    let practice = tx.practice()?;
    tx.query(&MADE, args![practice, from, to], |row| {
        Ok((row.timestamp(0)?, row.blob(1)?))
    })
}

/// Writes down that the reminder of an appointment was written.
///
/// # Errors
/// The store's.
pub fn make(tx: &mut Tx<'_>, start: Timestamp, appointment: &[u8]) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&MAKE, args![practice, start, appointment])
}

/// Writes down that a patient wants no reminders.
///
/// # Errors
/// The store's.
pub fn stop(tx: &mut Tx<'_>, patient: &[u8]) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&STOP, args![practice, patient, now])
}

/// Whether a patient wants no reminders.
///
/// # Errors
/// The store's.
pub fn stopped(tx: &mut Tx<'_>, patient: &[u8]) -> Result<bool> {
    let practice = tx.practice()?;
    Ok(tx
        .query_opt(&STOPPED, args![practice, patient], |_| Ok(()))?
        .is_some())
}
