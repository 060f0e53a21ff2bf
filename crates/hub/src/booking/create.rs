//! `POST /bookings`: a patient takes a time.
//!
//! One transaction: the hold ends, the time is judged on the practice's present picture, and the
//! booking, its request to the PMS, its 20 seconds and its audit entry are written. No other
//! transaction of the practice writes meanwhile, on either engine (AVAIL-4).

use crate::booking::hold::Wanted;
use crate::booking::patient_form::PatientForm;
use crate::booking::{active_practice, alternatives, slots::BookableSlot};
use crate::person::SealedPerson;
use crate::picture::{Own, Picture};
use crate::{Context, Error, Hub, Once, Result, auth, raise, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::booking::Life;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::outcome::Outcome as Counted;
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::requests::Target;
use slotbridge_store::{Tx, holds, numbers};

/// What a patient sends.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// The time.
    pub wanted: Wanted,
    /// The hold on it, if they have one.
    pub hold_id: Option<String>,
    /// Their details.
    pub patient: PatientForm,
    /// Whether they say to be new at the practice.
    pub is_new_patient: bool,
}

/// A booking that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id.
    pub booking_id: BookingId,
    /// The token with which the patient manages it; derived from the booking's data key, and only its
    /// hash is kept.
    pub manage_token: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// When it stands unless rejected before.
    pub decided_by: Timestamp,
    /// The practice's zone.
    pub zone: TimeZone,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is made: the answer, as it was rendered.
    Made(Value),
    /// The time is not available: why, and other times.
    Gone {
        /// Why, in words.
        why: String,
        /// Up to five other times.
        alternatives: Vec<BookableSlot>,
        /// The practice's zone.
        zone: TimeZone,
    },
}

/// Books a time. The same call again under one `Idempotency-Key` gets the first booking again.
///
/// # Errors
/// No such practice; fields are wrong.
pub async fn create(
    hub: &Hub,
    context: Context,
    new: NewBooking,
    once: Once<Made>,
) -> Result<Outcome> {
    let wanted = new.wanted;
    let zone = hub.zone_to_write_in(wanted.practice_id).await?;
    let person = new
        .patient
        .check(zone::day(&zone, hub.now()))
        .map_err(Error::Invalid)?;
    // Sealed before the writer is entered.
    let sealed = SealedPerson::new(&person, hub.random().clone())?;
    let hold = new.hold_id.as_deref().map(auth::hash);
    let of_made = zone.clone();
    let written = hub
        .write(wanted.practice_id, move |tx| {
            let draft = Draft {
                wanted,
                hold,
                sealed: &sealed,
                is_new_patient: new.is_new_patient,
                replaces: None,
            };
            once.run(tx, |tx| {
                let booking = write(tx, &context, &draft)?;
                Ok(made(&booking, &sealed, &of_made))
            })
        })
        .await;
    outcome(hub, wanted, zone, written).await
}

/// What the patient is told of a booking that was made.
pub(super) fn made(booking: &Booking, sealed: &SealedPerson, zone: &TimeZone) -> Made {
    Made {
        booking_id: booking.booking_id,
        manage_token: sealed.manage_token(),
        start: booking.start,
        end: booking.end,
        decided_by: booking.life.decided_by(),
        zone: zone.clone(),
    }
}

/// What came of it; other times if the wanted one is gone.
pub(super) async fn outcome(
    hub: &Hub,
    wanted: Wanted,
    zone: TimeZone,
    written: Result<Value>,
) -> Result<Outcome> {
    let why = match written {
        Ok(answer) => return Ok(Outcome::Made(answer)),
        Err(Error::NotBookable(why)) => why,
        Err(error) => return Err(error),
    };
    hub.store().figures().count(Counted::NotAvailable);
    let for_search = zone.clone();
    let alternatives = hub
        .read(wanted.practice_id, move |tx| {
            let Wanted {
                practice_id,
                practitioner_id,
                appointment_type_id,
                start,
            } = wanted;
            alternatives::find(
                tx,
                practice_id,
                &for_search,
                practitioner_id,
                appointment_type_id,
                start,
            )
        })
        .await?;
    Ok(Outcome::Gone {
        why,
        alternatives,
        zone,
    })
}

