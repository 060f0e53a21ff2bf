//! A patient cancels (BOOK-7).

use crate::auth::Patient;
use crate::booking::get::{self, BookingPage};
use crate::life::{self, Event};
use crate::{Context, Error, Result, zone};
use slotbridge_domain::booking::Status;
use slotbridge_store::{Tx, practices};

/// Cancels the booking; again: nothing changes. The booking afterwards.
///
/// # Errors
/// It was rejected, or its time has begun.
pub fn cancel(
    tx: &mut Tx<'_>,
    context: &Context,
    patient: Patient,
    reason: Option<&str>,
) -> Result<BookingPage> {
    let id = patient.booking_id();
    let mut booking = life::load(tx, id)?;
    if booking.life.status == Status::Confirmed && booking.start <= tx.now() {
        return Err(Error::Conflict(
            "the appointment has begun: to change anything now, call the practice".into(),
        ));
    }
    let practice = practices::get(tx, id.practice())?.ok_or(Error::NotFound("booking"))?;
    let change = booking.life.cancel_here()?;
    let event = Event {
        context,
        action: "cancel",
        note: reason,
        more: false,
    };
    life::apply(tx, &zone::of(&practice)?, &mut booking, &change, &event)?;
    get::get(tx, patient)
}
