//! SUB-3: what is a failure, and when the next attempt comes.

use super::{URL, bodies, log, states, subscribe};
use jiff::SignedDuration;
use serde_json::{Value, json};
use slotbridge_hub::Error;
use slotbridge_hub::outgoing::{CallbackFailure, ErrorType};
use slotbridge_store::Tx;
use slotbridge_store::lanes::{self, Taken};
use slotbridge_testkit::Clinic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn three_more_attempts_come_each_after_its_time_with_the_same_bytes_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(ErrorType::HttpStatus);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let mut calls = receiver.take();
    assert_eq!(calls.len(), 1);
    for seconds in [10, 100, 1000] {
        clinic.app.advance(seconds - 1).await;
        assert_eq!(receiver.count(), 0, "{seconds}");
        clinic.app.advance(1).await;
        assert_eq!(receiver.count(), 1, "{seconds}");
        calls.append(&mut receiver.take());
    }
    clinic.app.advance(100_000).await;
    assert_eq!(receiver.count(), 0, "there are four attempts");
    let header = |n: usize, name: &str| {
        let found = calls[n].headers.iter().find(|(known, _)| *known == name);
        found.unwrap().1.clone()
    };
    for n in 1..4 {
        assert_eq!(calls[n].body, calls[0].body);
        assert_eq!(header(n, "webhook-id"), header(0, "webhook-id"));
        assert_ne!(
            header(n, "webhook-timestamp"),
            header(0, "webhook-timestamp")
        );
    }
    assert_eq!(states(&clinic).await, ["failed"]);
}

#[tokio::test]
async fn one_that_is_down_first_is_reached_later_and_then_left_alone_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(ErrorType::ConnectError);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    clinic.app.advance(10).await;
    receiver.succeed();
    clinic.app.advance(100).await;
    clinic.app.advance(100_000).await;
    assert_eq!(receiver.take().len(), 3);
    let attempts: Vec<Value> = log(&clinic)
        .await
        .iter()
        .map(|e| e["attempt"].clone())
        .collect();
    assert_eq!(attempts, [1, 2]);
    assert_eq!(states(&clinic).await, ["delivered"]);
}

#[tokio::test]
async fn the_next_attempt_counts_from_the_failure_not_from_the_attempt_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let (receiver, clock) = (&clinic.app.receiver, Arc::clone(&clinic.app.clock));
    receiver.answer_by(move |_| {
        // It takes its time.
        clock.advance(5);
        Box::pin(async {
            Err(slotbridge_hub::outgoing::CallbackFailure {
                error_type: ErrorType::Timeout,
                message: String::new(),
            })
        })
    });
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    clinic.app.advance(9).await;
    assert_eq!(receiver.take().len(), 1);
    clinic.app.advance(1).await;
    assert_eq!(receiver.take().len(), 1);
    let entries = log(&clinic).await;
    assert_eq!(entries[0]["timestamp"], "2026-11-23 00:00:05");
    assert_eq!(entries[1]["timestamp"], "2026-11-23 00:00:20");
    assert_eq!(entries[1]["payload"]["timestamp"], "2026-11-23 00:00:00");
}

#[tokio::test]
async fn a_request_resolved_in_the_meantime_is_not_told_again_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(ErrorType::Timeout);
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    clinic.confirm(&booked).await;
    clinic.app.advance(100_000).await;
    assert_eq!(receiver.take().len(), 1);
    assert_eq!(states(&clinic).await, ["resolved"]);
    // Resolved before the first attempt: none is made.
    let booked = clinic.book("2026-11-24T16:00").await;
    clinic.confirm(&booked).await;
    clinic.app.deliver().await;
    assert_eq!(receiver.take().len(), 0);
}

#[tokio::test]
async fn what_was_due_survives_a_stop_of_the_hub_sub_3() {
    let mut clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    clinic.book("2026-11-24T09:00").await;
    clinic.app = clinic.app.restart().await;
    clinic.app.deliver().await;
    assert_eq!(clinic.app.receiver.take().len(), 1);
}

