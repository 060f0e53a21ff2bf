//! What the tests of the PMS API share.

use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Answer, Booked, Clinic, Pms};

/// An id that no practice has given.
pub(crate) const NO_ID: i64 = 99_999_999;

/// Sets the clock and does what falls due.
pub(crate) async fn at(clinic: &Clinic, time: &str) {
    clinic.app.clock.set(time.parse().expect("a time"));
    clinic.app.advance(0).await;
}

/// Sets the clock; no timer runs.
pub(crate) fn only_the_clock(clinic: &Clinic, time: &str) {
    clinic.app.clock.set(time.parse().expect("a time"));
}

/// Stops the hub and starts it again.
pub(crate) async fn restarted(mut clinic: Clinic) -> Clinic {
    clinic.app = clinic.app.restart().await;
    clinic
}

/// Another practice of another integration on the same hub.
pub(crate) async fn stranger(clinic: &Clinic) -> Pms {
    clinic.app.link(json!({"name": "Elsewhere"})).await
}

/// A booking as the practice sees it.
pub(crate) async fn view(clinic: &Clinic, booked: &Booked) -> Value {
    let path = format!("/bookings/{}", booked.id);
    clinic.admin("GET", &path, Value::Null).await.expect(200)
}

/// A booking as its patient sees it.
pub(crate) async fn page(clinic: &Clinic, booked: &Booked) -> Value {
    let path = format!("/bookings/{}", booked.id);
    let answer = clinic.app.manage(&booked.token, "GET", &path, Value::Null);
    answer.await.expect(200)
}

/// A booking's audit entries, oldest first.
pub(crate) async fn audit(clinic: &Clinic, booked: &Booked) -> Vec<Value> {
    let path = format!("/audit?bookingId={}", booked.id);
    let found = clinic.admin("GET", &path, Value::Null).await.expect(200);
    let mut entries = found["data"].as_array().expect("entries").clone();
    entries.reverse();
    entries
}

/// What was done to a booking, oldest first.
pub(crate) async fn deeds(clinic: &Clinic, booked: &Booked) -> Vec<String> {
    let name = |entry: Value| entry["action"].as_str().expect("an action").to_owned();
    audit(clinic, booked).await.into_iter().map(name).collect()
}

/// How many audit entries the practice has.
pub(crate) async fn audit_total(clinic: &Clinic) -> i64 {
    let found = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    found["page"]["total"].as_i64().expect("a total")
}

/// The practice does something with a booking in the portal.
pub(crate) async fn staff(clinic: &Clinic, booked: &Booked, what: &str) -> Answer {
    let path = format!("/bookings/{}/{what}", booked.id);
    clinic.admin("POST", &path, json!({})).await
}

/// The PMS rejects the insert.
pub(crate) async fn reject(clinic: &Clinic, booked: &Booked) -> Answer {
    clinic.say(booked, "rejectInsert", json!({})).await
}

/// The outstanding updates: request id and booking id.
pub(crate) async fn updates(clinic: &Clinic) -> Vec<(i64, i64)> {
    let id = |update: &Value, name: &str| update[name].as_i64().expect("an id");
    let list = clinic.list("bookingUpdates").await;
    let ids = list
        .iter()
        .map(|u| (id(u, "requestId"), id(u, "bookingId")));
    ids.collect()
}

/// The request id of the one outstanding update.
pub(crate) async fn the_update(clinic: &Clinic) -> i64 {
    let updates = updates(clinic).await;
    assert_eq!(updates.len(), 1, "one update: {updates:?}");
    updates[0].0
}

/// The PMS answers an update: `confirmUpdate` or `rejectUpdate`.
pub(crate) async fn answer(clinic: &Clinic, booked: &Booked, what: &str, request: i64) -> Answer {
    clinic
        .say(booked, &format!("{what}/{request}"), json!({}))
        .await
}

/// The days that are asked for: day and resource.
pub(crate) async fn asked_days(clinic: &Clinic) -> Vec<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = clinic.list("availability").await;
    let day = |request: &Value| {
        assert_eq!(request["pmsResourceId"], request["pms_resource_id"]);
        let day = text(&request["day"]).expect("a day");
        (day, text(&request["pmsResourceId"]))
    };
    list.iter().map(day).collect()
}

/// A range of a snapshot.
pub(crate) fn range(start: &str, end: &str, slot_length: i64) -> Value {
    json!({"start": start, "end": end, "slotLength": slot_length})
}

/// A range for some types only.
pub(crate) fn range_for(start: &str, end: &str, slot_length: i64, types: &[&str]) -> Value {
    let mut range = range(start, end, slot_length);
    range["pmsAppointmentTypeIds"] = json!(types);
    range
}

/// A snapshot.
pub(crate) fn day(resource: &str, date: &str, ranges: &[Value]) -> Value {
    json!({"date": date, "pmsResourceId": resource, "availability": ranges})
}

/// Sends a snapshot that is taken.
pub(crate) async fn send(clinic: &Clinic, resource: &str, date: &str, ranges: &[Value]) {
    let body = day(resource, date, ranges);
    let sent = clinic.pms("POST", "/availability/snapshot", body).await;
    assert_eq!(sent.expect(200), json!({}));
}

