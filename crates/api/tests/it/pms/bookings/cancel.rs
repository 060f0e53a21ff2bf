//! `cancel` (BOOK-9): the booking was cancelled in the PMS.

use crate::pms::support::{answer, audit, deeds, reject, restarted, staff, the_update, view};
use serde_json::{Value, json};
use slotbridge_testkit::{Booked, Clinic};

async fn cancel(clinic: &Clinic, booked: &Booked) {
    let cancelled = clinic.say(booked, "cancel", json!({})).await;
    assert_eq!(cancelled.expect(200), json!({}));
}

#[tokio::test]
async fn the_pms_cancels_what_is_requested_or_confirmed_and_the_patient_sees_it_book_9() {
    let clinic = Clinic::new().await;
    let requested = clinic.book("2026-11-24T09:00").await;
    let confirmed = clinic.book("2026-11-24T10:00").await;
    let by_rule = clinic.book("2026-11-24T11:00").await;
    cancel(&clinic, &requested).await;
    clinic.confirm(&confirmed).await;
    clinic.app.advance(20).await;
    cancel(&clinic, &confirmed).await;
    cancel(&clinic, &by_rule).await;
    let clinic = restarted(clinic).await;
    for booked in [&requested, &confirmed, &by_rule] {
        assert_eq!(clinic.status(booked).await, "cancelled");
        assert_eq!(view(&clinic, booked).await["status"], "cancelled");
    }
    assert!(
        clinic.poll().await.is_empty(),
        "the PMS need not hear of it"
    );
    assert!(clinic.list("bookings").await.is_empty());
    assert_eq!(clinic.starts().await.len(), 14, "the times are free again");
}

#[tokio::test]
async fn cancelled_again_nothing_changes_book_9() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let why = json!({"reason": "Patient called"});
    clinic.say(&booked, "cancel", why.clone()).await.expect(200);
    clinic.say(&booked, "cancel", why).await.expect(200);
    let clinic = restarted(clinic).await;
    clinic.say(&booked, "cancel", Value::Null).await.expect(200);
    clinic.cancel(&booked).await;
    staff(&clinic, &booked, "cancel").await.expect(200);
    let entries = audit(&clinic, &booked).await;
    assert_eq!(
        deeds(&clinic, &booked).await,
        ["book", "confirmInsert", "cancel"]
    );
    assert_eq!(entries[2]["note"], "Patient called");
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn a_rejected_booking_cannot_be_cancelled_book_9() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    reject(&clinic, &booked).await.expect(200);
    let refused = clinic.say(&booked, "cancel", json!({})).await;
    assert!(refused.error().contains("rejected"), "{}", refused.error());
    refused.expect(400);
    assert_eq!(clinic.status(&booked).await, "rejected");
}

#[tokio::test]
async fn a_cancellation_by_the_pms_resolves_all_that_is_outstanding_book_9() {
    let clinic = Clinic::new().await;
    // Cancelled here as well, and not yet answered.
    let updated = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&updated).await;
    clinic.cancel(&updated).await;
    let request = the_update(&clinic).await;
    let waiting = clinic.book("2026-11-24T10:00").await;
    let asked = clinic.book("2026-11-24T11:00").await;
    clinic.confirm(&asked).await;
    clinic.ask_for_changes(&asked).await;
    let other = clinic.book("2026-11-24T13:00").await;
    clinic.confirm(&other).await;
    clinic.ask_for_changes(&other).await;
    assert_eq!(
        clinic.poll().await,
        ["bookings", "bookingUpdates", "pmsAppointmentChanges"]
    );
    cancel(&clinic, &updated).await;
    assert_eq!(clinic.poll().await, ["bookings", "pmsAppointmentChanges"]);
    cancel(&clinic, &waiting).await;
    assert_eq!(clinic.poll().await, ["pmsAppointmentChanges"]);
    cancel(&clinic, &asked).await;
    assert_eq!(
        clinic.poll().await,
        ["pmsAppointmentChanges"],
        "the other booking's"
    );
    cancel(&clinic, &other).await;
    assert!(clinic.poll().await.is_empty());
    // The answer to the update crossed the cancellation.
    answer(&clinic, &updated, "rejectUpdate", request)
        .await
        .expect(200);
    answer(&clinic, &updated, "confirmUpdate", request)
        .await
        .expect(200);
    assert!(clinic.attention().await.is_empty());
    assert_eq!(clinic.starts().await.len(), 14);
}

#[tokio::test]
async fn a_confirm_after_a_cancellation_by_the_pms_raises_an_update_book_9() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.list("bookings").await;
    cancel(&clinic, &booked).await;
    let clinic = restarted(clinic).await;
    clinic.confirm(&booked).await;
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert_eq!(clinic.poll().await, ["bookingUpdates"]);
    let update = &clinic.list("bookingUpdates").await[0];
    assert_eq!(update["pmsAppointmentIds"], json!(["A1"]));
    assert!(!clinic.starts().await.contains(&"09:00".to_owned()));
    // Confirmed again, still one; cancelled again, none.
    clinic.confirm(&booked).await;
    let first = the_update(&clinic).await;
    cancel(&clinic, &booked).await;
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
    clinic.confirm(&booked).await;
    assert!(the_update(&clinic).await > first);
}

#[tokio::test]
async fn a_reject_after_a_cancellation_by_the_pms_is_taken_book_9() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    cancel(&clinic, &booked).await;
    reject(&clinic, &booked).await.expect(200);
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn a_cancellation_by_the_pms_clears_the_late_rejection_book_9() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(20).await;
    reject(&clinic, &booked).await.expect(200);
    assert_eq!(clinic.attention().await.len(), 1);
    cancel(&clinic, &booked).await;
    assert!(clinic.attention().await.is_empty());
    assert_eq!(clinic.status(&booked).await, "cancelled");
}