#[tokio::test]
async fn what_was_in_the_air_of_a_node_that_is_gone_is_made_again_with_the_same_bytes_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    // What a hub finds at its start is not another node's, if there can be no other.
    clinic.app.deliver().await;
    clinic.book("2026-11-24T09:00").await;
    let receiver = &clinic.app.receiver;
    // Another node takes the lane, and is gone before it can write down what comes of its attempt.
    let first_attempt_at = clinic.app.now();
    let take = move |tx: &mut Tx<'_>| {
        let lane = lanes::all(tx)?.remove(0).name;
        let taken = lanes::due(tx, &lane, None, 1)?.remove(0).place.which;
        let taken = Taken {
            which: taken,
            first_attempt_at,
        };
        let until = tx.now() + SignedDuration::from_secs(10);
        assert!(lanes::keep(tx, &lane, None, Some(until), &[taken])?.is_some());
        Ok::<_, Error>(())
    };
    let store = clinic.app.hub.store();
    store.begin_global().keep_books(take).await.unwrap();
    clinic.app.advance(9).await;
    assert_eq!(receiver.count(), 0, "somebody may still be at it");
    clinic.app.advance(1).await;
    let made = bodies(&clinic);
    assert_eq!(made.len(), 1);
    let first = first_attempt_at
        .to_string()
        .replace('T', " ")
        .replace('Z', "");
    assert_eq!(made[0]["timestamp"], first);
    assert_eq!(states(&clinic).await, ["delivered"]);
}

#[tokio::test]
async fn what_a_process_had_in_the_air_is_made_again_as_soon_as_the_next_runs_sub_3() {
    let mut clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    clinic.app.deliver().await;
    clinic.book("2026-11-24T09:00").await;
    let take = |tx: &mut Tx<'_>| {
        let lane = lanes::all(tx)?.remove(0).name;
        let until = tx.now() + SignedDuration::from_secs(10);
        Ok::<_, Error>(lanes::keep(tx, &lane, None, Some(until), &[])?)
    };
    let store = clinic.app.hub.store();
    store.begin_global().keep_books(take).await.unwrap();
    let is_alone = store.is_ours_alone();
    clinic.app = clinic.app.restart().await;
    clinic.app.deliver().await;
    assert_eq!(clinic.app.receiver.take().len(), usize::from(is_alone));
    clinic.app.advance(10).await;
    assert_eq!(clinic.app.receiver.take().len(), usize::from(!is_alone));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_comes_after_another_node_s_changes_nothing_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let (release, released) = tokio::sync::watch::channel(false);
    clinic.app.receiver.answer_by(move |_| {
        let mut released = released.clone();
        Box::pin(async move {
            let _ = released.wait_for(|released| *released).await;
            Err(CallbackFailure {
                error_type: ErrorType::Timeout,
                message: "late".to_owned(),
            })
        })
    });
    clinic.book("2026-11-24T09:00").await;
    clinic.app.hub.start_deliveries().await.unwrap();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(1));
    while clinic.app.receiver.count() < 1 {
        tick.tick().await;
    }
    // The lease runs out, and another node makes the attempt, which fails.
    clinic.app.clock.advance(11);
    let fail = |tx: &mut Tx<'_>| {
        let lane = lanes::all(tx)?.remove(0).name;
        let which = lanes::due(tx, &lane, None, 1)?.remove(0).place.which;
        let next = tx.now() + SignedDuration::from_secs(10);
        Ok::<_, Error>(lanes::retry(tx, which, 0, next, "its payload")?)
    };
    let store = clinic.app.hub.store();
    store.begin_global().keep_books(fail).await.unwrap();
    release.send(true).unwrap();
    clinic.app.deliver().await;
    let list = clinic.admin("GET", "/deliveries", Value::Null).await;
    assert_eq!(list.expect(200)["data"][0]["attempts"], 1);
    clinic.app.receiver.succeed();
    assert_eq!(clinic.app.receiver.take().len(), 1);
    clinic.app.advance(10).await;
    assert_eq!(clinic.app.receiver.take()[0].body, b"its payload");
}

