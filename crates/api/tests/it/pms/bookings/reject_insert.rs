//! `rejectInsert` (BOOK-5).

use crate::pms::support::{
    asked_days, at, audit, audit_total, day, deeds, only_the_clock, page, range, reasons, reject,
    restarted, send, send_usual, staff, view,
};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;
use slotbridge_testkit::clinic::DAY;

fn the_day() -> Vec<(String, Option<String>)> {
    vec![(DAY.to_owned(), Some("12345".to_owned()))]
}

#[tokio::test]
async fn a_reject_in_time_offers_other_times_and_takes_the_slot_off_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic.list("bookings").await;
    only_the_clock(&clinic, "2026-11-23T00:00:19.999999Z");
    assert_eq!(reject(&clinic, &booked).await.expect(200), json!({}));
    let page = page(&clinic, &booked).await;
    assert_eq!(page["status"], "rejected");
    let alternatives = page["alternatives"].as_array().unwrap();
    assert_eq!(alternatives.len(), 5);
    let first: Vec<&str> = alternatives
        .iter()
        .map(|s| s["start"].as_str().unwrap())
        .collect();
    assert!(first.contains(&"2026-11-24T09:30:00+11:00"), "{first:?}");
    assert!(!first.contains(&"2026-11-24T10:00:00+11:00"), "{first:?}");
    assert!(!clinic.starts().await.contains(&"10:00".to_owned()));
    let why = reasons(&clinic, "2026-11-24T10:00:00+11:00").await;
    assert_eq!(why.len(), 1);
    assert!(
        why[0].contains("rejected a booking at this time"),
        "{why:?}"
    );
    clinic.try_book("2026-11-24T10:00").await.expect(409);
    // It has left the list, and the hub's picture is asked for.
    assert_eq!(clinic.poll().await, ["availability"]);
    assert_eq!(asked_days(&clinic).await, the_day());
    assert!(clinic.attention().await.is_empty());
    clinic.app.advance(60).await;
    assert_eq!(deeds(&clinic, &booked).await, ["book", "rejectInsert"]);
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn the_slot_is_off_until_the_next_snapshot_of_its_resource_and_day_book_5_avail_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    reject(&clinic, &booked).await.expect(200);
    let off = async |clinic: &Clinic| !clinic.starts().await.contains(&"10:00".to_owned());
    assert!(off(&clinic).await);
    // Another day, another resource, a refused one: none of them is that snapshot.
    send(&clinic, "12345", "2026-11-25", &[]).await;
    send(&clinic, "12346", DAY, &[]).await;
    let refused = day("12345", DAY, &[range("10:00", "09:00", 60)]);
    clinic
        .pms("POST", "/availability/snapshot", refused)
        .await
        .expect(400);
    let clinic = restarted(clinic).await;
    assert!(off(&clinic).await);
    assert_eq!(asked_days(&clinic).await, the_day());
    send_usual(&clinic).await;
    assert!(!off(&clinic).await, "unchanged, but sent again");
    assert!(clinic.poll().await.is_empty());
    clinic.book("2026-11-24T10:00").await;
}

#[tokio::test]
async fn a_late_reject_leaves_the_booking_confirmed_and_alerts_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic.list("bookings").await;
    clinic.app.advance(21).await;
    assert_eq!(reject(&clinic, &booked).await.expect(200), json!({}));
    assert_eq!(clinic.status(&booked).await, "confirmed");
    assert!(clinic.list("bookings").await.is_empty());
    assert_eq!(
        clinic.attention().await,
        [("lateRejection".to_owned(), booked.id)]
    );
    assert_eq!(asked_days(&clinic).await, the_day());
    send_usual(&clinic).await;
    let starts = clinic.starts().await;
    assert!(!starts.contains(&"10:00".to_owned()), "it still stands");
    // The same again, at once and after a restart.
    reject(&clinic, &booked).await.expect(200);
    let clinic = restarted(clinic).await;
    reject(&clinic, &booked).await.expect(200);
    assert!(clinic.poll().await.is_empty(), "nothing is asked again");
    assert_eq!(clinic.attention().await.len(), 1);
    assert_eq!(
        deeds(&clinic, &booked).await,
        ["book", "stand", "rejectInsert"]
    );
}

#[tokio::test]
async fn the_clock_decides_what_is_late_and_not_the_timer_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    only_the_clock(&clinic, "2026-11-23T00:00:20Z");
    reject(&clinic, &booked).await.expect(200);
    assert_eq!(clinic.status(&booked).await, "confirmed");
    assert_eq!(
        clinic.attention().await,
        [("lateRejection".to_owned(), booked.id)]
    );
    clinic.app.advance(0).await;
    assert_eq!(
        deeds(&clinic, &booked).await,
        ["book", "stand", "rejectInsert"]
    );
    assert_eq!(clinic.attention().await.len(), 1);
}

