//! What patients are told of their bookings (BOOK-9).

use super::posting;
use serde_json::json;
use slotbridge_testkit::{Clinic, Postbox, TestApp};
use std::sync::Arc;

/// Subjects and texts of what the patient was told.
async fn told(clinic: &Clinic, postbox: &Postbox) -> Vec<(String, String)> {
    clinic.app.advance(0).await;
    let taken = postbox.taken().into_iter().map(|message| {
        assert_eq!(message.to, "anna@example.com");
        (message.subject, message.text)
    });
    taken.collect()
}

#[tokio::test]
async fn the_patient_is_told_that_the_booking_was_cancelled_by_the_pms_book_9() {
    let (clinic, postbox) = posting().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    told(&clinic, &postbox).await;
    for _ in 0..2 {
        clinic.say(&booked, "cancel", json!({})).await.expect(200);
    }
    let told = told(&clinic, &postbox).await;
    assert_eq!(told.len(), 1, "once: {told:?}");
    assert_eq!(told[0].0, "Your appointment at Test Practice was cancelled");
    assert!(
        told[0].1.contains("on Tuesday 24 November 2026 at 9:00 am"),
        "practice time: {}",
        told[0].1
    );
}

#[tokio::test]
async fn staff_who_cancel_let_the_patient_be_told_with_the_phone_to_call() {
    let postbox = Arc::new(Postbox::default());
    let app = TestApp::sending(postbox.outgoing()).await;
    let details = json!({"phone": "02 9876 5432"});
    let clinic = Clinic::at(app, details).await;
    let booked = clinic.book("2026-11-24T13:30").await;
    let path = format!("/bookings/{}/cancel", booked.id);
    let reason = json!({"reason": "Dr Good is ill with influenza"});
    clinic.admin("POST", &path, reason).await.expect(200);
    let told = told(&clinic, &postbox).await;
    assert_eq!(told.len(), 1);
    let text = &told[0].1;
    assert!(text.contains("at 1:30 pm"), "{text}");
    assert!(text.contains("call Test Practice on 0298765432"), "{text}");
    assert!(!text.contains("influenza"), "{text}");
}

#[tokio::test]
async fn a_rejection_is_told_and_so_is_a_confirmation_without_a_medical_word() {
    let (clinic, postbox) = posting().await;
    let rejected = clinic.book("2026-11-24T09:00").await;
    let confirmed = clinic.book("2026-11-24T10:00").await;
    let stood = clinic.book("2026-11-24T11:00").await;
    clinic
        .say(&rejected, "rejectInsert", json!({"reason": "taken"}))
        .await
        .expect(200);
    clinic.confirm(&confirmed).await;
    let told_first = told(&clinic, &postbox).await;
    clinic.app.advance(21).await;
    assert_eq!(clinic.status(&stood).await, "confirmed");
    let told_then = told(&clinic, &postbox).await;
    let subjects: Vec<&str> = told_first
        .iter()
        .chain(&told_then)
        .map(|told| told.0.as_str())
        .collect();
    assert_eq!(
        subjects,
        [
            "Your appointment at Test Practice",
            "Your booking at Test Practice could not be made",
            "Your appointment at Test Practice",
        ]
    );
    for (subject, text) in told_first.iter().chain(&told_then) {
        for word in ["Cough", "General", "Doctor", "Do Good", "Nguyen"] {
            assert!(
                !text.contains(word) && !subject.contains(word),
                "{word}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn whoever_cancels_themselves_is_not_told() {
    let (clinic, postbox) = posting().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.cancel(&booked).await;
    assert_eq!(told(&clinic, &postbox).await, []);
}

#[tokio::test]
async fn a_late_rejection_is_for_the_staff_and_tells_the_patient_nothing_book_5() {
    let (clinic, postbox) = posting().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(21).await;
    assert_eq!(told(&clinic, &postbox).await.len(), 1, "it is confirmed");
    clinic
        .say(&booked, "rejectInsert", json!({}))
        .await
        .expect(200);
    assert_eq!(told(&clinic, &postbox).await, []);
}
