//! The day after: a practice may have the PMS asked what became of its appointments (BOOK-12). Off
//! unless the practice chose so.

use crate::{Result, raise, zone};
use jiff::Timestamp;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{Tx, bookings};

/// Plans the end of the present day, or no longer does, as the practice chose.
pub(crate) fn plan(tx: &mut Tx<'_>, practice: &Practice) -> Result<()> {
    if !practice.ask_after_appointments {
        return Ok(due::cancel(tx, DueKind::AppointmentsPassed, "")?);
    }
    let zone = zone::of(practice)?;
    let end = zone::day_end(&zone, zone::day(&zone, tx.now()));
    Ok(due::set(tx, DueKind::AppointmentsPassed, "", end)?)
}

/// Asks for the appointments of the day that ended at `day_end`, and plans the end of the next.
pub(crate) fn run(tx: &mut Tx<'_>, day_end: Timestamp) -> Result<()> {
    let id = tx.practice()?;
    let Some(practice) = practices::get(tx, id)? else {
        return Ok(());
    };
    if !practice.ask_after_appointments || practice.deactivated_at.is_some() {
        return Ok(());
    }
    let zone = zone::of(&practice)?;
    let after = zone::day(&zone, day_end);
    let Some(day) = zone::plus_days(after, -1) else {
        return Ok(());
    };
    let (start, now) = (zone::day_start(&zone, day), tx.now());
    for booking in bookings::confirmed(tx, start, day_end, now)?.all(tx)? {
        raise::pms_appointment_changes(tx, booking.booking_id)?;
    }
    let next = zone::day_end(&zone, after);
    Ok(due::set(tx, DueKind::AppointmentsPassed, "", next)?)
}
