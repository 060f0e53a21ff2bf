//! Times that are off until the next snapshot of their resource and day (BOOK-5).

use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::BookingId;

statements! {
    INSERT = "INSERT INTO slot_blocks (practice_id, booking_id, pms_resource_id, day, start_at,
            end_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (practice_id, booking_id) DO NOTHING";
    DAYS = "SELECT DISTINCT pms_resource_id, day FROM slot_blocks
        WHERE practice_id = $1 AND day >= $2 AND day <= $3";
    LIFT = "DELETE FROM slot_blocks
        WHERE practice_id = $1 AND pms_resource_id = $2 AND day = $3";
    LIFT_RESOURCE = "DELETE FROM slot_blocks WHERE practice_id = $1 AND pms_resource_id = $2";
}

/// A time that is off.
#[derive(Clone, Debug)]
pub struct SlotBlock {
    /// The resource.
    pub pms_resource_id: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

/// Takes a booking's time off.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, booking: BookingId, day: &str, block: &SlotBlock) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        booking,
        &block.pms_resource_id,
        day,
        block.start,
        block.end
    ];
    tx.push(&INSERT, args)
}

/// The resources and days from `first` to `last`, both included, that have a time off.
///
/// # Errors
/// The store's.
pub fn days(tx: &mut Tx<'_>, first: &str, last: &str) -> Result<Asked<(String, String)>> {
    let practice = tx.practice()?;
    tx.ask(&DAYS, args![practice, first, last], |row: &Row<'_>| {
        Ok((row.text(0)?, row.text(1)?))
    })
}

/// Gives the times of a resource's day back.
///
/// # Errors
/// The store's.
pub fn lift(tx: &mut Tx<'_>, resource: &str, day: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&LIFT, args![practice, resource, day])
}

/// Gives all times of a resource back.
///
/// # Errors
/// The store's.
pub fn lift_resource(tx: &mut Tx<'_>, resource: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&LIFT_RESOURCE, args![practice, resource])
}
