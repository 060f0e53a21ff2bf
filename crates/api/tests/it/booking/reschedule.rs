//! Another time instead: one step, or nothing changes.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Booked, Clinic};
use std::sync::Arc;

fn to(start: &str) -> Value {
    json!({"start": format!("2026-11-24T{start}:00+11:00")})
}

async fn try_move(clinic: &Clinic, booked: &Booked, body: Value) -> Answer {
    clinic.mine(booked, "POST", "/reschedule", body).await
}

async fn moved(clinic: &Clinic, booked: &Booked, body: Value) -> Booked {
    let made = try_move(clinic, booked, body).await.expect(201);
    Booked {
        id: made["bookingId"].as_i64().unwrap(),
        token: made["manageToken"].as_str().unwrap().to_owned(),
    }
}

async fn shown(clinic: &Clinic, booked: &Booked) -> Value {
    clinic
        .mine(booked, "GET", "", Value::Null)
        .await
        .expect(200)
}

#[tokio::test]
async fn the_new_time_is_taken_and_the_old_booking_cancelled_book_7() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&old).await;
    let made = try_move(&clinic, &old, to("10:00")).await.expect(201);
    assert_eq!(made["status"], "requested");
    assert_eq!(made["start"], "2026-11-24T10:00:00+11:00");
    assert_eq!(made["end"], "2026-11-24T10:30:00+11:00");
    assert_eq!(made["decidedBy"], "2026-11-23T11:00:20+11:00");
    let new = made["bookingId"].as_i64().unwrap();
    let before = shown(&clinic, &old).await;
    assert_eq!(before["status"], "cancelled");
    assert_eq!(before["rescheduledTo"], new);
    assert!(!before.to_string().contains("sbm_"), "no token: {before}");

    let inserts = clinic.list("bookings").await;
    assert_eq!(inserts.len(), 1);
    assert_eq!(inserts[0]["bookingId"], new);
    assert_eq!(inserts[0]["patient"]["firstname"], "Anna", "{}", inserts[0]);
    assert!(inserts[0].to_string().contains("Cough"), "{}", inserts[0]);
    let updates = clinic.list("bookingUpdates").await;
    assert_eq!(updates.len(), 1, "the PMS must take note");
    assert_eq!(updates[0]["bookingId"], old.id);

    let token = made["manageToken"].as_str().unwrap();
    let path = format!("/bookings/{new}");
    for (token, status) in [(token, 200), (old.token.as_str(), 404)] {
        let answer = clinic.app.manage(token, "GET", &path, Value::Null).await;
        assert_eq!(answer.status.as_u16(), status, "each opens its own");
    }
    let trail = format!("/audit?bookingId={}", old.id);
    let trail = clinic.admin("GET", &trail, Value::Null).await.expect(200);
    assert_eq!(trail["data"][0]["action"], "reschedule");
    assert_eq!(trail["data"][0]["actor"], "patient");
}

#[tokio::test]
async fn what_the_pms_never_saw_is_not_asked_to_be_cancelled_there_book_7() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    moved(&clinic, &old, to("10:00")).await;
    assert!(clinic.list("bookingUpdates").await.is_empty());
    assert_eq!(clinic.list("bookings").await.len(), 1);
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
}

#[tokio::test]
async fn if_the_new_time_is_gone_nothing_changes_and_others_are_offered_avail_4() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&old).await;
    clinic.book("2026-11-24T10:00").await;
    let before = clinic.app.database.content();
    let refused = try_move(&clinic, &old, to("10:00")).await;
    problem(&refused, 409);
    let others = refused.json()["alternatives"].as_array().unwrap().len();
    assert_eq!(others, 5);
    assert_eq!(clinic.app.database.content(), before);
    assert_eq!(clinic.status(&old).await, "confirmed");
}

#[tokio::test]
async fn the_old_time_does_not_stand_in_the_way_of_the_new_one() {
    let clinic = Clinic::new().await;
    // Slots that begin every ten minutes, so that the next one overlaps.
    let day = json!({"date": "2026-11-24", "pmsResourceId": "12345", "availability": [
        {"start": "09:00", "end": "12:00", "slotLength": 600}]});
    clinic
        .pms("POST", "/availability/snapshot", day)
        .await
        .expect(200);
    let old = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&old).await;
    let overlapping = moved(&clinic, &old, to("09:10")).await;
    assert_eq!(clinic.status(&overlapping).await, "requested");
    let old = clinic.book("2026-11-24T11:00").await;
    clinic.confirm(&old).await;
    moved(&clinic, &old, to("11:00")).await;
    // It still stands in everybody else's.
    clinic.try_book("2026-11-24T11:00").await.expect(409);
}

