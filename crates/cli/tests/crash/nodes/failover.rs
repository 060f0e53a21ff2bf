//! A primary with a synchronous standby, killed under load, and the standby promoted.

use super::{Balancer, LONG, Nodes};
use crate::kills::seed;
use serde_json::json;
use slotbridge_domain::clock::Random;
use slotbridge_testkit::ledger::load::{Client, Face, Stage, days};
use slotbridge_testkit::ledger::{Fate, Ledger, check};
use slotbridge_testkit::postgres::Pair;
use slotbridge_testkit::{TestDatabase, TestRandom, dose};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

const CLIENTS: i64 = 8;
/// How many times there are for each of them.
const TIMES: i64 = 4000;
/// How many answers come before a primary is killed, and after its standby took over, at most.
const ANSWERS: u64 = 80;
/// After so many rounds the clients move on to another practice.
const GENERATION: u32 = 10;

/// How a primary dies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Death {
    /// At any moment.
    Sudden,
    /// When its standby has a commit, and before it can say so.
    AtCommit,
    /// When it has acknowledged what its standby does not have, since nothing made it wait.
    Forsaken,
}

struct Ordeal {
    nodes: Nodes,
    pair: Pair,
    stage: Arc<Stage>,
    clients: Vec<Client<Balancer>>,
    random: Arc<dyn Random>,
}

impl Ordeal {
    async fn begin(nodes: usize) -> Self {
        let pair = Pair::start();
        let database = TestDatabase::on_server(&pair.url());
        let nodes = Nodes::start(nodes, database).await;
        let random: Arc<dyn Random> = TestRandom::new(seed());
        let (stage, clients) = Self::generation(&nodes, &*random).await;
        Self {
            nodes,
            pair,
            stage,
            clients,
            random,
        }
    }

    async fn generation(nodes: &Nodes, random: &dyn Random) -> (Arc<Stage>, Vec<Client<Balancer>>) {
        let face = &nodes.balancer;
        let stage = nodes.stage(5, days(CLIENTS, TIMES), CLIENTS).await;
        let clients = (0..CLIENTS).map(|index| {
            let random = TestRandom::new(u64::from_le_bytes(random.bytes()));
            Client::new(face.clone(), &stage, index, random).careful()
        });
        (Arc::clone(&stage), clients.collect())
    }

    /// Waits for some more answers.
    async fn answered(&self, answers: u64) {
        let goal = self.stage.answers.load(Ordering::SeqCst) + answers;
        self.stage.answered(goal).await;
    }

    /// A load while the primary dies and its standby takes over; how long nothing could be written.
    async fn fail_over(&mut self, death: Death) -> Duration {
        let (gate, open) = watch::channel(true);
        let mut running = JoinSet::new();
        for mut client in self.clients.drain(..) {
            let open = open.clone();
            running.spawn(async move {
                while *open.borrow() {
                    if client.resume().await.is_ok() {
                        let _ = client.step().await;
                    }
                }
                // Nobody goes home before there is an answer.
                while client.resume().await.is_err() {}
                client
            });
        }
        let some = u64::from_le_bytes(self.random.bytes()) % ANSWERS;
        self.answered(some).await;
        match death {
            Death::Sudden => {}
            Death::AtCommit => {
                self.pair.hold_commits();
                self.pair.until_a_commit_is_held();
            }
            Death::Forsaken => {
                self.pair.forsake_standby();
                self.answered(ANSWERS).await;
            }
        }
        self.pair.kill_primary();
        let killed = tokio::time::Instant::now();
        if death == Death::Forsaken {
            self.pair.revive_standby();
        }
        self.pair.promote();
        super::until("there is a write again", async || self.can_write().await).await;
        let gap = killed.elapsed();
        assert!(gap < LONG, "{gap:?} without a write");
        if death != Death::Forsaken {
            self.answered(ANSWERS / 2).await;
        }
        gate.send_replace(false);
        while let Some(client) = running.join_next().await {
            self.clients.push(client.unwrap());
        }
        gap
    }

