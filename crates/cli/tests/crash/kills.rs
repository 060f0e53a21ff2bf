//! The kills.

use crate::hub::{Http, Hub, Place};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use slotbridge_domain::clock::Random;
use slotbridge_store::Location;
use slotbridge_testkit::ledger::facts::{Facts, damage};
use slotbridge_testkit::ledger::load::{Client, Face, Stage, days};
use slotbridge_testkit::ledger::{Fate, Ledger, check};
use slotbridge_testkit::{TestDatabase, TestEngine, TestRandom, dose};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many clients call at once.
const CLIENTS: i64 = 8;
/// After how many kills the clients move on to another practice,
const GENERATION: u32 = 25;
/// or after how many tries of one of them to book: a quick hub answers a great many calls between
/// two kills.
const TRIES: i64 = 1000;
/// For how many there are times: those of the last round come on top.
const TIMES: i64 = 4 * TRIES;
/// How many answers come between two kills at most.
const ANSWERS: u64 = 40;

/// What all that is random is made from; printed, so that it can be repeated.
pub(crate) fn seed() -> u64 {
    let seed = match std::env::var("SLOTBRIDGE_SEED") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => RandomState::new().hash_one(0) >> 16,
    };
    println!("SLOTBRIDGE_SEED={seed}");
    seed
}

/// A practice with its clients.
struct Generation {
    stage: Arc<Stage>,
    clients: Vec<Client<Http>>,
}

/// The ordeal.
struct Ordeal {
    place: Place,
    random: Arc<dyn Random>,
    http: Http,
    /// What is over: practices with their ledgers.
    past: Vec<(i64, Ledger)>,
    /// How many of the 20 seconds ended while no hub ran.
    fell_due: usize,
}

impl Ordeal {
    fn below(&self, end: u64) -> u64 {
        u64::from_le_bytes(self.random.bytes()) % end
    }

    async fn now(&self) -> Timestamp {
        let path = "/sandbox-api/v1/clock".to_owned();
        let answer = self.http.call("GET", path, vec![], Value::Null).await;
        answer.unwrap().1["now"].as_str().unwrap().parse().unwrap()
    }

    async fn move_clock(&self, by: SignedDuration) -> Option<u16> {
        let to = self.now().await + by;
        let path = "/sandbox-api/v1/clock".to_owned();
        let body = json!({"set": to.to_string()});
        let answer = self.http.call("POST", path, vec![], body).await;
        answer.map(|(status, _)| status)
    }

    async fn generation(&self) -> Generation {
        let now = self.now().await;
        let (token, days) = (self.place.token(), days(CLIENTS, TIMES));
        let stage = Stage::set_up(&self.http, &token, now, days, CLIENTS).await;
        let clients = (0..CLIENTS).map(|index| {
            let random = TestRandom::new(self.below(u64::MAX));
            Client::new(self.http.clone(), &stage, index, random)
        });
        Generation {
            clients: clients.collect(),
            stage: Arc::clone(&stage),
        }
    }

    /// A load for a while, and then the kill.
    async fn load_and_kill(&self, generation: &mut Generation, hub: Hub) {
        let stage = Arc::clone(&generation.stage);
        let start = stage.answers.load(Ordering::SeqCst);
        let goal = self.below(ANSWERS);
        // Closed while the clock moves: what clients book meanwhile makes the next move longer, and
        // that one lets them book more.
        let (gate, open) = watch::channel(true);
        let mut running = JoinSet::new();
        for mut client in generation.clients.drain(..) {
            client.face.url.clone_from(&hub.url);
            let mut open = open.clone();
            running.spawn(async move {
                if client.resume().await.is_ok() {
                    while open.wait_for(|open| *open).await.is_ok() && client.step().await.is_ok() {
                    }
                }
                client
            });
        }
        if self.below(2) == 0 {
            // Almost 20 seconds: what was booked last falls due while nobody is there.
            stage.answered(start + goal / 2).await;
            let by = SignedDuration::from_millis(19_850);
            gate.send_replace(false);
            assert_eq!(self.move_clock(by).await, Some(200));
            gate.send_replace(true);
        }
        stage.answered(start + goal).await;
        hub.kill();
        while let Some(client) = running.join_next().await {
            generation.clients.push(client.unwrap());
        }
    }

