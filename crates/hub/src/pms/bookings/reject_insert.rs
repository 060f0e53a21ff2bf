//! `rejectInsert` (BOOK-5): the PMS refuses the booking, in time or late.

use crate::auth::Consented;
use crate::life::{self, Event};
use crate::{Context, Result};
use slotbridge_domain::ids::BookingId;
use slotbridge_store::Tx;

/// Rejects the insert. The same again changes nothing.
///
/// # Errors
/// No such booking; it was confirmed before.
pub fn reject_insert(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: BookingId,
    reason: Option<&str>,
) -> Result<()> {
    let mut booking = life::load(tx, id)?;
    let change = booking.life.reject_insert(tx.now())?;
    let event = Event {
        context,
        action: "rejectInsert",
        note: reason,
        more: false,
    };
    life::apply(tx, caller.zone(), &mut booking, &change, &event)
}
