//! `didNotAttend` (BOOK-10): the patient did not come.

use crate::auth::Consented;
use crate::life::{self, Event};
use crate::{Context, Result, zone};
use slotbridge_domain::booking::Attendance;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::Tx;

/// Marks the booking. Again: nothing changes.
///
/// # Errors
/// No such booking; it is not Confirmed, or its day is still to come at the practice.
pub fn did_not_attend(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: BookingId,
    reason: Option<&str>,
) -> Result<()> {
    let mut booking = life::load(tx, id)?;
    let zone = caller.zone();
    let day_to_come = zone::day(zone, booking.start) > zone::day(zone, tx.now());
    let change = booking
        .life
        .attendance(Attendance::DidNotAttend, day_to_come)?;
    let event = Event {
        context,
        action: "didNotAttend",
        note: reason,
        more: false,
    };
    life::apply(tx, zone, &mut booking, &change, &event)
}
