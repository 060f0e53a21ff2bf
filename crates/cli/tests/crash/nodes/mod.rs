//! Several nodes on one PostgreSQL hold what one node holds.

mod failover;
mod leases;
mod outage;
mod patients;
mod rolling;

use crate::hub::{Http, Hub, Place};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use slotbridge_testkit::ledger::Answer;
use slotbridge_testkit::ledger::facts::Facts;
use slotbridge_testkit::ledger::load::{Face, Stage};
use slotbridge_testkit::{TestDatabase, TestEngine};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::task::JoinSet;

/// How long something may take of which a person waits for the end.
const LONG: Duration = Duration::from_secs(30);

/// Whether this run has a database that several nodes can share: an embedded one is one node's.
fn are_possible() -> bool {
    TestEngine::of_this_run() == TestEngine::Postgres
}

/// A balancer: sends each call to one of the nodes that are there, in turn.
#[derive(Clone, Default)]
struct Balancer {
    nodes: Arc<RwLock<Vec<Http>>>,
    turn: Arc<AtomicUsize>,
    /// How many calls were not answered, or not served.
    failed: Arc<AtomicUsize>,
}

impl Balancer {
    fn next(&self) -> Option<Http> {
        let nodes = self.nodes.read().unwrap();
        let turn = self.turn.fetch_add(1, Ordering::SeqCst);
        nodes.get(turn.checked_rem(nodes.len())?).cloned()
    }
}

impl Face for Balancer {
    async fn call(
        &self,
        method: &'static str,
        path: String,
        headers: Vec<(String, String)>,
        body: Value,
    ) -> Answer {
        let answer = match self.next() {
            Some(node) => node.call(method, path, headers, body).await,
            None => None,
        };
        if answer.as_ref().is_none_or(|(status, _)| *status >= 500) {
            self.failed.fetch_add(1, Ordering::SeqCst);
            // As whoever is told to try again shortly.
            let shortly = std::future::pending::<()>();
            let _ = tokio::time::timeout(Duration::from_millis(50), shortly).await;
        }
        answer
    }
}

/// Nodes on one database, and the balancer before them.
struct Nodes {
    place: Place,
    running: Vec<Hub>,
    balancer: Balancer,
}

impl Nodes {
    async fn start(count: usize, database: TestDatabase) -> Self {
        Self::start_at(count, Place::new(database)).await
    }

    async fn start_at(count: usize, place: Place) -> Self {
        let mut nodes = Self {
            place,
            running: Vec::new(),
            balancer: Balancer::default(),
        };
        for _ in 0..count {
            nodes.add().await;
        }
        nodes
    }

    async fn add(&mut self) {
        let node = self.place.start().await;
        self.balancer
            .nodes
            .write()
            .unwrap()
            .push(Http::new(&node.url));
        self.running.push(node);
    }

    /// Takes a node out, with its way in the balancer.
    fn remove(&mut self, index: usize) -> Hub {
        let node = self.running.remove(index);
        let mut nodes = self.balancer.nodes.write().unwrap();
        nodes.retain(|way| way.url != node.url);
        node
    }

    /// `kill -9` of one while calls go to it.
    fn kill(&mut self, index: usize) {
        let pid = self.running[index].pid().to_string();
        let killed = Command::new("kill").args(["-KILL", &pid]).status();
        assert!(killed.unwrap().success());
        self.remove(index).kill();
    }

    fn way(&self, index: usize) -> Http {
        Http::new(&self.running[index].url)
    }

    /// A practice with free times on some days, for appointments of so many minutes.
    async fn stage(&self, minutes: u32, days: i32, clients: i64) -> Arc<Stage> {
        let (face, token) = (&self.balancer, self.place.token());
        let now = now(&self.way(0)).await;
        Stage::with_appointments_of(minutes, face, &token, now, days, clients).await
    }

    /// Lets the practice's PMS be called back for bookings.
    async fn subscribe(&self, stage: &Stage, callback: &str) {
        let body = json!({"topic": "requests.bookings", "callbackUrl": callback});
        let path = "/pms-api/v1/subscription".to_owned();
        let made = self.balancer.call("POST", path, stage.pms.clone(), body);
        let (status, body) = made.await.unwrap();
        assert!(status < 300, "{body}");
    }

    /// What the database holds of the practice.
    async fn facts(&self, stage: &Stage) -> Facts {
        let (location, practice) = (self.place.database.location(), stage.practice);
        let read = tokio::task::spawn_blocking(move || Facts::read(&location, practice));
        read.await.unwrap()
    }

    /// Moves the clocks of all nodes, at once.
    async fn move_clocks(&self, by: SignedDuration) {
        for moved in self.begin_to_move_clocks(by).await.join_all().await {
            let (status, body) = moved.unwrap();
            assert_eq!(status, 200, "{body}");
        }
    }

    /// The same, and does not wait: some may be killed before they are done.
    async fn begin_to_move_clocks(&self, by: SignedDuration) -> JoinSet<Answer> {
        let mut to = Timestamp::MIN;
        for index in 0..self.running.len() {
            to = to.max(now(&self.way(index)).await + by);
        }
        let nodes = 0..self.running.len();
        nodes.map(|index| set_clock(self.way(index), to)).collect()
    }
}

async fn now(node: &Http) -> Timestamp {
    let path = "/sandbox-api/v1/clock".to_owned();
    let answer = node.call("GET", path, vec![], Value::Null).await;
    answer.unwrap().1["now"].as_str().unwrap().parse().unwrap()
}

async fn set_clock(node: Http, to: Timestamp) -> Answer {
    let path = "/sandbox-api/v1/clock".to_owned();
    let body = json!({"set": to.to_string()});
    node.call("POST", path, vec![], body).await
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        let mut tick = tokio::time::interval(Duration::from_millis(5));
        while !holds().await {
            tick.tick().await;
        }
    };
    let waited = tokio::time::timeout(LONG, waiting).await;
    assert!(waited.is_ok(), "waited {LONG:?} in vain until {what}");
}
