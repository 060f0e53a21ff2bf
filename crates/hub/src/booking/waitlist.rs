//! "Tell me if an earlier time comes free": a patient's place on the waitlist.

use crate::auth::Patient;
use crate::waitlist::hold_id;
use crate::{Context, Error, Hub, Once, Result, attachments, life, waitlist, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::waitlist::{self as rows, Entry};
use slotbridge_store::{Tx, practices, practitioners};

/// With whom an earlier time suits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// With whom the booking is.
    Same,
    /// With this practitioner.
    One(PractitionerId),
    /// With anybody.
    Anybody,
}

/// What a patient waits for.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// From when on a time suits them; else from now on.
    pub earliest: Option<Timestamp>,
    /// Until when it may begin; else until their booking begins.
    pub latest: Option<Timestamp>,
    /// With whom.
    pub whom: Whom,
}

/// A patient's place on the waitlist.
#[derive(Clone, Debug)]
pub struct Place {
    /// From when on a time suits them.
    pub earliest: Timestamp,
    /// Until when it may begin.
    pub latest: Timestamp,
    /// With whom; `None`: with anybody.
    pub practitioner_id: Option<PractitionerId>,
    /// Since when they wait.
    pub created_at: Timestamp,
    /// What they are offered at the moment.
    pub offer: Option<Offer>,
    /// The practice's zone.
    pub zone: TimeZone,
}

/// A time that is kept for them. To take it, the booking is rescheduled with the hold.
#[derive(Clone, Debug)]
pub struct Offer {
    /// With whom.
    pub practitioner_id: PractitionerId,
    /// For what.
    pub appointment_type_id: AppointmentTypeId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Until when it is kept.
    pub expires_at: Timestamp,
    /// The hold that keeps it; a secret of the patient's.
    pub hold_id: String,
}

/// Puts a patient on the waitlist. Who is there already keeps their place, and waits for this now.
///
/// # Errors
/// The booking does not stand any more, or has begun; fields are wrong.
pub async fn join(
    hub: &Hub,
    context: Context,
    patient: Patient,
    wish: Wish,
    once: Once<Place>,
) -> Result<Value> {
    hub.write(patient.booking_id().practice(), move |tx| {
        once.run(tx, |tx| write(tx, &context, patient, &wish))
    })
    .await
}

fn write(tx: &mut Tx<'_>, context: &Context, patient: Patient, wish: &Wish) -> Result<Place> {
    let (id, now) = (patient.booking_id(), tx.now());
    let booking = life::load(tx, id)?;
    attachments::refuse_unless_stands(&booking)?;
    if booking.start <= now || booking.data_key.is_none() {
        return Err(Error::Conflict(
            "the appointment has begun: there is no earlier time to wait for".into(),
        ));
    }
    let practitioner_id = match wish.whom {
        Whom::Anybody => None,
        Whom::Same => Some(booking.practitioner_id),
        Whom::One(wanted) => {
            let all = practitioners::list(tx)?;
            if !all
                .iter()
                .any(|who| who.active && who.practitioner_id == wanted)
            {
                return Err(Error::field(
                    "practitionerId",
                    "is no practitioner who can be booked at the practice",
                ));
            }
            Some(wanted)
        }
    };
    let earliest = wish.earliest.unwrap_or(now).max(now);
    let latest = wish.latest.unwrap_or(booking.start).min(booking.start);
    if latest <= earliest {
        return Err(Error::field(
            "latest",
            "must lie after `earliest` and after the present; `earliest` must lie before the booking",
        ));
    }
    let entry = Entry {
        booking_id: id,
        practitioner_id,
        earliest,
        latest,
        created_at: now,
    };
    rows::put(tx, &entry)?;
    due::set(tx, DueKind::Waitlist, "", now)?;
    context.record(tx, "joinWaitlist", Some(id), &json!({}), None)?;
    place(tx, &booking)?.ok_or(Error::NotFound("place on the waitlist"))
}

/// A patient's place on the waitlist, with what they are offered.
///
/// # Errors
/// They are not on it.
pub fn get(tx: &mut Tx<'_>, patient: Patient) -> Result<Place> {
    let booking = bookings::get(tx, patient.booking_id())?.ok_or(Error::NotFound("booking"))?;
    place(tx, &booking)?.ok_or(Error::NotFound("place on the waitlist"))
}

fn place(tx: &mut Tx<'_>, booking: &Booking) -> Result<Option<Place>> {
    let id = booking.booking_id;
    let practice = practices::get(tx, id.practice())?.ok_or(Error::NotFound("booking"))?;
    // Whoever has begun, or does not stand, waits for nothing, whether or not somebody has looked.
    let Some(entry) = rows::get(tx, id)?.filter(|_| booking.start > tx.now()) else {
        return Ok(None);
    };
    let offer = match (rows::in_force(tx, id)?, &booking.data_key) {
        (Some(offer), Some(wrapped)) => {
            let key = tx.practice_key()?.unwrap(id, wrapped)?;
            Some(Offer {
                hold_id: hold_id(&key, offer.practitioner_id, offer.start),
                practitioner_id: offer.practitioner_id,
                appointment_type_id: booking.appointment_type_id,
                start: offer.start,
                end: offer.end,
                expires_at: offer.expires_at,
            })
        }
        _ => None,
    };
    Ok(Some(Place {
        earliest: entry.earliest,
        latest: entry.latest,
        practitioner_id: entry.practitioner_id,
        created_at: entry.created_at,
        offer,
        zone: zone::of(&practice)?,
    }))
}

/// Takes a patient off the waitlist; what they are offered goes to the next in line. Again: nothing
/// changes.
///
/// # Errors
/// The store's.
pub fn leave(tx: &mut Tx<'_>, context: &Context, patient: Patient) -> Result<()> {
    let id = patient.booking_id();
    if rows::remove(tx, id)? {
        waitlist::may_be_free(tx)?;
        context.record(tx, "leaveWaitlist", Some(id), &json!({}), None)?;
    }
    Ok(())
}
