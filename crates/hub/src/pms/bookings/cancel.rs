//! `cancel` (BOOK-9): the booking was cancelled in the PMS.

use crate::auth::Consented;
use crate::life::{self, Event};
use crate::{Context, Result};
use slotbridge_domain::ids::BookingId;
use slotbridge_store::Tx;

/// Cancels the booking. Again: nothing changes.
///
/// # Errors
/// No such booking; it was rejected before.
pub fn cancel(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: BookingId,
    reason: Option<&str>,
) -> Result<()> {
    let mut booking = life::load(tx, id)?;
    let change = booking.life.cancel_by_pms()?;
    let event = Event {
        context,
        action: "cancel",
        note: reason,
        more: false,
    };
    life::apply(tx, caller.zone(), &mut booking, &change, &event)
}