    /// Starts it again; sometimes it is killed in the middle of that, too.
    async fn restart(&self) -> Hub {
        while self.below(6) == 0 {
            let hub = self.place.spawn();
            let moment = Duration::from_micros(self.below(80_000));
            let _ = tokio::time::timeout(moment, std::future::pending::<()>()).await;
            hub.kill();
        }
        self.place.start().await
    }

    /// The store as it lies there. An embedded one is copied first, so that whoever is started next
    /// finds it as the kill left it.
    async fn lying(&self, practice: i64) -> Facts {
        let location = self.place.database.location();
        let read = move || match &location {
            Location::Postgres(_) => Facts::read(&location, practice),
            Location::Folder(folder) => {
                let copy = tempfile::tempdir().unwrap();
                for name in ["slotbridge.sqlite", "slotbridge.sqlite-wal"] {
                    // There may be no log.
                    let _ = std::fs::copy(folder.join(name), copy.path().join(name));
                }
                assert_eq!(damage(copy.path()), Vec::<String>::new());
                Facts::read(&Location::Folder(copy.path().to_owned()), practice)
            }
        };
        tokio::task::spawn_blocking(read).await.unwrap()
    }

    async fn holds(&self, practice: i64, ledger: &Ledger, settled: bool) -> Facts {
        let facts = self.lying(practice).await;
        assert_eq!(check(ledger, &facts, settled), Vec::<String>::new());
        facts
    }

    /// Lets everything fall due, and closes the ledgers.
    async fn close(&mut self, generation: Generation, hub: Hub) -> Hub {
        assert_eq!(
            self.move_clock(SignedDuration::from_secs(30)).await,
            Some(200)
        );
        hub.kill();
        let ledger = together(&generation);
        self.holds(generation.stage.practice, &ledger, true).await;
        self.past.push((generation.stage.practice, ledger));
        self.place.start().await
    }
}

fn together(generation: &Generation) -> Ledger {
    let mut all = Ledger::default();
    for client in &generation.clients {
        all.extend(client.ledger.clone());
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_every_kill() {
    let seed = seed();
    let place = Place::new(TestDatabase::new());
    let rounds = match place.database.engine() {
        TestEngine::Sqlite => dose::each(50, 2000),
        // A start takes longer there.
        TestEngine::Postgres => dose::each(25, 500),
    };
    let (mut kills, mut since) = (0, 0);
    let mut hub = place.start().await;
    let mut ordeal = Ordeal {
        http: Http::new(&hub.url),
        random: TestRandom::new(seed),
        place,
        past: Vec::new(),
        fell_due: 0,
    };
    let mut generation = ordeal.generation().await;
    for _ in rounds {
        kills += 1;
        ordeal.load_and_kill(&mut generation, hub).await;
        let ledger = together(&generation);
        let facts = ordeal
            .holds(generation.stage.practice, &ledger, false)
            .await;
        hub = ordeal.restart().await;
        ordeal.http.url.clone_from(&hub.url);
        let now = ordeal.now().await.as_microsecond();
        ordeal.fell_due += facts.deciding.values().filter(|at| **at <= now).count();
        since += 1;
        let tries = generation.clients.iter().map(Client::tries).max();
        if since == GENERATION || tries >= Some(TRIES) {
            since = 0;
            hub = ordeal.close(generation, hub).await;
            ordeal.http.url.clone_from(&hub.url);
            generation = ordeal.generation().await;
        }
    }
    hub = ordeal.close(generation, hub).await;
    // An orderly end changes nothing of it.
    hub.stop();
    let mut total = Ledger::default();
    for (practice, ledger) in std::mem::take(&mut ordeal.past) {
        ordeal.holds(practice, &ledger, true).await;
        total.extend(ledger);
    }
    println!(
        "{kills} kills: {} bookings acknowledged, all there once; {} refused, {} never answered, \
         each there or not; of {} bookings the 20 seconds ended while no hub ran",
        total.count(Fate::Done),
        total.count(Fate::Refused),
        total.count(Fate::Unknown),
        ordeal.fell_due,
    );
    assert!(total.count(Fate::Done) > 0 && total.count(Fate::Unknown) > 0 && ordeal.fell_due > 0);
}