    /// The primary dies when the standby has a booking's commit, and before it can say so. Whether
    /// the booking's caller was told that its outcome is not known: it is not if another commit,
    /// of the hub's own, was the one that was held.
    async fn cut_off_at_commit(&mut self, n: usize) -> bool {
        let (attempt, body) = self.stage.nth(n);
        let face = self.nodes.way(0);
        let key = vec![("idempotency-key".to_owned(), format!("cut off {n}"))];
        let path = || "/booking-api/v1/bookings".to_owned();
        self.pair.hold_commits();
        let first = {
            let (face, key, body) = (face.clone(), key.clone(), body.clone());
            tokio::spawn(async move { face.call("POST", path(), key, body).await })
        };
        self.pair.until_a_commit_is_held();
        self.pair.kill_primary();
        self.pair.promote();
        let first = Fate::of(&first.await.unwrap()).unwrap();
        assert_ne!(first, Fate::Refused, "that nothing was changed is not true");
        let mut made = None;
        super::until("it is settled under its key", async || {
            made = face.call("POST", path(), key.clone(), body.clone()).await;
            made.as_ref().is_some_and(|(status, _)| *status == 201)
        })
        .await;
        let facts = self.nodes.facts(&self.stage).await;
        let mut there = facts.bookings.iter().filter(|(_, booking)| {
            (booking.practitioner, booking.start) == (attempt.practitioner, attempt.start)
        });
        let id = there.next().map(|(id, _)| *id);
        assert_eq!(id, made.unwrap().1["bookingId"].as_i64());
        assert_eq!(there.next(), None, "there once");
        first == Fate::Unknown
    }

    async fn can_write(&self) -> bool {
        let token = format!("Bearer {}", self.nodes.place.token());
        let headers = vec![("authorization".to_owned(), token)];
        let body = json!({"name": "Proof", "contactEmail": "dev@vendor.example"});
        let path = "/admin-api/v1/consumers".to_owned();
        let answer = self.nodes.balancer.call("POST", path, headers, body).await;
        answer.is_some_and(|(status, _)| status == 201)
    }

    /// What the clients were told, and where the database says otherwise.
    async fn compare(&self) -> (Ledger, Vec<String>) {
        let mut ledger = Ledger::default();
        for client in &self.clients {
            ledger.extend(client.ledger.clone());
        }
        let wrong = check(&ledger, &self.nodes.facts(&self.stage).await, false);
        (ledger, wrong)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_a_failover_loses_nothing_that_was_acknowledged() {
    if !super::are_possible() {
        return;
    }
    let mut ordeal = Ordeal::begin(2).await;
    let (mut total, mut longest, mut rounds) = (Ledger::default(), Duration::ZERO, 0);
    for round in dose::each(5, 100) {
        if round > 0 {
            ordeal.pair.rebuild();
        }
        if round > 0 && round % GENERATION == 0 {
            total.extend(ordeal.compare().await.0);
            let generation = Ordeal::generation(&ordeal.nodes, &*ordeal.random).await;
            (ordeal.stage, ordeal.clients) = generation;
        }
        let death = match round % 2 {
            0 => Death::Sudden,
            _ => Death::AtCommit,
        };
        longest = longest.max(ordeal.fail_over(death).await);
        assert_eq!(ordeal.compare().await.1, Vec::<String>::new());
        rounds += 1;
    }
    total.extend(ordeal.compare().await.0);
    println!(
        "{rounds} failovers: {} bookings acknowledged, none lost; {} calls of unknown outcome were \
         settled under their key; at most {} ms without a write",
        total.count(Fate::Done),
        total.resolved,
        longest.as_millis()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_a_booking_that_is_cut_off_at_its_commit_is_there_once_under_its_key() {
    if !super::are_possible() {
        return;
    }
    let mut ordeal = Ordeal::begin(1).await;
    let mut n = 0;
    while !ordeal.cut_off_at_commit(n).await {
        n += 1;
        assert!(n < 3, "a caller is told something else");
        ordeal.pair.rebuild();
    }
}

/// The control: what nobody waits for is lost, and is found to be.
#[tokio::test(flavor = "multi_thread")]
async fn heavy_a_standby_for_which_nobody_waits_loses_what_was_acknowledged() {
    if !super::are_possible() {
        return;
    }
    let mut ordeal = Ordeal::begin(1).await;
    ordeal.fail_over(Death::Forsaken).await;
    let wrong = ordeal.compare().await.1;
    let lost = |words: &String| words.ends_with("was acknowledged and is lost");
    assert!(wrong.iter().any(lost), "{wrong:?}");
}
