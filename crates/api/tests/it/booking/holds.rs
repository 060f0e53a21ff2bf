//! Holding a time while the form is filled in.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic};

/// Asks for a hold as a form does, with nothing but the time.
async fn try_hold(clinic: &Clinic, start: &str) -> Answer {
    let mut body = clinic.booking(start);
    for field in ["patient", "reason", "isNewPatient"] {
        body.as_object_mut().unwrap().remove(field);
    }
    clinic.app.patient("POST", "/holds", body).await
}

async fn hold(clinic: &Clinic, start: &str) -> Value {
    let held = try_hold(clinic, start).await.expect(201);
    assert_eq!(held.as_object().unwrap().len(), 2);
    held["holdId"].clone()
}

async fn book_with(clinic: &Clinic, start: &str, hold: &Value) -> Answer {
    let mut body = clinic.booking(start);
    body["holdId"] = hold.clone();
    clinic.app.patient("POST", "/bookings", body).await
}

const START: &str = "2026-11-24T09:00";

#[tokio::test]
async fn a_hold_blocks_others_and_lets_its_owner_book() {
    let clinic = Clinic::new().await;
    let held = try_hold(&clinic, START).await.expect(201);
    assert_eq!(held["expiresAt"], "2026-11-23T00:05:00Z");
    assert!(!clinic.starts().await.contains(&"09:00".to_owned()));
    problem(&clinic.try_book(START).await, 409);
    book_with(&clinic, START, &held["holdId"]).await.expect(201);
    // It is spent.
    problem(&book_with(&clinic, START, &held["holdId"]).await, 409);
}

#[tokio::test]
async fn a_held_time_is_held_for_nobody_else_not_even_its_owner_again() {
    let clinic = Clinic::new().await;
    hold(&clinic, START).await;
    let again = try_hold(&clinic, START).await;
    problem(&again, 409);
    assert!(again.error().contains("held"), "{}", again.error());
    hold(&clinic, "2026-11-24T09:30").await;
}

#[tokio::test]
async fn a_hold_expires_by_the_clock_alone() {
    let clinic = Clinic::new().await;
    let id = hold(&clinic, START).await;
    clinic.app.clock.advance(299);
    problem(&clinic.try_book(START).await, 409);
    assert!(!clinic.starts().await.contains(&"09:00".to_owned()));
    clinic.app.clock.advance(1);
    // No timer has run, and nobody has written.
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
    clinic.book(START).await;
    problem(&book_with(&clinic, START, &id).await, 409);
}

#[tokio::test]
async fn an_expired_hold_is_no_obstacle_to_its_owner() {
    let clinic = Clinic::new().await;
    let id = hold(&clinic, START).await;
    clinic.app.clock.advance(300);
    book_with(&clinic, START, &id).await.expect(201);
    let id = hold(&clinic, "2026-11-24T10:00").await;
    clinic.app.advance(301).await;
    book_with(&clinic, "2026-11-24T10:00", &id)
        .await
        .expect(201);
}

#[tokio::test]
async fn a_hold_for_another_time_is_400_and_stays() {
    let clinic = Clinic::new().await;
    let id = hold(&clinic, START).await;
    let faults = problem(&book_with(&clinic, "2026-11-24T09:30", &id).await, 400);
    assert_eq!(
        faults,
        ["holdId: holds another time than the one to be booked"]
    );
    let mut other = clinic.booking(START);
    other["holdId"] = id.clone();
    other["practitionerId"] = json!(clinic.practitioners[1]);
    problem(&clinic.app.patient("POST", "/bookings", other).await, 400);
    problem(&clinic.try_book(START).await, 409);
    book_with(&clinic, START, &id).await.expect(201);
}

#[tokio::test]
async fn a_hold_that_nobody_knows_is_no_help_and_no_obstacle() {
    let clinic = Clinic::new().await;
    hold(&clinic, START).await;
    for id in [
        json!("sbh_unknown"),
        json!(5),
        json!(clinic.pms.practice_key),
    ] {
        problem(&book_with(&clinic, START, &id).await, 409);
    }
    book_with(&clinic, "2026-11-24T09:30", &json!("sbh_unknown"))
        .await
        .expect(201);
    book_with(&clinic, "2026-11-24T10:00", &json!(""))
        .await
        .expect(201);
    book_with(&clinic, "2026-11-24T10:30", &Value::Null)
        .await
        .expect(201);
}

#[tokio::test]
async fn a_failed_booking_leaves_the_hold() {
    let clinic = Clinic::new().await;
    let id = hold(&clinic, START).await;
    let mut body = clinic.booking(START);
    body["holdId"] = id.clone();
    body["patient"]["phone"] = json!("123");
    problem(&clinic.app.patient("POST", "/bookings", body).await, 400);
    problem(&clinic.try_book(START).await, 409);
    book_with(&clinic, START, &id).await.expect(201);
}

#[tokio::test]
async fn a_time_that_is_none_cannot_be_held() {
    let clinic = Clinic::new().await;
    clinic.book(START).await;
    for (start, status) in [
        (START, 409),
        ("2026-11-24T09:10", 409),
        ("2026-11-24T12:00", 409),
        ("2026-11-22T09:00", 409),
        ("2026-13-24T09:00", 400),
    ] {
        problem(&try_hold(&clinic, start).await, status);
    }
    let none = clinic.app.patient("POST", "/holds", json!({})).await;
    assert_eq!(
        problem(&none, 400),
        [
            "practiceId: is required",
            "practitionerId: is required",
            "appointmentTypeId: is required",
            "start: is required"
        ]
    );
    let mut body = clinic.booking(START);
    body["practiceId"] = json!(4711);
    problem(&clinic.app.patient("POST", "/holds", body).await, 404);
}

#[tokio::test]
async fn of_many_who_want_one_time_one_gets_it_avail_4() {
    let clinic = Clinic::new().await;
    let (a, b, c, d, e, f) = tokio::join!(
        try_hold(&clinic, START),
        clinic.try_book(START),
        try_hold(&clinic, START),
        clinic.try_book(START),
        try_hold(&clinic, START),
        clinic.try_book(START),
    );
    let statuses = [a, b, c, d, e, f].map(|answer| answer.status.as_u16());
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 409).count(),
        5,
        "{statuses:?}"
    );
}
