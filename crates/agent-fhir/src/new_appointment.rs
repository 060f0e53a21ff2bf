//! A booking as an appointment. FHIR knows no empty texts: what is blank is left out.

use crate::fhir::{Appointment, BOOKED, BOOKING, Reference, Resource, Schedule};
use crate::slots::Whole;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_client::wire::bookings::Booking;

/// What an appointment is made of.
pub(crate) struct New<'a> {
    pub(crate) booking: &'a Booking,
    pub(crate) schedule: &'a Schedule,
    pub(crate) patient_id: &'a str,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// The slots that it takes.
    pub(crate) slots: &'a [Whole],
    pub(crate) zone: &'a TimeZone,
}

/// The resource.
pub(crate) fn resource(new: &New<'_>) -> Value {
    let booking = new.booking;
    let slots = new
        .slots
        .iter()
        .map(|whole| format!("Slot/{}", whole.slot.id));
    let slots: Vec<Value> = slots.map(|slot| json!({"reference": slot})).collect();
    let mut appointment = json!({
        "resourceType": Appointment::TYPE,
        "identifier": [{"system": BOOKING, "value": booking.booking_id.to_string()}],
        "extension": [booked(new)],
        "status": "booked",
        "start": new.shown(new.start),
        "end": new.shown(new.end),
        "minutesDuration": booking.pms_appointment_length.div_euclid(60).max(1),
        "created": new.shown(booking.booked_time),
        "slot": slots,
        "participant": participants(new),
    });
    let told = [
        ("serviceType", service(booking)),
        ("description", text(&booking.comments)),
        ("comment", comment(booking)),
    ];
    if let Some(appointment) = appointment.as_object_mut() {
        let told = told.into_iter();
        appointment.extend(told.filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    appointment
}

impl New<'_> {
    /// An instant as the practice reads it.
    fn shown(&self, instant: Timestamp) -> String {
        let offset = self.zone.to_offset(instant);
        format!("{:.0}", instant.display_with_offset(offset))
    }
}

/// What was booked, whatever the desk makes of it later.
fn booked(new: &New<'_>) -> Value {
    let schedule = format!("Schedule/{}", new.schedule.id);
    json!({
        "url": BOOKED,
        "extension": [
            {"url": "schedule", "valueReference": {"reference": schedule}},
            {"url": "start", "valueInstant": new.shown(new.start)},
        ],
    })
}

/// The patient, and all whose schedule it is: the practitioner, and perhaps the room.
fn participants(new: &New<'_>) -> Vec<Value> {
    let actors = new.schedule.actor.iter().filter_map(Reference::target);
    let actors = actors.map(|(kind, id)| format!("{kind}/{id}"));
    let all = std::iter::once(format!("Patient/{}", new.patient_id)).chain(actors);
    all.map(|actor| json!({"actor": {"reference": actor}, "status": "accepted"}))
        .collect()
}

fn text(text: &str) -> Option<Value> {
    let text = text.trim();
    (!text.is_empty()).then(|| json!(text))
}

/// The type; the default one has no system, and is none of the server's.
fn service(booking: &Booking) -> Option<Value> {
    let (system, code) = booking.pms_appointment_type_id.value()?.rsplit_once('|')?;
    let coding = match system {
        "" => json!({"code": code}),
        _ => json!({"system": system, "code": code}),
    };
    (!code.is_empty()).then(|| json!([{"coding": [coding]}]))
}

/// What the practice should know of it.
fn comment(booking: &Booking) -> Option<Value> {
    let url = booking.telehealth_url.as_deref();
    let lines = [
        Some(booking.reason.trim().to_owned()),
        booking
            .is_new_patient
            .then(|| "New to the practice.".to_owned()),
        url.map(|url| format!("Telehealth: {url}")),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    text(&lines.join("\n"))
}
