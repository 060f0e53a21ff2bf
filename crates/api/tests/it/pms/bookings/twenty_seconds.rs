//! The 20-second rule (BOOK-3).

use crate::pms::support::{
    at, audit, book_second, deeds, only_the_clock, reject, restarted, staff, view,
};
use serde_json::json;
use slotbridge_testkit::{Clinic, behind};

#[tokio::test]
async fn at_twenty_seconds_the_booking_stands_exactly_once_book_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    at(&clinic, "2026-11-23T00:00:19.999999Z").await;
    assert_eq!(clinic.status(&booked).await, "requested");
    assert_eq!(deeds(&clinic, &booked).await, ["book"]);
    at(&clinic, "2026-11-23T00:00:20Z").await;
    assert_eq!(clinic.status(&booked).await, "confirmed");
    for _ in 0..3 {
        clinic.app.advance(20).await;
    }
    assert_eq!(deeds(&clinic, &booked).await, ["book", "stand"]);
    let stand = &audit(&clinic, &booked).await[1];
    assert_eq!(stand["actor"], "hub");
    assert_eq!(stand["at"], "2026-11-23T00:00:20Z");
    assert_eq!(stand["detail"], json!({"status": "confirmed"}));
}

#[tokio::test]
async fn the_clock_confirms_for_patient_and_practice_before_the_timer_does_book_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    only_the_clock(&clinic, "2026-11-23T00:00:20Z");
    for _ in 0..2 {
        assert_eq!(clinic.status(&booked).await, "confirmed");
        assert_eq!(view(&clinic, &booked).await["status"], "confirmed");
        assert_eq!(
            clinic.attention().await,
            [("notInPms".to_owned(), booked.id)]
        );
    }
    assert_eq!(
        deeds(&clinic, &booked).await,
        ["book"],
        "looking writes nothing"
    );
    clinic.app.advance(0).await;
    assert_eq!(deeds(&clinic, &booked).await, ["book", "stand"]);
}

#[tokio::test]
async fn it_stays_in_the_list_as_requested_and_the_practice_sees_it_book_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(19).await;
    assert!(clinic.attention().await.is_empty());
    clinic.app.advance(1).await;
    assert_eq!(
        clinic.attention().await,
        [("notInPms".to_owned(), booked.id)]
    );
    let clinic = restarted(clinic).await;
    clinic.app.advance(3600).await;
    let listed = clinic.list("bookings").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["bookingStatus"], "Requested");
    assert_eq!(view(&clinic, &booked).await["notInPms"], true);
    assert_eq!(clinic.status(&booked).await, "confirmed");
    clinic.confirm(&booked).await;
    assert!(clinic.attention().await.is_empty());
    assert!(clinic.list("bookings").await.is_empty());
    assert_eq!(view(&clinic, &booked).await["notInPms"], false);
}

#[tokio::test]
async fn it_stands_exactly_once_across_restarts_book_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(10).await;
    let clinic = restarted(clinic).await;
    // The hub was down when the time came.
    only_the_clock(&clinic, "2026-11-23T01:00:00Z");
    let clinic = restarted(clinic).await;
    assert_eq!(clinic.status(&booked).await, "confirmed");
    assert_eq!(deeds(&clinic, &booked).await, ["book"]);
    clinic.app.advance(0).await;
    let clinic = restarted(clinic).await;
    clinic.app.advance(60).await;
    assert_eq!(deeds(&clinic, &booked).await, ["book", "stand"]);
}

