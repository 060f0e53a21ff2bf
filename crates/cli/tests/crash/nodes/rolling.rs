//! Nodes are replaced one after the other while calls go on.

use super::{Balancer, Nodes};
use crate::hub::{Http, Place};
use serde_json::Value;
use slotbridge_testkit::ledger::load::{Client, days};
use slotbridge_testkit::ledger::{Fate, Ledger, check};
use slotbridge_testkit::{TestDatabase, TestRandom};
use std::sync::atomic::Ordering;
use tokio::sync::watch;
use tokio::task::JoinSet;

const CLIENTS: i64 = 6;
/// How many times there are for each of them.
const TIMES: i64 = 4000;
/// How many answers come between one node and the next.
const ANSWERS: u64 = 50;

async fn status(node: &Http, path: &str) -> Option<u16> {
    let answer = node.send("GET", path, vec![], &Value::Null).await;
    answer.map(|(status, ..)| status)
}

/// The balancer sends calls to who says that he is ready.
async fn follow(balancer: &Balancer, all: &[Http]) {
    let mut ready = Vec::new();
    for node in all {
        if status(node, "/readyz").await == Some(200) {
            ready.push(node.clone());
        }
    }
    *balancer.nodes.write().unwrap() = ready;
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_no_call_fails_while_nodes_are_replaced() {
    if !super::are_possible() {
        return;
    }
    let mut place = Place::new(TestDatabase::ready());
    place.settings = &[("SLOTBRIDGE_DRAIN_SECONDS", "3")];
    let mut nodes = Nodes::start_at(3, place).await;
    let balancer = nodes.balancer.clone();
    let stage = nodes.stage(5, days(CLIENTS, TIMES), CLIENTS).await;
    let (gate, open) = watch::channel(true);
    let mut running = JoinSet::new();
    for index in 0..CLIENTS {
        let random = TestRandom::new(u64::try_from(index).unwrap());
        let mut client = Client::new(balancer.clone(), &stage, index, random);
        let open = open.clone();
        running.spawn(async move {
            while *open.borrow() {
                client.step().await.unwrap();
            }
            client.ledger
        });
    }
    let answered = async |answers: u64| {
        let goal = stage.answers.load(Ordering::SeqCst) + answers;
        stage.answered(goal).await;
    };
    for _ in 0..3 {
        answered(ANSWERS).await;
        let mut all: Vec<Http> = (0..3).map(|index| nodes.way(index)).collect();
        nodes.running[0].ask_to_stop();
        let leaving = all[0].clone();
        super::until("it says that it leaves", async || {
            follow(&balancer, &all).await;
            status(&leaving, "/readyz").await == Some(503)
        })
        .await;
        let page = format!("/booking-api/v1/practices/{}", stage.practice);
        assert_eq!(status(&leaving, &page).await, Some(200), "it serves on");
        follow(&balancer, &all).await;
        assert_eq!(balancer.nodes.read().unwrap().len(), 2);
        let left = nodes.remove(0);
        tokio::task::spawn_blocking(|| left.stopped())
            .await
            .unwrap();
        nodes.add().await;
        all.remove(0);
        all.push(nodes.way(2));
        follow(&balancer, &all).await;
        assert_eq!(balancer.nodes.read().unwrap().len(), 3);
    }
    answered(ANSWERS).await;
    gate.send_replace(false);
    let mut ledger = Ledger::default();
    while let Some(of_client) = running.join_next().await {
        ledger.extend(of_client.unwrap());
    }
    assert_eq!(balancer.failed.load(Ordering::SeqCst), 0);
    assert_eq!(ledger.count(Fate::Unknown), 0);
    let facts = nodes.facts(&stage).await;
    assert_eq!(check(&ledger, &facts, false), Vec::<String>::new());
    println!(
        "three nodes replaced: {} bookings, no call failed",
        ledger.count(Fate::Done)
    );
}
