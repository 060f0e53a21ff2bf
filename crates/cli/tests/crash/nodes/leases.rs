//! A node that is killed while it delivers.

use super::Nodes;
use axum::Router;
use axum::http::StatusCode;
use jiff::SignedDuration;
use slotbridge_testkit::TestDatabase;
use slotbridge_testkit::ledger::load::Face;
use std::sync::{Arc, Mutex};

/// A receiver that never answers the first callback, and keeps what it got.
async fn slow_receiver(told: &Arc<Mutex<Vec<String>>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let told = Arc::clone(told);
    let take = move |body: String| async move {
        let first = {
            let mut told = told.lock().unwrap();
            told.push(body);
            told.len() == 1
        };
        if first {
            std::future::pending::<()>().await;
        }
        StatusCode::OK
    };
    let router = Router::new().fallback(take);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_had_in_the_air_is_told_by_another_with_the_same_bytes_sub_3() {
    if !super::are_possible() {
        return;
    }
    let mut nodes = Nodes::start(1, TestDatabase::ready()).await;
    let told = Arc::default();
    let callback = slow_receiver(&told).await;
    let stage = nodes.stage(5, 1, 1).await;
    nodes.subscribe(&stage, &callback).await;
    let path = "/booking-api/v1/bookings".to_owned();
    let booked = nodes.balancer.call("POST", path, vec![], stage.nth(0).1);
    assert_eq!(booked.await.unwrap().0, 201);

    let count = || told.lock().unwrap().len();
    super::until("it is in the air", async || count() == 1).await;
    nodes.add().await;
    nodes.add().await;
    let others = [nodes.way(1), nodes.way(2)];
    // Each looks at what is due before the answer comes: it is the first node's for ten seconds.
    for other in &others {
        let soon = super::now(other).await + SignedDuration::from_secs(1);
        let moved = super::set_clock(other.clone(), soon).await;
        assert_eq!(moved.unwrap().0, 200);
    }
    assert_eq!(count(), 1, "the first node has the lease");
    nodes.kill(0);
    nodes.move_clocks(SignedDuration::from_secs(10)).await;
    super::until("another has told it", async || count() > 1).await;
    // Settled: whatever is due now, it is not this.
    nodes.move_clocks(SignedDuration::from_secs(2000)).await;
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2, "once more, by one of the two others");
    assert_eq!(told[0], told[1], "with the same bytes");
}