#[tokio::test]
async fn whatever_comes_at_twenty_seconds_finds_it_standing_book_3() {
    let clinic = Clinic::new().await;
    let confirmed = clinic.book("2026-11-24T09:00").await;
    let cancelled = clinic.book("2026-11-24T09:30").await;
    let by_pms = clinic.book("2026-11-24T10:00").await;
    let by_staff = clinic.book("2026-11-24T10:30").await;
    only_the_clock(&clinic, "2026-11-23T00:00:20Z");
    clinic.confirm(&confirmed).await;
    clinic.cancel(&cancelled).await;
    clinic.say(&by_pms, "cancel", json!({})).await.expect(200);
    staff(&clinic, &by_staff, "cancel").await.expect(200);
    let clinic = restarted(clinic).await;
    clinic.app.advance(60).await;
    assert_eq!(
        deeds(&clinic, &confirmed).await,
        ["book", "stand", "confirmInsert"]
    );
    for booked in [&cancelled, &by_pms, &by_staff] {
        assert_eq!(deeds(&clinic, booked).await, ["book", "stand", "cancel"]);
        assert_eq!(clinic.status(booked).await, "cancelled");
    }
}

#[tokio::test]
async fn what_is_decided_before_never_stands_by_itself_book_3() {
    let clinic = Clinic::new().await;
    clinic.promise_nothing().await;
    let confirmed = clinic.book("2026-11-24T09:00").await;
    let rejected = clinic.book("2026-11-24T09:30").await;
    let cancelled = clinic.book("2026-11-24T10:00").await;
    let by_pms = clinic.book("2026-11-24T10:30").await;
    only_the_clock(&clinic, "2026-11-23T00:00:19Z");
    clinic.confirm(&confirmed).await;
    reject(&clinic, &rejected).await.expect(200);
    clinic.cancel(&cancelled).await;
    clinic.say(&by_pms, "cancel", json!({})).await.expect(200);
    let next = clinic.app.hub.timers().await.next().await.unwrap();
    let night = "2026-11-23T16:01:00Z".parse().unwrap();
    assert!(next.unwrap() >= night, "nothing is due before the night");
    clinic.app.advance(60).await;
    for (booked, status) in [
        (&confirmed, "confirmed"),
        (&rejected, "rejected"),
        (&cancelled, "cancelled"),
        (&by_pms, "cancelled"),
    ] {
        assert_eq!(clinic.status(booked).await, status);
        assert!(!deeds(&clinic, booked).await.contains(&"stand".to_owned()));
    }
}

#[tokio::test]
async fn a_refused_answer_at_twenty_seconds_leaves_the_rule_to_the_timer_book_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    only_the_clock(&clinic, "2026-11-23T00:00:30Z");
    // Its day is still to come, so this is refused and undone as a whole.
    clinic
        .say(&booked, "didNotAttend", json!({}))
        .await
        .expect(400);
    assert_eq!(deeds(&clinic, &booked).await, ["book"]);
    clinic.app.advance(0).await;
    assert_eq!(deeds(&clinic, &booked).await, ["book", "stand"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_that_fall_due_at_once_stand_once_each_book_3() {
    let clinic = Clinic::new().await;
    let mut all = Vec::new();
    for hour in [9, 10, 11, 13, 14, 15, 16] {
        for minute in ["00", "30"] {
            let start = format!("2026-11-24T{hour:02}:{minute}");
            all.push(clinic.book(&start).await);
            all.push(book_second(&clinic, &start).await);
        }
    }
    clinic.app.clock.advance(20);
    let hub = &clinic.app.hub;
    let run = async || hub.timers().await.run().await;
    let (one, two, three) = tokio::join!(run(), run(), run());
    for outcome in [one, two, three] {
        let left = outcome.unwrap();
        assert!(left.is_none_or(|next| next > hub.now()), "nothing is left");
    }
    for booked in &all {
        assert_eq!(deeds(&clinic, booked).await, ["book", "stand"]);
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_keeps_no_other_from_standing_book_3() {
    let clinic = Clinic::new().await;
    let broken = clinic.book("2026-11-24T09:00").await;
    let others = [
        clinic.book("2026-11-24T09:30").await,
        clinic.book("2026-11-24T10:00").await,
    ];
    behind::spoil_booking(&clinic.app, broken.id).await;
    clinic.app.clock.advance(20);
    assert!(clinic.app.hub.timers().await.run().await.is_err());
    for booked in &others {
        assert_eq!(deeds(&clinic, booked).await, ["book", "stand"]);
    }
    assert_eq!(deeds(&clinic, &broken).await, ["book"], "it is tried again");
}
