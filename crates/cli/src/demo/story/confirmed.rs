//! Chapter two: a booking, listed as it should be, and confirmed within the 20 seconds.

use crate::demo::check::{Outcome, Teller, equal, holds, unmet, until};
use crate::demo::patient::{ANNA, Made, Slot};
use crate::demo::pms::{DOCTOR, KIND, KIND_NAME, MINUTES};
use crate::demo::stage::Stage;
use crate::demo::wall::shown;
use crate::failure::Failure;
use jiff::{Timestamp, Unit};
use serde_json::Value;
use slotbridge_client::wire::bookings::{Booking, BookingStatus, Patient};
use slotbridge_client::wire::profile::Field;
use slotbridge_client::wire::requests::RequestName;
use slotbridge_client::wire::time::utc;

/// How long the hub waits for an answer of the PMS.
pub(super) const SECONDS: i64 = 20;

pub(super) async fn play(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Result<Made, Failure> {
    let made = teller
        .step("A patient holds a time and books it", async |teller| {
            book(stage, teller, slot).await
        })
        .await?;
    teller
        .step(
            "The PMS confirms it within the 20 seconds",
            async |teller| confirm(stage, teller, slot, &made).await,
        )
        .await?;
    Ok(made)
}

async fn book(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<Made> {
    let time = shown(stage.time_of(slot));
    let hold = stage.patient.hold(slot).await?;
    equal(
        "offered to others while it is held",
        false,
        stage.offers(slot).await?,
    )?;
    let before = stage.wall.now();
    let made = stage.patient.book(slot, &ANNA, Some(&hold)).await?;
    let after = stage.wall.now();
    equal(
        "its status",
        Some("requested"),
        made.answer.get("status").and_then(Value::as_str),
    )?;
    let waits = made.decided_by.duration_since(before).as_secs_f64();
    let late = made.decided_by.duration_since(after).as_secs_f64();
    let seconds = SECONDS as f64;
    holds(
        "decidedBy",
        waits >= seconds && late <= seconds,
        format!("{SECONDS} s after the booking"),
        format!("{waits:.3} s"),
    )?;
    equal(
        "offered once it is booked",
        false,
        stage.offers(slot).await?,
    )?;
    teller.saw(format!(
        "booking {} of {time}, requested; the time is gone",
        made.booking_id
    ));
    equal(
        "GET /requests",
        vec![RequestName::Bookings],
        stage.outstanding().await?,
    )?;
    let Some(listed) = stage.listed(&made).await? else {
        return unmet("GET /requests/bookings", "the booking", "it is not there");
    };
    details(stage, slot, &listed, before, after)?;
    teller.saw(format!(
        "GET /requests/bookings lists it: {} practice time, {} s, booked {} UTC",
        shown(listed.pms_appointment_time),
        listed.pms_appointment_length,
        utc(listed.booked_time)
    ));
    teller.saw(format!(
        "for {} {}, born {}",
        listed.patient.firstname, listed.patient.lastname, listed.patient.dob
    ));
    Ok(made)
}

/// Every field of the booking in the list.
fn details(
    stage: &Stage,
    slot: &Slot,
    listed: &Booking,
    before: Timestamp,
    after: Timestamp,
) -> Outcome<()> {
    equal(
        "pmsAppointmentTime",
        stage.time_of(slot),
        listed.pms_appointment_time,
    )?;
    let seconds = MINUTES * 60;
    equal(
        "pmsAppointmentLength",
        seconds,
        listed.pms_appointment_length,
    )?;
    let floor = before.round((Unit::Second, 1)).unwrap_or(before);
    let floor = if floor > before {
        floor - jiff::SignedDuration::from_secs(1)
    } else {
        floor
    };
    holds(
        "bookedTime",
        (floor..=after).contains(&listed.booked_time),
        format!("{floor} to {after}"),
        listed.booked_time,
    )?;
    equal(
        "bookingStatus",
        BookingStatus::Requested,
        listed.booking_status,
    )?;
    equal(
        "pmsResourceId",
        Some(DOCTOR),
        listed.pms_resource_id.value().map(|id| &**id),
    )?;
    let kind = listed.pms_appointment_type_id.value().map(|id| &**id);
    equal("pmsAppointmentTypeId", Some(KIND), kind)?;
    equal(
        "pmsAppointmentIds",
        &[] as &[String],
        &listed.pms_appointment_ids,
    )?;
    equal("pmsPatientId", &Field::Null, &listed.pms_patient_id)?;
    equal("reason", ANNA.reason, &*listed.reason)?;
    equal("comments", KIND_NAME, &*listed.comments)?;
    equal("isNewPatient", true, listed.is_new_patient)?;
    let patient = &listed.patient;
    equal("patient.firstname", ANNA.firstname, &*patient.firstname)?;
    equal("patient.lastname", ANNA.lastname, &*patient.lastname)?;
    equal("patient.dob", "23-11-1985", &*patient.dob)?;
    equal("patient.email", Some(ANNA.email), patient.email.as_deref())?;
    equal(
        "patient.phone",
        Some("0412345678"),
        phone(patient).as_deref(),
    )
}

fn phone(patient: &Patient) -> Option<String> {
    let digits = patient.phone.as_ref()?.chars().filter(char::is_ascii_digit);
    Some(digits.collect())
}

async fn confirm(stage: &Stage, teller: &mut Teller, slot: &Slot, made: &Made) -> Outcome<()> {
    let started = stage.wall.now();
    stage.pms.turn().await?;
    stage.wait_for_status(made, "confirmed", 15).await?;
    let seen = stage.wall.now();
    holds(
        "when it is confirmed",
        seen < made.decided_by,
        made.decided_by,
        seen,
    )?;
    let shown = stage
        .operator_sees(&format!("bookings/{}", made.booking_id))
        .await?;
    let text = |at: &str| shown.pointer(at).and_then(Value::as_str).map(str::to_owned);
    let appointment = text("/pmsAppointmentIds/0");
    let known = appointment.is_some() && text("/pmsPatientId").is_some();
    holds(
        "the PMS's ids",
        known,
        "an appointment's and a patient's",
        &shown,
    )?;
    until("it leaves the list", 5, async || {
        Ok(stage.listed(made).await?.is_none().then_some(()))
    })
    .await?;
    equal("offered", false, stage.offers(slot).await?)?;
    let took = seen.duration_since(started).as_secs_f64();
    teller.saw(format!(
        "confirmed for the patient {took:.1} s after the PMS polled, as appointment {}",
        appointment.unwrap_or_default()
    ));
    teller.saw("it has left GET /requests/bookings, and its time is not offered");
    Ok(())
}
