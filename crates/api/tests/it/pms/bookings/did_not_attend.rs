//! `didNotAttend` (BOOK-10) and the portal's mark beside it (BOOK-2).

use crate::pms::support::{
    at, audit, book_at, deeds, only_the_clock, range, reject, restarted, send, staff, view,
};
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Booked, Clinic, TestApp};

async fn did_not_attend(clinic: &Clinic, booked: &Booked) -> Answer {
    clinic.say(booked, "didNotAttend", json!({})).await
}

#[tokio::test]
async fn a_confirmed_booking_is_marked_and_again_nothing_changes_book_10() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    at(&clinic, "2026-11-24T09:20:00+11:00").await;
    assert_eq!(
        did_not_attend(&clinic, &booked).await.expect(200),
        json!({})
    );
    did_not_attend(&clinic, &booked).await.expect(200);
    let clinic = restarted(clinic).await;
    clinic
        .say(&booked, "didNotAttend", Value::Null)
        .await
        .expect(200);
    let seen = view(&clinic, &booked).await;
    assert_eq!(
        [&seen["status"], &seen["attendance"]],
        ["confirmed", "didNotAttend"]
    );
    assert_eq!(clinic.status(&booked).await, "didNotAttend");
    let entries = audit(&clinic, &booked).await;
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[2]["action"], "didNotAttend");
    assert_eq!(
        entries[2]["detail"],
        json!({"status": "confirmed", "attendance": "didNotAttend"})
    );
}

#[tokio::test]
async fn the_day_begins_at_the_practice_s_midnight_book_10() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    // 2026-11-23 in UTC too: 24:00 in Sydney is 13:00 UTC.
    at(&clinic, "2026-11-23T23:59:59.999999+11:00").await;
    let refused = did_not_attend(&clinic, &booked).await;
    assert!(!refused.error().is_empty());
    refused.expect(400);
    staff(&clinic, &booked, "attended").await.expect(409);
    assert_eq!(view(&clinic, &booked).await["attendance"], Value::Null);
    at(&clinic, "2026-11-24T00:00:00+11:00").await;
    did_not_attend(&clinic, &booked).await.expect(200);
}

#[tokio::test]
async fn the_day_is_the_practice_s_and_not_the_server_s_book_10() {
    let clinic = Clinic::perth(TestApp::new().await).await;
    // 07:30 on the 25th in Perth is 23:30 on the 24th in UTC.
    send(
        &clinic,
        "12345",
        "2026-11-25",
        &[range("07:30", "08:00", 1800)],
    )
    .await;
    let booked = book_at(&clinic, "2026-11-25T07:30:00+08:00").await;
    clinic.confirm(&booked).await;
    at(&clinic, "2026-11-24T23:59:00+08:00").await;
    did_not_attend(&clinic, &booked).await.expect(400);
    at(&clinic, "2026-11-24T16:00:00Z").await;
    did_not_attend(&clinic, &booked).await.expect(200);
}

#[tokio::test]
async fn only_a_confirmed_booking_is_marked_book_10() {
    let clinic = Clinic::new().await;
    send(
        &clinic,
        "12345",
        "2026-11-23",
        &[range("12:00", "17:00", 1800)],
    )
    .await;
    let requested = book_at(&clinic, "2026-11-23T12:00:00+11:00").await;
    let rejected = book_at(&clinic, "2026-11-23T13:00:00+11:00").await;
    let cancelled = book_at(&clinic, "2026-11-23T14:00:00+11:00").await;
    reject(&clinic, &rejected).await.expect(200);
    clinic.cancel(&cancelled).await;
    only_the_clock(&clinic, "2026-11-23T00:00:19.999999Z");
    for booked in [&requested, &rejected, &cancelled] {
        let refused = did_not_attend(&clinic, booked).await;
        assert!(!refused.error().is_empty());
        refused.expect(400);
        staff(&clinic, booked, "attended").await.expect(409);
        assert_eq!(view(&clinic, booked).await["attendance"], Value::Null);
    }
    // The clock has confirmed it, whether or not the timer has run.
    only_the_clock(&clinic, "2026-11-23T00:00:20Z");
    did_not_attend(&clinic, &requested).await.expect(200);
    assert_eq!(
        deeds(&clinic, &requested).await,
        ["book", "stand", "didNotAttend"]
    );
    assert_eq!(
        clinic.poll().await,
        ["bookings", "availability"],
        "the insert still waits"
    );
}

#[tokio::test]
async fn it_resolves_the_question_about_that_booking_book_10() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let other = clinic.book("2026-11-24T10:00").await;
    for booked in [&booked, &other] {
        clinic.confirm(booked).await;
        clinic.ask_for_changes(booked).await;
    }
    did_not_attend(&clinic, &booked).await.expect(400);
    at(&clinic, "2026-11-24T12:00:00+11:00").await;
    did_not_attend(&clinic, &booked).await.expect(200);
    assert_eq!(
        clinic.poll().await,
        ["pmsAppointmentChanges"],
        "the other's"
    );
    did_not_attend(&clinic, &other).await.expect(200);
    assert!(clinic.poll().await.is_empty());
    // Asked anew once it is marked, it is resolved as well.
    clinic.ask_for_changes(&booked).await;
    did_not_attend(&clinic, &booked).await.expect(200);
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn the_portal_marks_who_came_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    at(&clinic, "2026-11-24T12:00:00+11:00").await;
    for _ in 0..2 {
        let seen = staff(&clinic, &booked, "attended").await.expect(200);
        assert_eq!(
            [&seen["status"], &seen["attendance"]],
            ["confirmed", "attended"]
        );
    }
    assert_eq!(clinic.status(&booked).await, "confirmed");
    // The PMS knows better.
    did_not_attend(&clinic, &booked).await.expect(200);
    assert_eq!(clinic.status(&booked).await, "didNotAttend");
    let done = ["book", "confirmInsert", "attended", "didNotAttend"];
    assert_eq!(deeds(&clinic, &booked).await, done);
}
