//! Holds: a time kept for a patient who fills in the form. They end by comparison with the clock.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};

macro_rules! columns {
    () => {
        "hold_hash, practitioner_id, appointment_type_id, pms_resource_id, start_at, end_at, \
         expires_at"
    };
}

statements! {
    INSERT = "INSERT INTO holds (practice_id, hold_hash, practitioner_id, appointment_type_id,
            pms_resource_id, start_at, end_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = concat!("SELECT ", columns!(), " FROM holds WHERE practice_id = $1 AND hold_hash = $2");
    DELETE = "DELETE FROM holds WHERE practice_id = $1 AND hold_hash = $2";
    SWEEP = "DELETE FROM holds WHERE practice_id = $1 AND expires_at <= $2";
}

/// A hold.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The hash of its id, which is a secret.
    pub hold_hash: Vec<u8>,
    /// Whom it is with.
    pub practitioner_id: PractitionerId,
    /// What for.
    pub appointment_type_id: AppointmentTypeId,
    /// The resource whose time it takes.
    pub pms_resource_id: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// When the hold ends.
    pub expires_at: Timestamp,
}

fn read(row: &Row<'_>) -> Result<Hold> {
    Ok(Hold {
        hold_hash: row.blob(0)?,
        practitioner_id: row.id(1, PractitionerId::new)?,
        appointment_type_id: row.id(2, AppointmentTypeId::new)?,
        pms_resource_id: row.text(3)?,
        start: row.timestamp(4)?,
        end: row.timestamp(5)?,
        expires_at: row.timestamp(6)?,
    })
}

/// Adds a hold.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, hold: &Hold) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        &hold.hold_hash,
        hold.practitioner_id,
        hold.appointment_type_id,
        &hold.pms_resource_id,
        hold.start,
        hold.end,
        hold.expires_at
    ];
    tx.push(&INSERT, args)
}

/// A hold, expired or not.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<Hold>> {
    let practice = tx.practice()?;
    tx.query_opt(&FIND, args![practice, hash], read)
}

/// Ends a hold.
///
/// # Errors
/// The store's.
pub fn delete(tx: &mut Tx<'_>, hash: &[u8]) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&DELETE, args![practice, hash])
}

/// Removes what has expired.
///
/// # Errors
/// The store's.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&SWEEP, args![practice, now])
}
