//! The link by which a patient manages a booking: in mails, and again when it is lost.

use super::problem;
use serde_json::{Value, json};
use slotbridge_hub::Settings;
use slotbridge_hub::outgoing::Message;
use slotbridge_testkit::{Answer, Booked, Clinic, Postbox, TestApp};
use std::sync::Arc;

const PUBLIC: &str = "https://book.example";

async fn linked() -> (Clinic, Arc<Postbox>) {
    let postbox = Arc::new(Postbox::default());
    let settings = Settings {
        public_url: Some(format!("{PUBLIC}/")),
        ..Settings::default()
    };
    let app = TestApp::set(postbox.outgoing(), settings).await;
    (Clinic::on(app).await, postbox)
}

async fn sent(clinic: &Clinic, postbox: &Postbox) -> Vec<Message> {
    clinic.app.advance(0).await;
    postbox.taken()
}

/// The bookings and tokens in the links of a text.
fn links(text: &str) -> Vec<Booked> {
    let start = format!("{PUBLIC}/bookings/");
    let found = text.lines().filter_map(|line| line.strip_prefix(&start));
    let parts = found.map(|rest| {
        let (id, token) = rest.split_once("/open?token=").unwrap();
        Booked {
            id: id.parse().unwrap(),
            token: token.to_owned(),
        }
    });
    parts.collect()
}

async fn lost(clinic: &Clinic, details: Value) -> Answer {
    let mut body = json!({"practiceId": clinic.pms.practice_id});
    if let (Value::Object(body), Value::Object(details)) = (&mut body, details) {
        body.extend(details);
    }
    clinic
        .app
        .patient("POST", "/bookings/manageLink", body)
        .await
}

fn anna() -> Value {
    json!({"email": "anna@example.com", "dob": "1984-02-29"})
}

#[tokio::test]
async fn the_mail_of_a_booking_holds_the_link_that_opens_it() {
    let (clinic, postbox) = linked().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let mails = sent(&clinic, &postbox).await;
    let found = links(&mails[0].text);
    assert_eq!(found.len(), 1, "{}", mails[0].text);
    assert_eq!((found[0].id, &found[0].token), (booked.id, &booked.token));
    // Operators, who may read messages, read no tokens.
    let kept = clinic.admin("GET", "/messages", Value::Null).await;
    assert!(!String::from_utf8_lossy(&kept.bytes).contains("sbm_"));
}

#[tokio::test]
async fn a_lost_link_is_sent_to_the_address_on_the_booking_and_opens_it() {
    let (clinic, postbox) = linked().await;
    let live = [
        clinic.book("2026-11-24T09:00").await,
        clinic.book("2026-11-24T10:00").await,
    ];
    let cancelled = clinic.book("2026-11-24T11:00").await;
    clinic.cancel(&cancelled).await;
    sent(&clinic, &postbox).await;
    let asked = json!({"email": "ANNA@Example.com", "phone": "0412345678"});
    assert_eq!(lost(&clinic, asked).await.status.as_u16(), 202);
    let mails = sent(&clinic, &postbox).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "anna@example.com");
    let found = links(&mails[0].text);
    let ids: Vec<i64> = found.iter().map(|booked| booked.id).collect();
    assert_eq!(ids, live.map(|booked| booked.id));
    for booked in &found {
        assert_eq!(clinic.status(booked).await, "requested");
    }
}