#[tokio::test]
async fn a_confirm_after_a_late_reject_clears_the_alert_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic.app.advance(25).await;
    reject(&clinic, &booked).await.expect(200);
    clinic.confirm(&booked).await;
    assert!(clinic.attention().await.is_empty());
    let seen = view(&clinic, &booked).await;
    assert_eq!(seen["status"], "confirmed");
    assert_eq!(seen["pmsAppointmentIds"], json!(["A1"]));
    // Now it is confirmed, and a reject is refused.
    reject(&clinic, &booked).await.expect(400);
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn staff_who_enter_it_by_hand_after_a_late_reject_clear_the_alert_book_2_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic.app.advance(25).await;
    reject(&clinic, &booked).await.expect(200);
    staff(&clinic, &booked, "enteredByHand").await.expect(200);
    assert!(clinic.attention().await.is_empty());
    assert_eq!(clinic.status(&booked).await, "confirmed");
}

#[tokio::test]
async fn staff_who_cancel_after_a_late_reject_clear_the_alert_and_raise_nothing_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic.list("bookings").await;
    clinic.app.advance(25).await;
    reject(&clinic, &booked).await.expect(200);
    send_usual(&clinic).await;
    staff(&clinic, &booked, "cancel").await.expect(200);
    assert!(clinic.attention().await.is_empty());
    assert!(clinic.poll().await.is_empty(), "the PMS does not have it");
    assert!(clinic.starts().await.contains(&"10:00".to_owned()));
}

#[tokio::test]
async fn the_same_reject_again_changes_nothing_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    reject(&clinic, &booked).await.expect(200);
    send_usual(&clinic).await;
    let before = audit_total(&clinic).await;
    for seconds in [0, 30] {
        clinic.app.advance(seconds).await;
        reject(&clinic, &booked).await.expect(200);
    }
    assert!(clinic.poll().await.is_empty(), "resolved once, never back");
    assert!(clinic.starts().await.contains(&"10:00".to_owned()));
    assert_eq!(audit_total(&clinic).await, before);
}

#[tokio::test]
async fn a_reject_after_a_confirm_is_refused_book_5() {
    let clinic = Clinic::new().await;
    let confirmed = clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&confirmed).await;
    let by_hand = clinic.book("2026-11-24T11:00").await;
    staff(&clinic, &by_hand, "enteredByHand").await.expect(200);
    for seconds in [0, 30] {
        clinic.app.advance(seconds).await;
        for booked in [&confirmed, &by_hand] {
            let refused = reject(&clinic, booked).await;
            assert!(refused.error().contains("confirmed"), "{}", refused.error());
            refused.expect(400);
            assert_eq!(clinic.status(booked).await, "confirmed");
        }
    }
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn a_rejected_booking_can_neither_be_cancelled_nor_marked_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    reject(&clinic, &booked).await.expect(200);
    let path = format!("/bookings/{}/cancel", booked.id);
    let cancel = clinic.app.manage(&booked.token, "POST", &path, json!({}));
    cancel.await.expect(409);
    staff(&clinic, &booked, "cancel").await.expect(409);
    at(&clinic, "2026-11-24T12:00:00+11:00").await;
    staff(&clinic, &booked, "attended").await.expect(409);
    assert_eq!(deeds(&clinic, &booked).await, ["book", "rejectInsert"]);
}

#[tokio::test]
async fn one_day_is_asked_for_once_however_many_are_rejected_book_5_req_2() {
    let clinic = Clinic::new().await;
    for start in ["2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00"] {
        let booked = clinic.book(start).await;
        reject(&clinic, &booked).await.expect(200);
    }
    assert_eq!(asked_days(&clinic).await, the_day());
    send_usual(&clinic).await;
    assert_eq!(clinic.starts().await.len(), 14, "every block is lifted");
}

#[tokio::test]
async fn a_reject_after_the_day_has_ended_asks_for_nothing_book_5_avail_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    at(&clinic, "2026-11-25T00:00:00+11:00").await;
    reject(&clinic, &booked).await.expect(200);
    assert!(clinic.poll().await.is_empty());
    assert_eq!(
        clinic.attention().await,
        [("lateRejection".to_owned(), booked.id)]
    );
}

#[tokio::test]
async fn a_reject_needs_no_body_and_keeps_its_reason_for_the_practice_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic
        .say(&booked, "rejectInsert", Value::Null)
        .await
        .expect(200);
    assert_eq!(audit(&clinic, &booked).await[1]["note"], Value::Null);
    let other = clinic.book("2026-11-24T11:00").await;
    let why = json!({"reason": "Doctor is ill"});
    clinic.say(&other, "rejectInsert", why).await.expect(200);
    assert_eq!(audit(&clinic, &other).await[1]["note"], "Doctor is ill");
}
