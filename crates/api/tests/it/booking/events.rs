//! Changes of a booking as server-sent events.

use serde_json::{Value, json};
use slotbridge_hub::auth::Patient;
use slotbridge_hub::booking::events;
use slotbridge_testkit::{Booked, Clinic, TestApp};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

/// An event: its id and the booking, if there was one.
struct Told {
    id: Option<String>,
    booking: Option<Value>,
    retry: String,
}

async fn ask(clinic: &Clinic, booked: &Booked, seen: Option<&str>) -> Told {
    let mut headers = vec![(
        "authorization".to_owned(),
        format!("Bearer {}", booked.token),
    )];
    headers.extend(seen.map(|id| ("last-event-id".to_owned(), id.to_owned())));
    let path = format!("/booking-api/v1/bookings/{}/events", booked.id);
    let answer = clinic.app.raw("GET", &path, &headers, "").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    assert!(text.ends_with("\n\n"), "a whole event: {text}");
    let field = |name: &str| {
        let start = format!("{name}: ");
        let line = text.lines().find_map(|line| line.strip_prefix(&start));
        line.map(str::to_owned)
    };
    Told {
        id: field("id"),
        booking: field("data").map(|data| serde_json::from_str(&data).unwrap()),
        retry: field("retry").unwrap(),
    }
}

async fn patient(clinic: &Clinic, booked: &Booked) -> Patient {
    let id = slotbridge_domain::ids::BookingId::new(booked.id).unwrap();
    let hub = &clinic.app.hub;
    hub.authenticate_patient(id, Some(&booked.token))
        .await
        .unwrap()
}

/// Lets somebody go on, and says whether they still wait.
async fn still_waits(one: &mut (impl Future + Unpin)) -> bool {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *one).poll(context).is_pending())).await
}

#[tokio::test]
async fn whoever_has_seen_nothing_is_told_at_once_what_the_read_of_the_booking_says() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let told = ask(&clinic, &booked, None).await;
    let read = clinic.mine(&booked, "GET", "", Value::Null).await;
    assert_eq!(told.booking, Some(read.expect(200)));
    assert_eq!(told.retry, "1000");
    assert_eq!(told.id, ask(&clinic, &booked, Some("unknown")).await.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_ends_the_wait_and_another_booking_s_change_does_not() {
    let clinic = Arc::new(Clinic::new().await);
    let booked = clinic.book("2026-11-24T09:00").await;
    let other = clinic.book("2026-11-24T10:00").await;
    let seen = ask(&clinic, &booked, None).await.id.unwrap();
    let waiting = {
        let (clinic, booked, seen) = (Arc::clone(&clinic), booked.clone(), seen.clone());
        tokio::spawn(async move { ask(&clinic, &booked, Some(&seen)).await })
    };
    clinic.cancel(&other).await;
    clinic.confirm(&booked).await;
    let told = waiting.await.unwrap();
    assert_eq!(told.booking.unwrap()["status"], "confirmed");
    assert_ne!(told.id.unwrap(), seen);
}

/// Nothing writes when the clock alone moves on.
#[tokio::test]
async fn on_sqlite_the_end_of_the_20_seconds_is_told_by_the_hub_s_clock_book_3() {
    let clinic = Clinic::on(TestApp::sandbox().await).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let seen = ask(&clinic, &booked, None).await.id.unwrap();
    tokio::time::pause();
    clinic.app.clock.advance(19);
    assert!(ask(&clinic, &booked, Some(&seen)).await.booking.is_none());
    clinic.app.clock.advance(1);
    let told = ask(&clinic, &booked, Some(&seen)).await;
    assert_eq!(told.booking.unwrap()["status"], "confirmed");
}

#[tokio::test]
async fn on_sqlite_who_waits_reads_the_booking_once_while_nothing_is_written() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let seen = ask(&clinic, &booked, None).await.id.unwrap();
    let patient = patient(&clinic, &booked).await;
    let reads = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    clinic.app.hub.store().watch(move |sql, _| {
        if sql.name.ends_with("bookings::GET") {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    tokio::time::pause();
    let waited = events::next(&clinic.app.hub, patient, Some(&seen), || false)
        .await
        .unwrap();
    assert!(waited.changed.is_none());
    assert_eq!(reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nobody_waits_longer_than_the_process_lives() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let patient = patient(&clinic, &booked).await;
    let seen = ask(&clinic, &booked, None).await.id.unwrap();
    let stopping = Arc::new(AtomicBool::new(false));
    let (hub, stop) = (clinic.app.hub.clone(), Arc::clone(&stopping));
    let waiting = tokio::spawn(async move {
        let stopping = || stop.load(Ordering::SeqCst);
        events::next(&hub, patient, Some(&seen), stopping).await
    });
    stopping.store(true, Ordering::SeqCst);
    let ended = tokio::time::timeout(events::LONGEST_WAIT / 5, waiting).await;
    assert!(ended.unwrap().unwrap().unwrap().changed.is_none());
}

#[tokio::test]
async fn of_those_who_wait_for_one_booking_the_fifth_is_answered_at_once_and_asks_later() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let patient = patient(&clinic, &booked).await;
    let seen = ask(&clinic, &booked, None).await.id.unwrap();
    let wait = || {
        let (hub, seen) = (clinic.app.hub.clone(), seen.clone());
        async move { events::next(&hub, patient, Some(&seen), || false).await }
    };
    let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(wait())).collect();
    for one in &mut waiting {
        assert!(still_waits(one).await);
    }
    let fifth = wait().await.unwrap();
    assert!(fifth.changed.is_none());
    assert_eq!(fifth.retry.as_secs(), 10);
    waiting.pop();
    let mut again = Box::pin(wait());
    assert!(still_waits(&mut again).await, "a place is free");
    drop((waiting, again));
    clinic
        .say(&booked, "rejectInsert", json!({"reason": "taken"}))
        .await
        .expect(200);
    assert_eq!(wait().await.unwrap().retry.as_secs(), 1);
}