/// Sends the usual snapshot of the usual resource and day again.
pub(crate) async fn send_usual(clinic: &Clinic) {
    let body = slotbridge_testkit::clinic::snapshot("12345", DAY);
    let sent = clinic.pms("POST", "/availability/snapshot", body).await;
    assert_eq!(sent.expect(200), json!({}));
}

/// Replaces the resources: ids, each its own name.
pub(crate) async fn send_resources(clinic: &Clinic, ids: &[&str]) {
    let resource = |id: &&str| {
        let name = match *id {
            "12345" => "Doctor Do Good",
            "12346" => "Doctor John Doe",
            other => other,
        };
        json!({"pmsResourceId": id, "pmsResourceName": name})
    };
    let body = ids.iter().map(resource).collect::<Value>();
    let sent = clinic.pms("POST", "/config/pmsResources/snapshot", body);
    sent.await.expect(200);
}

/// Replaces the appointment types.
pub(crate) async fn send_types(clinic: &Clinic, types: Value) {
    let sent = clinic.pms("POST", "/config/pmsAppointmentTypes/snapshot", types);
    sent.await.expect(200);
}

/// The bookable times of a day with the first practitioner, of all types: `09:00-09:30`.
pub(crate) async fn times(clinic: &Clinic, date: &str) -> Vec<String> {
    times_of(clinic, date, clinic.appointment_type).await
}

/// The bookable times of a day with the first practitioner, of one type.
pub(crate) async fn times_of(clinic: &Clinic, date: &str, kind: i64) -> Vec<String> {
    let path = format!(
        "/practices/{}/slots?from={date}&to={date}&practitionerId={}&appointmentTypeId={kind}",
        clinic.pms.practice_id, clinic.practitioners[0]
    );
    let found = clinic.app.patient("GET", &path, Value::Null).await;
    let found = found.expect(200);
    let time = |slot: &Value, name: &str| slot[name].as_str().expect("a time")[11..16].to_owned();
    let slots = found["slots"].as_array().expect("slots").iter();
    slots
        .map(|slot| format!("{}-{}", time(slot, "start"), time(slot, "end")))
        .collect()
}

/// The id of the bookable type that is linked to a type of the PMS.
pub(crate) async fn type_id(clinic: &Clinic, pms_id: &str) -> i64 {
    let types = clinic.admin("GET", "/pmsAppointmentTypes", Value::Null);
    let types = types.await.expect(200);
    let known = types["data"].as_array().expect("types").iter();
    let found = known
        .clone()
        .find(|kind| kind["pmsAppointmentTypeId"] == pms_id);
    found.expect("a type")["appointmentTypeId"]
        .as_i64()
        .expect("a link")
}

/// Tries to book with a full instant, such as `2026-11-24T09:00:00+11:00`, and a type.
pub(crate) async fn try_book_at(clinic: &Clinic, start: &str, kind: i64) -> Answer {
    let mut body = clinic.booking("2026-11-24T09:00");
    body["start"] = json!(start);
    body["appointmentTypeId"] = json!(kind);
    clinic.app.patient("POST", "/bookings", body).await
}

/// Books with a full instant and the usual type.
pub(crate) async fn book_at(clinic: &Clinic, start: &str) -> Booked {
    let made = try_book_at(clinic, start, clinic.appointment_type).await;
    booked(&made.expect(201))
}

/// Books the second practitioner.
pub(crate) async fn book_second(clinic: &Clinic, start: &str) -> Booked {
    let mut body = clinic.booking(start);
    body["practitionerId"] = json!(clinic.practitioners[1]);
    booked(
        &clinic
            .app
            .patient("POST", "/bookings", body)
            .await
            .expect(201),
    )
}

/// The booking that was made.
pub(crate) fn booked(made: &Value) -> Booked {
    Booked {
        id: made["bookingId"].as_i64().expect("an id"),
        token: made["manageToken"].as_str().expect("a token").to_owned(),
    }
}

/// Every reason why a time of the usual practitioner and type is not bookable.
pub(crate) async fn reasons(clinic: &Clinic, start: &str) -> Vec<String> {
    let path = format!(
        "/bookability?practitionerId={}&appointmentTypeId={}&start={}",
        clinic.practitioners[0],
        clinic.appointment_type,
        start.replace('+', "%2B"),
    );
    let found = clinic.admin("GET", &path, Value::Null).await.expect(200);
    let reasons = found["reasons"].as_array().expect("reasons").iter();
    let reasons: Vec<String> = reasons
        .map(|reason| reason.as_str().expect("a text").to_owned())
        .collect();
    assert_eq!(found["bookable"], reasons.is_empty());
    reasons
}

/// Raises a request by hand.
pub(crate) async fn raise(clinic: &Clinic, body: Value) -> i64 {
    let made = clinic.admin("POST", "/requests", body).await.expect(201);
    made["requestId"].as_i64().expect("an id")
}
