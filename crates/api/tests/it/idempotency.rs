//! `Idempotency-Key`: a creating call that is sent again gets its first answer again.

use axum::http::StatusCode;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic};
use std::sync::Arc;

async fn post(clinic: &Clinic, path: &str, key: &str, body: &Value) -> Answer {
    let mut headers = vec![("idempotency-key".to_owned(), key.to_owned())];
    if path.starts_with("/admin-api") {
        let bearer = format!("Bearer {}", clinic.app.operator_token);
        headers.push(("authorization".to_owned(), bearer));
    }
    clinic.app.call("POST", path, &headers, body).await
}

const BOOKINGS: &str = "/booking-api/v1/bookings";

#[tokio::test]
async fn the_same_call_again_gets_the_first_answer_and_books_once() {
    let clinic = Clinic::new().await;
    let body = clinic.booking("2026-11-24T09:00");
    let first = post(&clinic, BOOKINGS, "a", &body).await.expect(201);
    clinic.app.advance(30).await;
    let again = post(&clinic, BOOKINGS, "a", &body).await.expect(201);
    assert_eq!(first, again);
    assert_eq!(clinic.list("bookings").await.len(), 1);
    // Equal as JSON is equal.
    let spaced = serde_json::to_string_pretty(&body).unwrap();
    let request = axum::http::Request::post(BOOKINGS)
        .header("idempotency-key", "a")
        .header("content-type", "application/json")
        .body(spaced.into())
        .unwrap();
    assert_eq!(clinic.app.send(request).await.expect(201), first);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_422() {
    let clinic = Clinic::new().await;
    let body = clinic.booking("2026-11-24T09:00");
    post(&clinic, BOOKINGS, "a", &body).await.expect(201);
    let other = clinic.booking("2026-11-24T10:00");
    let refused = post(&clinic, BOOKINGS, "a", &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(clinic.list("bookings").await.len(), 1);
    post(&clinic, BOOKINGS, "b", &other).await.expect(201);
}

#[tokio::test]
async fn only_what_worked_is_kept_and_for_a_day() {
    let clinic = Clinic::new().await;
    let taken = clinic.book("2026-11-24T09:00").await;
    let body = clinic.booking("2026-11-24T09:00");
    post(&clinic, BOOKINGS, "a", &body).await.expect(409);
    clinic.cancel(&taken).await;
    let first = post(&clinic, BOOKINGS, "a", &body).await.expect(201);

    clinic.app.clock.advance(24 * 3600 - 1);
    assert_eq!(post(&clinic, BOOKINGS, "a", &body).await.expect(201), first);
    clinic.app.clock.advance(1);
    // The day is over: it is judged anew, and its time has passed.
    post(&clinic, BOOKINGS, "a", &body).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_make_one_booking_and_fifty_equal_answers() {
    let clinic = Arc::new(Clinic::raced().await);
    let body = clinic.booking("2026-11-24T09:00");
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (clinic, body) = (Arc::clone(&clinic), body.clone());
            tokio::spawn(async move { post(&clinic, BOOKINGS, "a", &body).await.expect(201) })
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(clinic.list("bookings").await.len(), 1);
}

#[tokio::test]
async fn every_creating_call_of_operators_honours_it() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let consumer = clinic.pms.consumer_id;
    let of_practice = |rest: &str| format!("/admin-api/v1/practices/{practice}{rest}");
    let of_consumer = |rest: &str| format!("/admin-api/v1/consumers/{consumer}{rest}");
    let named = json!({"name": "Once"});
    let calls = [
        ("/admin-api/v1/operatorTokens".to_owned(), named.clone()),
        (
            "/admin-api/v1/practices".to_owned(),
            json!({"name": "P", "timezone": "UTC"}),
        ),
        (
            "/admin-api/v1/consumers".to_owned(),
            json!({"name": "C", "contactEmail": "c@vendor.example"}),
        ),
        (of_consumer("/keys"), json!({})),
        (of_consumer("/webhookSecret"), json!({})),
        (of_practice("/consents"), json!({"consumerId": consumer})),
        (
            of_practice("/requests"),
            json!({"type": "availability", "date": "2026-11-25"}),
        ),
        (of_practice("/practitioners"), named.clone()),
        (of_practice("/appointmentTypes"), named),
    ];
    for (path, body) in calls {
        let first = post(&clinic, &path, "key", &body).await.expect(201);
        let again = post(&clinic, &path, "key", &body).await.expect(201);
        assert_eq!(first, again, "{path}");
        let other = post(&clinic, &path, "other", &body).await.expect(201);
        // Raising what is outstanding already gives that; all else is made anew.
        assert_eq!(other == first, path.ends_with("/requests"), "{path}");
    }
}

#[tokio::test]
async fn a_key_holds_for_its_caller_and_operation_alone() {
    let clinic = Clinic::new().await;
    let body = json!({
        "practiceId": clinic.pms.practice_id, "practitionerId": clinic.practitioners[0],
        "appointmentTypeId": clinic.appointment_type, "start": "2026-11-24T09:00:00+11:00",
    });
    let held = post(&clinic, "/booking-api/v1/holds", "a", &body)
        .await
        .expect(201);
    let again = post(&clinic, "/booking-api/v1/holds", "a", &body)
        .await
        .expect(201);
    assert_eq!(held, again, "a hold, too");
    let mut booking = clinic.booking("2026-11-24T09:00");
    booking["holdId"] = held["holdId"].clone();
    // The same key on another operation is another key.
    post(&clinic, BOOKINGS, "a", &booking).await.expect(201);
}

#[tokio::test]
async fn a_bad_key_is_400_and_the_secrets_of_answers_are_sealed() {
    let clinic = Clinic::new().await;
    let body = clinic.booking("2026-11-24T09:00");
    for bad in ["", " ", &"k".repeat(256)] {
        let refused = post(&clinic, BOOKINGS, bad, &body).await.expect(400);
        assert_eq!(refused["errors"][0]["field"], "Idempotency-Key");
    }
    let made = post(&clinic, BOOKINGS, "a", &body).await.expect(201);
    let token = made["manageToken"].as_str().unwrap().as_bytes();
    if let Some(folder) = clinic.app.database.folder() {
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(token.len()).any(|part| part == token));
        }
    }
}
