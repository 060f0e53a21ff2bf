//! The database goes away for a while.

use super::Nodes;
use serde_json::Value;
use slotbridge_testkit::ledger::check;
use slotbridge_testkit::ledger::load::Client;
use slotbridge_testkit::postgres::PostgresServer;
use slotbridge_testkit::{TestDatabase, TestRandom};
use tokio::task::JoinSet;

/// How many call at once while it is gone, and how often.
const CALLERS: usize = 200;
const CALLS: usize = 5;
/// How much more memory the node may take for them, in KiB.
const ROOM: u64 = 64 * 1024;

/// A figure of a process: `Threads`, or `VmRSS` in KiB.
fn figure(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let mut words = line.unwrap().split_whitespace();
    words.nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_while_the_database_is_gone_callers_are_told_when_to_come_back() {
    if !super::are_possible() {
        return;
    }
    let mut server = PostgresServer::start();
    let nodes = Nodes::start(1, TestDatabase::on_server(&server.url())).await;
    let (http, pid) = (nodes.way(0), nodes.running[0].pid());
    let stage = nodes.stage(5, 2, 1).await;
    let mut client = Client::new(http.clone(), &stage, 0, TestRandom::new(1)).careful();
    for _ in 0..20 {
        client.step().await.unwrap();
    }
    let get = async |path: &str| http.send("GET", path, vec![], &Value::Null).await.unwrap();
    let before = (figure(pid, "Threads"), figure(pid, "VmRSS"));

    server.kill();
    let mut callers = JoinSet::new();
    for n in 0..CALLERS {
        let (http, body) = (http.clone(), stage.nth(n).1);
        let pms = stage.pms.clone();
        callers.spawn(async move {
            for call in 0..CALLS {
                let (method, path, headers, body) = match call % 2 {
                    0 => ("POST", "/booking-api/v1/bookings", vec![], &body),
                    _ => ("GET", "/pms-api/v1/requests", pms.clone(), &Value::Null),
                };
                let answer = http.send(method, path, headers, body).await;
                let (status, retry, problem) = answer.unwrap();
                assert_eq!((status, retry.as_deref()), (503, Some("2")), "{problem}");
            }
        });
    }
    assert_eq!(get("/healthz").await.0, 200);
    assert_eq!(get("/readyz").await.0, 503);
    while let Some(called) = callers.join_next().await {
        called.unwrap();
    }
    // The runtime may have made threads of its own for what blocks.
    let after = (figure(pid, "Threads"), figure(pid, "VmRSS"));
    println!("{CALLERS} callers: threads and KiB {before:?} before, {after:?} after");
    assert!(after.0 <= before.0 + 4, "{before:?} {after:?}");
    assert!(after.1 <= before.1 + ROOM, "{before:?} {after:?}");

    server.start_again();
    super::until("it is ready again", async || get("/readyz").await.0 == 200).await;
    for _ in 0..20 {
        client.step().await.unwrap();
    }
    let facts = nodes.facts(&stage).await;
    assert_eq!(check(&client.ledger, &facts, false), Vec::<String>::new());
}
