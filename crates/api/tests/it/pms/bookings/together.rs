//! Answers, cancellations and timers at once: one consistent end (BOOK-2 to BOOK-9).

use crate::pms::support::{answer, deeds, reject, restarted, staff, the_update, updates, view};
use serde_json::{Value, json};
use slotbridge_testkit::{Booked, Clinic};
use std::sync::Arc;
use tokio::task::JoinSet;

/// What can happen to a booking at any time.
const EVENTS: [&str; 6] = [
    "confirm",
    "reject",
    "pmsCancel",
    "patient",
    "byHand",
    "timer",
];

async fn happen(clinic: &Clinic, booked: &Booked, event: &str) -> u16 {
    let ids = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
    let answer = match event {
        "confirm" => clinic.say(booked, "confirmInsert", ids).await,
        "reject" => reject(clinic, booked).await,
        "pmsCancel" => clinic.say(booked, "cancel", json!({})).await,
        "byHand" => staff(clinic, booked, "enteredByHand").await,
        "patient" => {
            let path = format!("/bookings/{}/cancel", booked.id);
            clinic
                .app
                .manage(&booked.token, "POST", &path, json!({}))
                .await
        }
        _ => {
            clinic.app.advance(0).await;
            return 200;
        }
    };
    answer.status.as_u16()
}

/// What must hold of a booking whatever came in whichever order.
async fn is_consistent(clinic: &Clinic, booked: &Booked) {
    let seen = view(clinic, booked).await;
    let (status, pms) = (
        seen["status"].as_str().unwrap(),
        seen["pmsAnswer"].as_str().unwrap(),
    );
    let deeds = deeds(clinic, booked).await;
    let context = format!("{seen} {deeds:?}");
    let count = |name: &str| deeds.iter().filter(|deed| *deed == name).count();
    for once in [
        "book",
        "stand",
        "confirmInsert",
        "rejectInsert",
        "enteredByHand",
    ] {
        assert!(count(once) <= 1, "{once} {context}");
    }
    assert_eq!(clinic.status(booked).await, status, "{context}");
    let listed = clinic.list("bookings").await.len();
    let updates = updates(clinic).await.len();
    let free = clinic.starts().await.contains(&"09:00".to_owned());
    match status {
        "rejected" => {
            assert_eq!(pms, "rejected", "{context}");
            assert_eq!((listed, updates), (0, 0), "{context}");
            assert_eq!(count("stand") + count("confirmInsert"), 0, "{context}");
            assert!(!free, "{context}");
        }
        "cancelled" => {
            assert!(count("cancel") >= 1, "{context}");
            assert_eq!(listed, 0, "{context}");
            // The time is free, but for an update or a rejection.
            let blocked = count("rejectInsert") == 1;
            assert!(updates == 0 || !free, "{context}");
            assert!(free || updates == 1 || blocked, "{context}");
        }
        "confirmed" => {
            assert_eq!(updates, 0, "{context}");
            assert_eq!(listed, usize::from(pms == "none"), "{context}");
            assert!(!free, "{context}");
        }
        other => panic!("{other} after the 20 seconds: {context}"),
    }
}

async fn storm(seconds: i64, handed_out: bool) {
    for round in 0..6 {
        let clinic = Clinic::raced().await;
        let booked = clinic.book("2026-11-24T09:00").await;
        if handed_out {
            clinic.list("bookings").await;
        }
        clinic.app.clock.advance(seconds);
        let clinic = Arc::new(clinic);
        let mut running = JoinSet::new();
        for place in 0..EVENTS.len() {
            let event = EVENTS[(place + round) % EVENTS.len()];
            let (clinic, booked) = (Arc::clone(&clinic), booked.clone());
            running.spawn(async move { (event, happen(&clinic, &booked, event).await) });
        }
        while let Some(done) = running.join_next().await {
            let (event, status) = done.expect("no task panics");
            assert!([200, 400, 409].contains(&status), "{event}: {status}");
        }
        clinic.app.advance(30).await;
        is_consistent(&clinic, &booked).await;
        let clinic = Arc::into_inner(clinic).expect("nobody else has it");
        is_consistent(&restarted(clinic).await, &booked).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once_in_time_ends_in_one_state_book_2() {
    storm(5, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once_at_twenty_seconds_ends_in_one_state_book_2_book_3() {
    storm(20, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once_before_it_is_handed_out_ends_in_one_state_book_7() {
    storm(5, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_list_and_a_cancellation_at_once_never_leave_a_ghost_book_7() {
    for _ in 0..12 {
        let clinic = Arc::new(Clinic::raced().await);
        let booked = clinic.book("2026-11-24T09:00").await;
        let (reader, canceller) = (Arc::clone(&clinic), Arc::clone(&clinic));
        let to_cancel = booked.clone();
        let list = tokio::spawn(async move { reader.list("bookings").await });
        let cancel = tokio::spawn(async move { canceller.cancel(&to_cancel).await });
        let handed_out = list.await.unwrap();
        cancel.await.unwrap();
        // Whoever was told of the booking is told of its cancellation.
        let told: Vec<Value> = handed_out.iter().map(|b| b["bookingId"].clone()).collect();
        let expected = usize::from(told.contains(&json!(booked.id)));
        assert_eq!(updates(&clinic).await.len(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_answer_from_many_at_once_is_one_change_book_4_book_8() {
    let clinic = Arc::new(Clinic::raced().await);
    let booked = clinic.book("2026-11-24T09:00").await;
    let all = async |event: &'static str| {
        let mut running = JoinSet::new();
        for _ in 0..12 {
            let (clinic, booked) = (Arc::clone(&clinic), booked.clone());
            running.spawn(async move { happen(&clinic, &booked, event).await });
        }
        running.join_all().await
    };
    assert!(all("confirm").await.iter().all(|status| *status == 200));
    assert!(all("patient").await.iter().all(|status| *status == 200));
    let request = the_update(&clinic).await;
    let mut running = JoinSet::new();
    for _ in 0..12 {
        let (clinic, booked) = (Arc::clone(&clinic), booked.clone());
        running.spawn(async move {
            let answered = answer(&clinic, &booked, "confirmUpdate", request).await;
            answered.status.as_u16()
        });
    }
    assert!(running.join_all().await.iter().all(|status| *status == 200));
    let done = ["book", "confirmInsert", "cancel", "confirmUpdate"];
    assert_eq!(deeds(&clinic, &booked).await, done);
}