#[tokio::test]
async fn an_attempt_in_which_the_hub_fails_holds_up_none_behind_it_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.answer_by(|_| Box::pin(async { panic!("a mistake of ours") }));
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    assert_eq!(receiver.take().len(), 1);
    assert_eq!(log(&clinic).await.len(), 1, "it is a failed attempt");
    receiver.succeed();
    clinic.book("2026-11-24T09:30").await;
    clinic.app.deliver().await;
    assert_eq!(receiver.take().len(), 1);
    assert_eq!(states(&clinic).await, ["waiting", "delivered"]);
    clinic.app.advance(10).await;
    assert_eq!(states(&clinic).await, ["delivered"; 2]);
}

#[tokio::test]
async fn a_slow_callback_holds_up_no_other_sub_3() {
    let clinic = Clinic::new().await;
    let slow = "https://slow.example/";
    subscribe(&clinic, "requests.bookings", slow).await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let (release, released) = tokio::sync::watch::channel(());
    let quick = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&quick);
    clinic.app.receiver.answer_by(move |call| {
        let mut released = released.clone();
        if call.url == slow {
            return Box::pin(async move {
                let _ = released.changed().await;
                Ok(())
            });
        }
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    });
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(1));
    for (n, start) in ["09:00", "09:30", "10:00", "10:30"].into_iter().enumerate() {
        clinic.book(&format!("2026-11-24T{start}")).await;
        clinic.app.hub.start_deliveries().await.unwrap();
        while quick.load(Ordering::SeqCst) < n + 1 {
            tick.tick().await;
        }
    }
    drop(release);
    clinic.app.deliver().await;
    assert_eq!(states(&clinic).await, ["delivered"; 8]);
}

#[tokio::test]
async fn what_an_operator_sends_again_never_goes_to_a_vendor_before_auth_0_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(ErrorType::Timeout);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    assert_eq!(receiver.take().len(), 1);
    receiver.succeed();
    let consumer = json!({"name": "Other", "contactEmail": "other@example.com"});
    let other = clinic
        .app
        .admin("POST", "/consumers", consumer)
        .await
        .expect(201);
    let grant = json!({"consumerId": other["consumerId"], "replace": true});
    clinic.admin("POST", "/consents", grant).await.expect(201);
    let list = clinic
        .admin("GET", "/deliveries", Value::Null)
        .await
        .expect(200);
    let again = json!({"requestId": list["data"][0]["requestId"]});
    clinic.admin("POST", "/deliveries", again).await.expect(201);
    clinic.app.deliver().await;
    assert_eq!(receiver.take().len(), 0);
    assert_eq!(states(&clinic).await, ["cancelled"]);
}

#[tokio::test]
async fn an_operator_sends_again_what_is_outstanding_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(ErrorType::Timeout);
    let booked = clinic.book("2026-11-24T09:00").await;
    for seconds in [0, 10, 100, 1000] {
        clinic.app.advance(seconds).await;
    }
    assert_eq!(states(&clinic).await, ["failed"]);
    let first = receiver.take();
    receiver.succeed();
    let list = clinic
        .admin("GET", "/deliveries?state=failed", Value::Null)
        .await
        .expect(200);
    let again = json!({"requestId": list["data"][0]["requestId"]});
    let sent = clinic.admin("POST", "/deliveries", again.clone()).await;
    assert_eq!(sent.expect(201), json!({"deliveries": 1}));
    clinic
        .admin("POST", "/deliveries", again.clone())
        .await
        .expect(409);
    clinic.app.deliver().await;
    let second = receiver.take();
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].body, first[0].body);
    assert_eq!(states(&clinic).await, ["delivered"]);
    clinic.confirm(&booked).await;
    clinic.admin("POST", "/deliveries", again).await.expect(409);
    let unknown = json!({"requestId": clinic.pms.practice_id * 100_000_000 + 99_999_999});
    clinic
        .admin("POST", "/deliveries", unknown)
        .await
        .expect(404);
}
