//! What staff must look at: one row per booking and kind while it needs attention.

use crate::sql::statements;
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::booking::Alert;
use slotbridge_domain::ids::BookingId;

statements! {
    RAISE = "INSERT INTO alerts (practice_id, booking_id, kind, raised_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (practice_id, booking_id, kind) DO UPDATE SET raised_at = excluded.raised_at";
    CLEAR = "DELETE FROM alerts WHERE practice_id = $1 AND booking_id = $2 AND kind = $3";
    OVERVIEW = "SELECT kind, COUNT(*) FROM alerts GROUP BY kind";
    LIST = "SELECT booking_id, kind, raised_at FROM alerts WHERE practice_id = $1
        ORDER BY raised_at, booking_id, kind";
}

/// Something that needs attention.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The booking.
    pub booking_id: BookingId,
    /// What is the matter.
    pub alert: Alert,
    /// Since when.
    pub raised_at: Timestamp,
}

/// Raises an alert.
///
/// # Errors
/// The store's.
pub fn raise(tx: &mut Tx<'_>, booking: BookingId, alert: Alert) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&RAISE, args![practice, booking, alert.as_str(), now])
}

/// Clears an alert, if there is one.
///
/// # Errors
/// The store's.
pub fn clear(tx: &mut Tx<'_>, booking: BookingId, alert: Alert) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&CLEAR, args![practice, booking, alert.as_str()])
}

/// All alerts, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Raised>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice], |row| {
        Ok(Raised {
            booking_id: row.id(0, BookingId::new)?,
            alert: row.named(1, Alert::from_name)?,
            raised_at: row.timestamp(2)?,
        })
    })
}

/// How many of a kind there are at all practices. Runs globally.
///
/// # Errors
/// The store's.
pub fn overview(tx: &mut Tx<'_>) -> Result<Vec<(Alert, i64)>> {
    tx.query(&OVERVIEW, args![], |row| {
        Ok((row.named(0, Alert::from_name)?, row.int(1)?))
    })
}
