//! Which form and which zone each field has (WIRE-1).

use super::post;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp, clinic};

#[tokio::test]
async fn each_time_of_a_booking_is_in_its_zone_and_form_wire_1() {
    let clinic = Clinic::new().await;
    clinic.app.clock.advance(7);
    let mut body = clinic.booking("2026-11-24T09:00");
    let details = json!({
        "gender": "Female", "medicareNumber": "2123 45670 1", "medicareIrn": 2,
        "medicareExpiry": "03/2028", "address": "1 High St", "suburb": "Newtown",
        "state": "nsw", "postcode": 2042,
    });
    body["patient"]
        .as_object_mut()
        .unwrap()
        .extend(details.as_object().unwrap().clone());
    clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    let booking = clinic.list("bookings").await[0].clone();
    assert_eq!(booking["bookedTime"], "2026-11-23 00:00:07", "UTC");
    assert_eq!(
        booking["pmsAppointmentTime"], "2026-11-24 09:00:00",
        "practice time"
    );
    assert_eq!(booking["pmsAppointmentLength"], 1800, "seconds");
    let patient = &booking["patient"];
    assert_eq!(patient["dob"], "29-02-1984");
    assert_eq!(patient["medicareExpiry"], "03/2028");
    assert_eq!(patient["medicareNumber"], "2123456701");
    assert_eq!(patient["medicareIrn"], "2");
    assert_eq!(
        (&patient["state"], &patient["postcode"]),
        (&json!("NSW"), &json!("2042"))
    );
}

#[tokio::test]
async fn utc_and_practice_time_differ_west_of_greenwich_too_wire_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({"timezone": "America/St_Johns"})).await;
    let resources = json!([{"pmsResourceId": "1", "pmsResourceName": "One"}]);
    app.pms(&pms, "POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    let types = json!([{"pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Type"}]);
    app.pms(&pms, "POST", "/config/pmsAppointmentTypes/snapshot", types)
        .await
        .expect(200);
    let day = clinic::snapshot("1", "2026-11-24");
    app.pms(&pms, "POST", "/availability/snapshot", day)
        .await
        .expect(200);
    let path = format!(
        "/practices/{}/slots?from=2026-11-24&to=2026-11-24",
        pms.practice_id
    );
    let slots = app.patient("GET", &path, Value::Null).await.expect(200);
    let slot = slots["slots"][0].clone();
    assert_eq!(slot["start"], "2026-11-24T09:00:00-03:30");
    assert_eq!(slot["end"], "2026-11-24T09:30:00-03:30");
    let body = json!({
        "practiceId": pms.practice_id, "practitionerId": slot["practitionerId"],
        "appointmentTypeId": slot["appointmentTypeId"], "start": "2026-11-24T12:30:00Z",
        "patient": clinic::patient(),
    });
    let made = app.patient("POST", "/bookings", body).await.expect(201);
    assert_eq!(made["start"], "2026-11-24T09:00:00-03:30");
    assert_eq!(made["decidedBy"], "2026-11-22T20:30:20-03:30");
    let listed = app
        .pms(&pms, "GET", "/requests/bookings", Value::Null)
        .await
        .expect(200);
    assert_eq!(listed["data"][0]["bookedTime"], "2026-11-23 00:00:00");
    assert_eq!(
        listed["data"][0]["pmsAppointmentTime"],
        "2026-11-24 09:00:00"
    );
    assert_eq!(listed["data"][0]["isNewPatient"], false);
}

#[tokio::test]
async fn updates_and_days_have_their_forms_wire_1() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    clinic.app.clock.advance(61);
    clinic.cancel(&booked).await;
    let update = clinic.list("bookingUpdates").await[0].clone();
    let request = update["requestId"].clone();
    assert!(request.is_i64());
    assert_eq!(
        update,
        json!({
            "requestId": request, "bookingId": booked.id, "pmsAppointmentIds": ["A1"],
            "pmsPatientId": "P1", "updatedAt": "2026-11-23 00:01:01", "bookingStatus": "Cancelled",
        })
    );
    let by_hand = json!({"type": "availability", "date": "2026-11-25", "pmsResourceId": "12345"});
    clinic.admin("POST", "/requests", by_hand).await.expect(201);
    assert_eq!(
        clinic.list("availability").await,
        [json!({"day": "2026-11-25", "pmsResourceId": "12345", "pms_resource_id": "12345"})]
    );
}

#[tokio::test]
async fn times_of_day_may_have_seconds_and_a_range_may_end_at_24_00_wire_1() {
    let clinic = Clinic::new().await;
    let body = r#"{"date": "2026-11-24", "pmsResourceId": "12345", "availability": [
        {"start": "22:30:00", "end": "24:00", "slotLength": 1800},
        {"start": "09:00:30", "end": "10:00:30", "slotLength": 1800}]}"#;
    post(&clinic, "/availability/snapshot", body)
        .await
        .expect(200);
    assert_eq!(
        clinic.starts().await,
        ["09:00", "09:30", "22:30", "23:00", "23:30"]
    );
    let contract = r#"{"liveHours": {"monday": [{"start": "20:00:00", "end": "24:00"}]}}"#;
    post(&clinic, "/config/livenessContract", contract)
        .await
        .expect(200);
    let contract = clinic
        .pms("GET", "/config/livenessContract", Value::Null)
        .await
        .expect(200);
    let start = &contract["liveHours"]["monday"][0]["start"];
    assert_eq!(start, "20:00");
}

#[tokio::test]
async fn other_forms_of_dates_and_times_are_refused_wire_1() {
    let clinic = Clinic::new().await;
    let before = clinic.starts().await;
    let day = |date: &str, start: &str, end: &str| {
        json!({"date": date, "pmsResourceId": "12345",
            "availability": [{"start": start, "end": end, "slotLength": 600}]})
    };
    for (body, field) in [
        (day("24-11-2026", "09:00", "10:00"), "date"),
        (day("2026-11-31", "09:00", "10:00"), "date"),
        (day("2026-11-24 00:00:00", "09:00", "10:00"), "date"),
        (day("2026-11-24T00:00:00Z", "09:00", "10:00"), "date"),
        (day("20261124", "09:00", "10:00"), "date"),
        (day("2026-11-24", "9:00", "10:00"), "availability[0].start"),
        (day("2026-11-24", "24:00", "24:00"), "availability[0].start"),
        (day("2026-11-24", "09:00", "24:01"), "availability[0].end"),
        (day("2026-11-24", "09:00", "10:60"), "availability[0].end"),
        (
            day("2026-11-24", "09:00", "10:00 pm"),
            "availability[0].end",
        ),
        (day("2026-11-24", "10:00", "09:00"), "availability[0].end"),
    ] {
        let answer = clinic
            .pms("POST", "/availability/snapshot", body.clone())
            .await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(
            answer.error().starts_with(&format!("{field}: ")),
            "{}",
            answer.error()
        );
    }
    assert_eq!(clinic.starts().await, before);
}