/// A booking to be written.
pub(super) struct Draft<'d> {
    pub(super) wanted: Wanted,
    pub(super) hold: Option<[u8; 32]>,
    pub(super) sealed: &'d SealedPerson,
    pub(super) is_new_patient: bool,
    /// The booking that goes for it: its time is free.
    pub(super) replaces: Option<BookingId>,
}

/// Writes a booking and what follows from it.
pub(super) fn write(tx: &mut Tx<'_>, context: &Context, draft: &Draft<'_>) -> Result<Booking> {
    let wanted = draft.wanted;
    let (practice, zone) = active_practice(tx, wanted.practice_id)?;
    if let Some(hash) = &draft.hold {
        end_hold(tx, hash, &wanted)?;
    }
    let day = zone::day(&zone, wanted.start);
    let own = Own {
        hold: draft.hold.as_ref(),
        booking: draft.replaces,
    };
    let picture = Picture::load(tx, &practice, &zone, day, day, own)?;
    let found = picture
        .book(
            tx.now(),
            wanted.practitioner_id,
            wanted.appointment_type_id,
            wanted.start,
        )
        .map_err(Error::NotBookable)?;
    let (booking_id, request_id) = numbers::booking_and_request(tx)?;
    let key = tx.practice_key()?;
    let booking = Booking {
        booking_id,
        practitioner_id: wanted.practitioner_id,
        appointment_type_id: wanted.appointment_type_id,
        pms_resource_id: found.offer.pms_resource_id.clone(),
        pms_appointment_type_id: found.offer.pms_appointment_type_id.clone(),
        comments: found.offer.type_name.clone(),
        start: found.slot.start,
        end: found.slot.end,
        is_new_patient: draft.is_new_patient,
        life: Life::new(tx.now()),
        manage_hash: auth::hash(draft.sealed.manage_token()).to_vec(),
        data_key: Some(draft.sealed.wrapped(&key, booking_id)?),
        person: Some(draft.sealed.person().to_vec()),
        pms_record: None,
        rescheduled_to: None,
    };
    bookings::insert(tx, &booking, &draft.sealed.indexes(&key))?;
    raise::new_request(
        tx,
        request_id,
        RequestType::Bookings,
        &Target::Booking(booking_id),
    )?;
    let decided_by = booking.life.decided_by();
    due::set(
        tx,
        DueKind::BookingStands,
        &booking_id.to_string(),
        decided_by,
    )?;
    let mut detail = json!({"status": booking.life.status.as_str()});
    if let (Value::Object(detail), Some(old)) = (&mut detail, draft.replaces) {
        detail.insert("rescheduledFrom".into(), old.get().into());
    }
    tx.count(Counted::Created);
    context.record(tx, "book", Some(booking_id), &detail, None)?;
    Ok(booking)
}

/// Ends the hold that the patient brings. One that has expired, or that nobody knows, is no
/// obstacle: the time is judged as it is. One on another time is a mistake.
fn end_hold(tx: &mut Tx<'_>, hash: &[u8; 32], wanted: &Wanted) -> Result<()> {
    let now = tx.now();
    let Some(hold) = holds::find(tx, hash)?.filter(|hold| hold.expires_at > now) else {
        return Ok(());
    };
    let same = hold.practitioner_id == wanted.practitioner_id
        && hold.appointment_type_id == wanted.appointment_type_id
        && hold.start == wanted.start;
    if !same {
        return Err(Error::field(
            "holdId",
            "holds another time than the one to be booked",
        ));
    }
    Ok(holds::delete(tx, hash)?)
}
