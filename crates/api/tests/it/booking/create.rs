//! Booking a time.

use super::problem;
use serde_json::json;
use slotbridge_testkit::{Clinic, clinic::snapshot};

const START: &str = "2026-11-24T09:00";

#[tokio::test]
async fn a_booking_is_answered_with_all_that_the_patient_needs() {
    let clinic = Clinic::new().await;
    let made = clinic.try_book(START).await.expect(201);
    assert_eq!(
        made,
        json!({
            "bookingId": made["bookingId"], "status": "requested", "manageToken": made["manageToken"],
            "start": "2026-11-24T09:00:00+11:00", "end": "2026-11-24T09:30:00+11:00",
            "decidedBy": "2026-11-23T11:00:20+11:00",
        })
    );
    assert_eq!(
        made["bookingId"].as_i64().unwrap() / 100_000_000,
        clinic.pms.practice_id
    );
}

#[tokio::test]
async fn a_start_may_have_any_offset() {
    let clinic = Clinic::new().await;
    for start in [
        "2026-11-23T22:00:00Z",
        "2026-11-24t09:30:00+11:00",
        "2026-11-23T20:00:00.000-03:00",
        "2026-11-24 05:00:00+05:30",
        "2026-11-24T00:00:00-00:00",
    ] {
        let mut body = clinic.booking(START);
        body["start"] = json!(start);
        let made = clinic
            .app
            .patient("POST", "/bookings", body)
            .await
            .expect(201);
        assert!(
            made["start"].as_str().unwrap().ends_with(":00+11:00"),
            "{start}"
        );
    }
    for start in [
        "2026-11-24T09:00:00",
        "2026-11-24",
        "09:00",
        "",
        "2026-11-24T09:00:00+11:00[Australia/Sydney]",
    ] {
        let mut body = clinic.booking(START);
        body["start"] = json!(start);
        let faults = problem(&clinic.app.patient("POST", "/bookings", body).await, 400);
        assert!(
            faults[0].starts_with("start: must be an instant with offset"),
            "{faults:?}"
        );
    }
}

#[tokio::test]
async fn a_time_that_is_gone_is_409_with_the_nearest_others() {
    let clinic = Clinic::new().await;
    let day = snapshot("12345", "2026-11-25");
    clinic
        .pms("POST", "/availability/snapshot", day)
        .await
        .expect(200);
    clinic.book("2026-11-24T10:00").await;
    let answer = clinic.try_book("2026-11-24T10:00").await;
    problem(&answer, 409);
    assert!(
        answer.error().contains("the time is booked"),
        "{}",
        answer.error()
    );
    let alternatives = answer.json()["alternatives"].as_array().unwrap().clone();
    let starts: Vec<&str> = alternatives
        .iter()
        .map(|slot| &slot["start"].as_str().unwrap()[..16])
        .collect();
    assert_eq!(
        starts,
        [
            "2026-11-24T09:30",
            "2026-11-24T10:30",
            "2026-11-24T09:00",
            "2026-11-24T11:00",
            "2026-11-24T11:30"
        ]
    );
    let who = clinic.practitioners[0];
    assert!(
        alternatives
            .iter()
            .all(|slot| slot["practitionerId"] == who)
    );
    // The practitioner's own times come first, then the others'.
    for resource in ["12345", "12346"] {
        let few = json!({"date": "2026-11-24", "pmsResourceId": resource, "availability": [
            {"start": "10:00", "end": "11:00", "slotLength": 1800}]});
        clinic
            .pms("POST", "/availability/snapshot", few)
            .await
            .expect(200);
    }
    let none = json!({"date": "2026-11-25", "pmsResourceId": "12345", "availability": []});
    clinic
        .pms("POST", "/availability/snapshot", none)
        .await
        .expect(200);
    let answer = clinic.try_book("2026-11-24T10:00").await.expect(409);
    let times: Vec<(i64, &str)> = answer["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| {
            (
                slot["practitionerId"].as_i64().unwrap(),
                &slot["start"].as_str().unwrap()[11..16],
            )
        })
        .collect();
    let other = clinic.practitioners[1];
    assert_eq!(times, [(who, "10:30"), (other, "10:00"), (other, "10:30")]);
}

#[tokio::test]
async fn a_booking_of_what_is_not_there_is_refused() {
    let clinic = Clinic::new().await;
    let other = Clinic::new().await;
    drop(other);
    for (field, value, status) in [
        ("practiceId", json!(4711), 404),
        ("practiceId", json!(0), 400),
        ("practitionerId", json!(clinic.appointment_type), 409),
        ("practitionerId", json!(7), 400),
        ("appointmentTypeId", json!(clinic.practitioners[0]), 409),
        ("appointmentTypeId", json!(900_000_000_i64), 409),
        ("start", json!("2026-11-24T09:10:00+11:00"), 409),
        ("start", json!("2026-11-24T09:00:00.000001+11:00"), 409),
        ("start", json!("2026-11-24T09:00:00.000000001+11:00"), 409),
        ("start", json!("2026-11-24T12:00:00+11:00"), 409),
        ("start", json!("2020-11-24T09:00:00+11:00"), 409),
    ] {
        let mut body = clinic.booking(START);
        body[field] = value.clone();
        let answer = clinic.app.patient("POST", "/bookings", body).await;
        problem(&answer, status);
    }
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
}

#[tokio::test]
async fn a_practitioner_of_another_practice_cannot_be_booked_here_auth_3() {
    let clinic = Clinic::new().await;
    let other = clinic.app.practice(json!({"name": "Other"})).await;
    let mut body = clinic.booking(START);
    body["practiceId"] = json!(other);
    let answer = clinic.app.patient("POST", "/bookings", body.clone()).await;
    problem(&answer, 409);
    assert_eq!(answer.json()["alternatives"], json!([]));
    problem(&clinic.app.patient("POST", "/holds", body).await, 409);
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
}
