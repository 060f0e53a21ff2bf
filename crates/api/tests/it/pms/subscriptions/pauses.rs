//! SUB-3: a hub that stops, or has maintenance, begins no attempt, and forgets none.

use super::{AT_ONCE, URL, bodies, raise, states, subscribe};
use jiff::SignedDuration;
use serde_json::json;
use slotbridge_hub::Error;
use slotbridge_store::Tx;
use slotbridge_store::lanes::{self, Taken};
use slotbridge_testkit::Clinic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Answers the first callbacks at once, and each other one for a permit of what is given.
fn answers_late_after(clinic: &Clinic, quick: usize) -> Arc<Semaphore> {
    let permits = Arc::new(Semaphore::new(0));
    let (given, made) = (Arc::clone(&permits), AtomicUsize::new(0));
    clinic.app.receiver.answer_by(move |_| {
        let is_quick = made.fetch_add(1, Ordering::SeqCst) < quick;
        let permits = Arc::clone(&given);
        Box::pin(async move {
            if !is_quick {
                permits.acquire().await.unwrap().forget();
            }
            Ok(())
        })
    });
    permits
}

async fn called(clinic: &Clinic, times: usize) {
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    while clinic.app.receiver.count() < times {
        tick.tick().await;
    }
}

async fn delivered(clinic: &Clinic) -> usize {
    let states = states(clinic).await;
    states.iter().filter(|state| *state == "delivered").count()
}

async fn begin_maintenance(clinic: &Clinic) {
    let begin = clinic.app.admin("PUT", "/maintenance", json!({})).await;
    begin.expect(200);
}

async fn end_maintenance(clinic: &Clinic) {
    let end = clinic.app.admin("DELETE", "/maintenance", json!(null));
    end.await.expect(204);
}

/// A hundred deliveries, the first forty of which were answered at once: many of the others are taken
/// ahead, and as many are in the air as go at once.
async fn with_many_taken_ahead() -> (Clinic, Arc<Semaphore>) {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.availability", URL).await;
    raise(&clinic, 100).await;
    let release = answers_late_after(&clinic, 40);
    clinic.app.hub.start_deliveries().await.unwrap();
    called(&clinic, 40 + AT_ONCE).await;
    (clinic, release)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_stops_makes_no_attempt_that_it_took_ahead_sub_3() {
    let (clinic, release) = with_many_taken_ahead().await;
    let mut stopping = Box::pin(clinic.app.hub.stop_deliveries());
    tokio::select! {
        biased;
        () = &mut stopping => panic!("something is in the air"),
        () = std::future::ready(()) => {}
    }
    release.add_permits(100);
    stopping.await;
    assert_eq!(clinic.app.receiver.count(), 40 + AT_ONCE);
    assert_eq!(
        delivered(&clinic).await,
        40 + AT_ONCE,
        "what was in the air is settled"
    );
    let free = |tx: &mut Tx<'_>| {
        let lane = lanes::all(tx)?.remove(0).name;
        let held = lanes::read(tx, &lane)?.unwrap();
        Ok::<_, Error>(held.leased_until.is_none() && held.taken.is_empty())
    };
    let store = clinic.app.hub.store();
    assert!(
        store.begin_global().read(free).await.unwrap(),
        "whoever goes on need not wait for the lease"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_ahead_waits_until_maintenance_ends_sub_3() {
    let (clinic, release) = with_many_taken_ahead().await;
    begin_maintenance(&clinic).await;
    // Whoever writes down what has landed learns of it: after the second, certainly.
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    for landed in 41..=42 {
        release.add_permits(1);
        while delivered(&clinic).await < landed {
            tick.tick().await;
        }
    }
    release.add_permits(100);
    clinic.app.deliver().await;
    let so_far = clinic.app.receiver.count();
    assert!(so_far <= 42 + AT_ONCE, "{so_far} were called back");
    end_maintenance(&clinic).await;
    clinic.app.advance(1).await;
    assert_eq!(states(&clinic).await, vec!["delivered"; 100]);
    assert_eq!(clinic.app.receiver.count(), 100, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_forgets_nothing_of_what_a_node_had_in_the_air_that_is_gone_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.availability", URL).await;
    clinic.app.deliver().await;
    raise(&clinic, 20).await;
    let take = |tx: &mut Tx<'_>| {
        let lane = lanes::all(tx)?.remove(0).name;
        let first_attempt_at = tx.now();
        let taken: Vec<Taken> = lanes::due(tx, &lane, None, 100)?
            .into_iter()
            .map(|due| Taken {
                which: due.place.which,
                first_attempt_at,
            })
            .collect();
        let until = tx.now() + SignedDuration::from_secs(10);
        Ok::<_, Error>(lanes::keep(tx, &lane, None, Some(until), &taken)?)
    };
    let store = clinic.app.hub.store();
    store.begin_global().keep_books(take).await.unwrap();
    clinic.app.clock.advance(10);
    let release = answers_late_after(&clinic, 0);
    clinic.app.hub.start_deliveries().await.unwrap();
    called(&clinic, AT_ONCE).await;
    begin_maintenance(&clinic).await;
    release.add_permits(100);
    clinic.app.deliver().await;
    end_maintenance(&clinic).await;
    clinic.app.advance(10).await;
    let told = bodies(&clinic);
    assert_eq!(told.len(), 20);
    let first = &told[0]["timestamp"];
    assert!(
        told.iter().all(|one| &one["timestamp"] == first),
        "{told:?}"
    );
}
