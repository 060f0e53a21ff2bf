//! A patient takes another time instead: the new booking is made and the old one cancelled in one
//! transaction, or nothing changes.

use crate::auth::Patient;
use crate::booking::create::{self, Draft, Made, Outcome};
use crate::booking::hold::Wanted;
use crate::life::{self, Event};
use crate::person::{SealedPerson, person_of};
use crate::{Context, Error, Hub, Once, Result, auth, zone};
use jiff::Timestamp;
use slotbridge_domain::booking::{Refusal, Status};
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::{Tx, practices};

/// The time that is wanted instead.
#[derive(Clone, Debug)]
pub struct NewTime {
    /// From when.
    pub start: Timestamp,
    /// With whom, if with somebody else.
    pub practitioner_id: Option<PractitionerId>,
    /// For what, if for something else.
    pub appointment_type_id: Option<AppointmentTypeId>,
    /// The hold on it, if they have one.
    pub hold_id: Option<String>,
}

/// Moves a booking to another time. The same call again under one `Idempotency-Key` gets the first
/// answer again.
///
/// # Errors
/// The booking does not stand any more, its time has begun, or its details were erased.
pub async fn reschedule(
    hub: &Hub,
    context: Context,
    patient: Patient,
    new: NewTime,
    once: Once<Made>,
) -> Result<Outcome> {
    let id = patient.booking_id();
    let practice_id = id.practice();
    let (old, person, zone) = hub
        .read(practice_id, move |tx| {
            let old = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
            let practice = practices::get(tx, practice_id)?.ok_or(Error::NotFound("booking"))?;
            let person = person_of(tx, &old)?;
            Ok((old, person, zone::of(&practice)?))
        })
        .await?;
    let person = person.ok_or_else(erased)?;
    let wanted = Wanted {
        practice_id,
        practitioner_id: new.practitioner_id.unwrap_or(old.practitioner_id),
        appointment_type_id: new.appointment_type_id.unwrap_or(old.appointment_type_id),
        start: new.start,
    };
    // Sealed before the writer is entered, under a key of the new booking's own.
    let sealed = SealedPerson::new(&person, hub.random().clone())?;
    let hold = new.hold_id.as_deref().map(auth::hash);
    let of_made = zone.clone();
    let written = hub
        .write(practice_id, move |tx| {
            let draft = Draft {
                wanted,
                hold,
                sealed: &sealed,
                is_new_patient: old.is_new_patient,
                replaces: Some(id),
            };
            once.run(tx, |tx| {
                let booking = write(tx, &context, patient, &draft)?;
                Ok(create::made(&booking, &sealed, &of_made))
            })
        })
        .await;
    create::outcome(hub, wanted, zone, written).await
}

fn write(
    tx: &mut Tx<'_>,
    context: &Context,
    patient: Patient,
    draft: &Draft<'_>,
) -> Result<Booking> {
    let id = patient.booking_id();
    let mut old = life::load(tx, id)?;
    refuse_unless_movable(&old, tx.now())?;
    let practice = practices::get(tx, id.practice())?.ok_or(Error::NotFound("booking"))?;
    let change = old.life.cancel_here()?;
    let event = Event {
        context,
        action: "reschedule",
        note: None,
        more: true,
    };
    life::apply(tx, &zone::of(&practice)?, &mut old, &change, &event)?;
    let booking = create::write(tx, context, draft)?;
    bookings::set_rescheduled_to(tx, id, booking.booking_id)?;
    Ok(booking)
}

/// Whether a booking could be moved now.
#[must_use]
pub fn is_movable(booking: &Booking, now: Timestamp) -> bool {
    refuse_unless_movable(booking, now).is_ok()
}

/// A booking can be moved while it stands and its time has not begun.
fn refuse_unless_movable(booking: &Booking, now: Timestamp) -> Result<()> {
    match booking.life.status {
        Status::Rejected => return Err(Refusal::Rejected.into()),
        Status::Cancelled => return Err(Refusal::Cancelled.into()),
        Status::Requested | Status::Confirmed => {}
    }
    if booking.start <= now {
        return Err(Error::Conflict(
            "the appointment has begun: to change anything now, call the practice".into(),
        ));
    }
    // They may have been erased since they were read.
    if booking.data_key.is_none() {
        return Err(erased());
    }
    Ok(())
}

fn erased() -> Error {
    Error::Conflict("the booking's details were erased: book the other time anew".into())
}