#[tokio::test]
async fn another_practitioner_may_be_chosen_and_a_hold_is_used_up() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    let mut wanted = clinic.booking("2026-11-24T13:00");
    wanted["practitionerId"] = json!(clinic.practitioners[1]);
    let held = clinic.app.patient("POST", "/holds", wanted.clone()).await;
    let held = held.expect(201);
    let mut body = to("13:00");
    body["practitionerId"] = wanted["practitionerId"].clone();
    try_move(&clinic, &old, body.clone()).await.expect(409);
    body["holdId"] = json!("sbh_of_somebody_else");
    try_move(&clinic, &old, body.clone()).await.expect(409);
    body["holdId"] = held["holdId"].clone();
    let new = moved(&clinic, &old, body).await;
    assert_eq!(
        shown(&clinic, &new).await["practitionerId"],
        wanted["practitionerId"]
    );
    let mut elsewhere = to("14:00");
    elsewhere["holdId"] = held["holdId"].clone();
    moved(&clinic, &new, elsewhere).await;
}

#[tokio::test]
async fn a_booking_that_does_not_stand_or_has_begun_is_not_moved() {
    let clinic = Clinic::new().await;
    let cancelled = clinic.book("2026-11-24T09:00").await;
    clinic.cancel(&cancelled).await;
    let rejected = clinic.book("2026-11-24T09:30").await;
    clinic
        .say(&rejected, "rejectInsert", json!({"reason": "taken"}))
        .await
        .expect(200);
    for booked in [&cancelled, &rejected] {
        problem(&try_move(&clinic, booked, to("14:00")).await, 409);
    }
    let begun = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&begun).await;
    // Tuesday, nine in the morning.
    clinic.app.advance(22 * 3600).await;
    problem(&try_move(&clinic, &begun, to("14:00")).await, 409);
    assert_eq!(clinic.status(&begun).await, "confirmed");
}

#[tokio::test]
async fn the_same_call_again_gets_the_first_answer_and_moves_once() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    let path = format!("/booking-api/v1/bookings/{}/reschedule", old.id);
    let headers = [
        ("authorization".to_owned(), format!("Bearer {}", old.token)),
        ("idempotency-key".to_owned(), "a".to_owned()),
    ];
    let post = async |body: &Value| clinic.app.call("POST", &path, &headers, body).await;
    let first = post(&to("10:00")).await.expect(201);
    clinic.app.advance(30).await;
    assert_eq!(post(&to("10:00")).await.expect(201), first);
    assert_eq!(clinic.list("bookings").await.len(), 1);
    post(&to("11:00")).await.expect(422);
}

#[tokio::test]
async fn an_erased_booking_is_not_moved() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    clinic.cancel(&old).await;
    let body = json!({"bookingId": old.id});
    clinic
        .admin("POST", "/erasePatient", body)
        .await
        .expect(200);
    problem(&try_move(&clinic, &old, to("10:00")).await, 409);
}

#[tokio::test]
async fn the_person_is_sealed_under_a_key_of_the_new_booking_s_own() {
    let clinic = Clinic::new().await;
    let old = clinic.book("2026-11-24T09:00").await;
    let new = moved(&clinic, &old, to("10:00")).await;
    let body = json!({"bookingId": old.id});
    clinic
        .admin("POST", "/erasePatient", body)
        .await
        .expect(200);
    let inserts = clinic.list("bookings").await;
    assert_eq!(inserts[0]["bookingId"], new.id);
    assert_eq!(inserts[0]["patient"]["firstname"], "Anna");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_one_time_one_moves_and_the_others_keep_theirs_avail_4() {
    let clinic = Arc::new(Clinic::raced().await);
    let mut all = Vec::new();
    for start in ["09:00", "09:30", "10:00", "10:30"] {
        all.push(clinic.book(&format!("2026-11-24T{start}")).await);
    }
    let calls: Vec<_> = all
        .iter()
        .cloned()
        .map(|booked| {
            let clinic = Arc::clone(&clinic);
            tokio::spawn(async move { try_move(&clinic, &booked, to("15:00")).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap().as_u16());
    }
    let mut kept = 0;
    for (booked, status) in all.iter().zip(&statuses) {
        let now = clinic.status(booked).await;
        let expected = if *status == 201 {
            "cancelled"
        } else {
            kept += 1;
            "requested"
        };
        assert_eq!(now, expected, "{statuses:?}");
    }
    assert_eq!(kept, 3, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_booking_is_moved_once_however_many_ask() {
    let clinic = Arc::new(Clinic::raced().await);
    let booked = clinic.book("2026-11-24T09:00").await;
    let calls: Vec<_> = ["10:00", "11:00", "14:00", "15:00"]
        .map(|start| {
            let (clinic, booked) = (Arc::clone(&clinic), booked.clone());
            tokio::spawn(async move { try_move(&clinic, &booked, to(start)).await.status })
        })
        .into_iter()
        .collect();
    let mut made = 0;
    for call in calls {
        made += i32::from(call.await.unwrap().as_u16() == 201);
    }
    assert_eq!(made, 1);
    assert_eq!(clinic.list("bookings").await.len(), 1);
}
