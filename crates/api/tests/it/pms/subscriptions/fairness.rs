//! SUB-3: no delivery waits behind a dead callback of somebody else's.

use super::subscribe;
use jiff::ToSpan;
use jiff::civil::date;
use serde_json::json;
use slotbridge_hub::Stopwatch;
use slotbridge_testkit::{Clinic, dose};
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
    for day in 0..requests {
        let day = date(2027, 1, 1).saturating_add(i64::from(day).days());
        let ask = json!({"type": "availability", "date": day.to_string()});
        clinic.admin("POST", "/requests", ask).await.expect(201);
    }
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
