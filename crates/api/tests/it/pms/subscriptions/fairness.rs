//! SUB-3: no delivery waits behind a dead callback of somebody else's.

use super::{AT_ONCE, URL, raise, states, subscribe};
use jiff::SignedDuration;
use slotbridge_hub::{Error, Stopwatch};
use slotbridge_store::Tx;
use slotbridge_store::lanes;
use slotbridge_testkit::{Clinic, dose};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How many hosts are called back.
const HOSTS: usize = 100;
/// The one that never answers.
const DEAD: &str = "https://host-0.example/";

/// Makes deliveries to all hosts fall due at once, and gives how long each of those to the live
/// ones took to be made, in order. The dead one holds its connections all the while.
async fn times(requests: u32, dead: bool) -> Vec<Duration> {
    let clinic = Clinic::new().await;
    for host in 0..HOSTS {
        let url = format!("https://host-{host}.example/");
        subscribe(&clinic, "requests.availability", &url).await;
    }
    raise(&clinic, requests).await;
    let made = Arc::<Mutex<Vec<Duration>>>::default();
    let (since, noted) = (Stopwatch::start(), Arc::clone(&made));
    clinic.app.receiver.answer_by(move |call| {
        if call.url == DEAD {
            if dead {
                return Box::pin(std::future::pending());
            }
        } else {
            noted.lock().unwrap().push(since.elapsed());
        }
        Box::pin(async { Ok(()) })
    });
    clinic.app.hub.start_deliveries().await.unwrap();
    let all = (HOSTS - 1) * usize::try_from(requests).unwrap();
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    while made.lock().unwrap().len() < all {
        tick.tick().await;
    }
    made.lock().unwrap().clone()
}

/// So many that what comes next is looked at while what came before is written down.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_a_long_line_is_told_once_sub_3() {
    let clinic = Clinic::new().await;
    for n in 0..20 {
        subscribe(&clinic, "requests.availability", &format!("{URL}/{n}")).await;
    }
    raise(&clinic, 60).await;
    clinic.app.deliver().await;
    let calls = clinic.app.receiver.take();
    let told: BTreeSet<_> = calls.iter().map(|call| (&call.url, &call.body)).collect();
    assert_eq!((calls.len(), told.len()), (20 * 60, 20 * 60));
    clinic.app.advance(3600).await;
    assert_eq!(clinic.app.receiver.count(), 0, "all of it is settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_behind_a_host_that_became_slow_is_told_once_sub_3() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.availability", URL).await;
    raise(&clinic, 100).await;
    let made = Arc::<AtomicUsize>::default();
    let (release, released) = tokio::sync::watch::channel(false);
    let noted = Arc::clone(&made);
    clinic.app.receiver.answer_by(move |_| {
        let is_quick = noted.fetch_add(1, Ordering::SeqCst) < 40;
        let mut released = released.clone();
        Box::pin(async move {
            if !is_quick {
                let _ = released.wait_for(|released| *released).await;
            }
            Ok(())
        })
    });
    clinic.app.hub.start_deliveries().await.unwrap();
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    let delivered = async || {
        let states = states(&clinic).await;
        states.iter().filter(|state| *state == "delivered").count()
    };
    while made.load(Ordering::SeqCst) < 40 + AT_ONCE || delivered().await < 40 {
        tick.tick().await;
    }
    // The lease runs out, and another node takes the lane with what is free.
    clinic.app.clock.advance(31);
    let take = |tx: &mut Tx<'_>| {
        let lane = lanes::all(tx)?.remove(0).name;
        let due = lanes::due(tx, &lane, None, 100)?.len();
        let held = lanes::read(tx, &lane)?.unwrap();
        let until = tx.now() + SignedDuration::from_secs(30);
        let kept = lanes::keep(tx, &lane, Some(held.version), Some(until), &[])?;
        Ok::<_, Error>((due, held.taken.len() >= AT_ONCE, kept.is_some()))
    };
    let taken = clinic.app.hub.store().begin_global().keep_books(take).await;
    assert_eq!(
        taken.unwrap(),
        (60, true, true),
        "what is in the air is known"
    );
    release.send(true).unwrap();
    clinic.app.deliver().await;
    let so_far = 40 + AT_ONCE;
    assert_eq!(made.load(Ordering::SeqCst), so_far, "the rest is not ours");
    assert_eq!(delivered().await, so_far, "what was answered is settled");
    clinic.app.advance(31).await;
    assert_eq!(states(&clinic).await, vec!["delivered"; 100]);
    assert_eq!(made.load(Ordering::SeqCst), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_a_dead_host_among_a_hundred_delays_no_other_sub_3() {
    let requests = dose::rounds(10, 100);
    let mut quick = times(requests, false).await;
    let mut held_up = times(requests, true).await;
    for times in [&mut quick, &mut held_up] {
        times.sort_unstable();
    }
    let p99 = |times: &[Duration]| times[times.len() * 99 / 100];
    println!(
        "{} deliveries to {HOSTS} hosts: the 99th percentile is {:?}, with one of them dead {:?}",
        HOSTS * usize::try_from(requests).unwrap(),
        p99(&quick),
        p99(&held_up),
    );
    assert_eq!(quick.len(), held_up.len(), "all but the dead one are told");
}