#[tokio::test]
async fn the_answer_is_the_same_whether_there_is_a_booking_or_not() {
    let (clinic, postbox) = linked().await;
    clinic.book("2026-11-24T09:00").await;
    sent(&clinic, &postbox).await;
    let mut answers = Vec::new();
    for details in [
        anna(),
        json!({"email": "ben@example.com", "dob": "1984-02-29"}),
        json!({"email": "anna@example.com", "dob": "1984-02-28"}),
        json!({"email": "anna@example.com", "phone": "0412 345 679"}),
        json!({"email": "anna@example.com", "dob": "1984-02-29", "phone": "0412 345 679"}),
    ] {
        let answer = lost(&clinic, details).await;
        answers.push((answer.status, answer.bytes));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(answers[0].0.as_u16(), 202);
    let mails = sent(&clinic, &postbox).await;
    assert_eq!(mails.len(), 1, "only the first is somebody's");
}

/// What differs afterwards differs only after the answer.
#[tokio::test]
async fn the_call_does_the_same_work_whether_there_is_a_booking_or_not() {
    let (clinic, _) = linked().await;
    clinic.book("2026-11-24T09:00").await;
    let seen = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    clinic
        .app
        .hub
        .store()
        .watch(move |sql, _| noted.lock().push(sql.name));
    let mut work = Vec::new();
    for details in [
        anna(),
        json!({"email": "ben@example.com", "dob": "1999-02-20"}),
    ] {
        lost(&clinic, details).await;
        work.push(std::mem::take(&mut *seen.lock()));
    }
    assert!(!work[0].is_empty());
    assert_eq!(work[0], work[1]);
}

#[tokio::test]
async fn the_links_of_an_address_are_sent_three_times_a_day_across_restarts() {
    let (mut clinic, postbox) = linked().await;
    clinic.book("2026-11-24T09:00").await;
    sent(&clinic, &postbox).await;
    let mut mails = 0;
    for _ in 0..5 {
        lost(&clinic, anna()).await;
        mails += sent(&clinic, &postbox).await.len();
    }
    assert_eq!(mails, 3);
    // A hub that was started again, which has no postbox, writes none either.
    clinic.app = clinic.app.restart().await;
    let count = async |clinic: &Clinic| {
        let kept = clinic.admin("GET", "/messages", Value::Null).await;
        let kept = kept.expect(200);
        let kept = kept["data"].as_array().unwrap().iter();
        kept.filter(|one| one["kind"] == "manageLink").count()
    };
    assert_eq!(count(&clinic).await, 3);
    lost(&clinic, anna()).await;
    clinic.app.advance(0).await;
    assert_eq!(count(&clinic).await, 3);
}

#[tokio::test]
async fn the_next_day_at_the_practice_links_are_sent_again() {
    let (clinic, postbox) = linked().await;
    clinic.book("2026-11-24T16:00").await;
    for _ in 0..4 {
        lost(&clinic, anna()).await;
        clinic.app.advance(1).await;
    }
    sent(&clinic, &postbox).await;
    // From Monday 11:00 to Tuesday 00:00 in Sydney.
    clinic.app.advance(13 * 3600).await;
    sent(&clinic, &postbox).await;
    lost(&clinic, anna()).await;
    assert_eq!(sent(&clinic, &postbox).await.len(), 1);
}

#[tokio::test]
async fn a_booking_that_opens_with_another_token_opens_with_the_one_that_is_sent() {
    let (clinic, postbox) = linked().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let id = slotbridge_domain::ids::BookingId::new(booked.id).unwrap();
    let hash = slotbridge_hub::auth::hash("as it was before tokens were derived");
    clinic
        .app
        .hub
        .write(id.practice(), move |tx| {
            Ok(slotbridge_store::bookings::set_manage_hash(tx, id, &hash)?)
        })
        .await
        .unwrap();
    clinic.confirm(&booked).await;
    let mails = sent(&clinic, &postbox).await;
    assert!(
        links(&mails[0].text).is_empty(),
        "it is not this one's to change"
    );
    lost(&clinic, anna()).await;
    let mails = sent(&clinic, &postbox).await;
    let found = links(&mails[0].text);
    assert_eq!(clinic.status(&found[0]).await, "confirmed");
}

#[tokio::test]
async fn what_was_asked_is_kept_sealed_and_only_until_it_is_seen_to() {
    let (clinic, postbox) = linked().await;
    clinic.book("2026-11-24T09:00").await;
    sent(&clinic, &postbox).await;
    let before = clinic.app.database.content();
    lost(
        &clinic,
        json!({"email": "carla@example.com", "phone": "0491570156"}),
    )
    .await;
    assert!(sent(&clinic, &postbox).await.is_empty());
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn nothing_to_go_by_is_named_and_so_is_an_unknown_practice() {
    let (clinic, _) = linked().await;
    let faults = problem(
        &lost(&clinic, json!({"email": "anna@example.com"})).await,
        400,
    );
    assert!(faults[0].starts_with("dob: "), "{faults:?}");
    let faults = problem(
        &lost(
            &clinic,
            json!({"email": "anna", "dob": "29.2.1984", "phone": "1"}),
        )
        .await,
        400,
    );
    assert_eq!(faults.len(), 3, "{faults:?}");
    let body = json!({"practiceId": 4711, "email": "anna@example.com", "dob": "1984-02-29"});
    let nowhere = clinic
        .app
        .patient("POST", "/bookings/manageLink", body)
        .await;
    problem(&nowhere, 404);
}
