//! A practice with two practitioners, on the endpoint.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date, datetime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_agent::adapter::{Adapter, FreeTimes};
use slotbridge_agent_fhir::{ConfigError, Credentials, Fhir, FhirConfig};
use slotbridge_client::wire::bookings::{Booking, BookingStatus, Patient};
use slotbridge_client::wire::profile::Field;
use slotbridge_testkit::fhir::{Endpoint, Store, TOKEN, with};
use std::sync::Arc;

/// The system of the practice's service types.
pub(crate) const SERVICES: &str = "https://pms.example/services";
/// A day without a change of the clock.
pub(crate) const DAY: Date = date(2027, 3, 8);

pub(crate) fn zone() -> TimeZone {
    TimeZone::get("Australia/Sydney").unwrap()
}

pub(crate) fn config(endpoint: &Endpoint) -> FhirConfig {
    FhirConfig {
        credentials: Credentials::Token(TOKEN.to_owned()),
        ..FhirConfig::new(&endpoint.base, zone())
    }
}

/// An adapter for which it is always the same time.
pub(crate) fn fhir(config: FhirConfig) -> Result<Fhir, ConfigError> {
    Fhir::new(config, Arc::new(|| Timestamp::UNIX_EPOCH))
}

/// A practice with four slots of 15 minutes from nine on, for each of its two schedules.
pub(crate) async fn practice() -> (Endpoint, Fhir) {
    let endpoint = Endpoint::start().await;
    endpoint.at_the_desk(|store| {
        for (id, given, family) in [("alice", "Alice", "Nguyen"), ("ben", "Ben", "Walker")] {
            let name = json!([{"prefix": ["Dr"], "given": [given], "family": family}]);
            store.put(json!({"resourceType": "Practitioner", "id": id, "name": name}));
            let actor = json!([{"reference": format!("Practitioner/{id}")}]);
            let schedule =
                json!({"resourceType": "Schedule", "id": format!("of-{id}"), "actor": actor});
            store.put(schedule);
            for n in 0..4 {
                let start = datetime(2027, 3, 8, 9, 15 * n, 0, 0);
                slot(store, &format!("{id}-{n}"), &format!("of-{id}"), start, 15);
            }
        }
        patient(store, "p1", "Lee", json!({}));
    });
    let adapter = fhir(config(&endpoint)).unwrap();
    (endpoint, adapter)
}

/// An instant as the server writes it.
pub(crate) fn instant(wall: DateTime) -> String {
    let zoned = zone().to_zoned(wall).unwrap();
    zoned
        .timestamp()
        .display_with_offset(zoned.offset())
        .to_string()
}

/// Puts up a free slot of so many minutes.
pub(crate) fn slot(store: &mut Store, id: &str, schedule: &str, start: DateTime, minutes: i64) {
    let begin = zone().to_zoned(start).unwrap().timestamp();
    let end = begin + jiff::SignedDuration::from_mins(minutes);
    store.put(json!({
        "resourceType": "Slot",
        "id": id,
        "schedule": {"reference": format!("Schedule/{schedule}")},
        "status": "free",
        "start": instant(start),
        "end": end.to_string(),
        "comment": "kept",
    }));
}

pub(crate) fn patient(store: &mut Store, id: &str, family: &str, more: Value) {
    let patient = json!({
        "resourceType": "Patient",
        "id": id,
        "name": [{"family": family, "given": ["Ann"]}],
        "birthDate": "1980-02-01",
    });
    store.put(with(patient, more));
}

/// A booking with Alice.
pub(crate) fn booking(id: i64, start: DateTime, minutes: i64) -> Booking {
    Booking {
        booking_id: id,
        pms_resource_id: Field::Value("of-alice".to_owned()),
        pms_appointment_type_id: Field::Value(format!("{SERVICES}|gp")),
        pms_appointment_ids: Vec::new(),
        pms_patient_id: Field::Absent,
        booked_time: "2027-03-01T00:00:00Z".parse().unwrap(),
        booking_status: BookingStatus::Requested,
        pms_appointment_time: start,
        pms_appointment_length: minutes * 60,
        reason: String::new(),
        comments: "Standard".to_owned(),
        patient: person(),
        telehealth_url: None,
        is_new_patient: false,
    }
}

pub(crate) fn person() -> Patient {
    Patient {
        firstname: "Ann".to_owned(),
        lastname: "Lee".to_owned(),
        dob: "01-02-1980".to_owned(),
        ..Patient::default()
    }
}

/// Ranges as `HH:MM-HH:MM/minutes`.
pub(crate) fn shown(free: &FreeTimes, day: Date) -> Vec<String> {
    let time = |seconds: u32| format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    let ranges = free.get(&day).into_iter().flatten();
    let ranges = ranges.map(|range| {
        let (start, end) = (time(range.start), time(range.end));
        format!("{start}-{end}/{}", range.slot_length / 60)
    });
    ranges.collect()
}

/// What is free with Alice on the day.
pub(crate) async fn free_with_alice(adapter: &Fhir) -> Vec<String> {
    shown(
        &adapter.free_times("of-alice", DAY, DAY).await.unwrap(),
        DAY,
    )
}

/// The statuses of Alice's slots.
pub(crate) fn statuses(endpoint: &Endpoint) -> Vec<String> {
    endpoint.at_the_desk(|store| {
        let slots = (0..4).map(|n| store.read("Slot", &format!("alice-{n}")).unwrap());
        let statuses = slots.map(|slot| slot["status"].as_str().unwrap().to_owned());
        statuses.collect()
    })
}
