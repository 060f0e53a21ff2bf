//! A hub on such a disk, and a load on it.

use slotbridge_faultfs::{Disk, Rng};
use slotbridge_testkit::ledger::facts::{Facts, damage};
use slotbridge_testkit::ledger::load::{Client, Stage, days};
use slotbridge_testkit::ledger::{Ledger, check};
use slotbridge_testkit::{TestApp, TestClock, TestDatabase, TestEngine, TestRandom};
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many clients call at once.
pub(crate) const CLIENTS: i64 = 6;
/// The client that calls when all is over.
const LAST: i64 = CLIENTS;
/// How many steps each client makes.
const STEPS: u64 = 5;

/// The store's file.
pub(crate) const FILE: &str = "slotbridge.sqlite";

/// Is said if the test fails before it is dropped.
pub(crate) struct Said(pub(crate) String);

impl Drop for Said {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.0);
        }
    }
}

/// A hub with a practice, stopped: what every round begins with.
pub(crate) struct Base {
    disk: Arc<Disk>,
    stage: Arc<Stage>,
    token: String,
    // Its disk is mounted there.
    _database: TestDatabase,
}

impl Base {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::on(TestEngine::Sqlite);
        let disk = Disk::mount(database.folder().unwrap());
        let app = Arc::new(TestApp::on(database, TestClock::new(), false).await);
        let days = days(CLIENTS + 1, 40);
        let stage = Stage::set_up(&app, &app.operator_token, app.now(), days, CLIENTS + 1).await;
        let TestApp {
            database,
            hub,
            router,
            operator_token,
            ..
        } = Arc::into_inner(app).unwrap();
        drop((hub, router));
        Self {
            disk,
            stage,
            token: operator_token,
            _database: database,
        }
    }

    /// A hub on a copy of it.
    pub(crate) async fn start(&self) -> Round {
        let database = TestDatabase::on(TestEngine::Sqlite);
        let disk = self.disk.copy_to(database.folder().unwrap());
        let clock = TestClock::new();
        let app = TestApp::on(database, clock, false).await;
        assert_eq!(app.operator_token, self.token);
        Round {
            app: Arc::new(app),
            disk,
            stage: Arc::clone(&self.stage),
            ledger: Ledger::default(),
            steps: 0,
            checkpoints: true,
        }
    }
}

/// A hub on a disk of its own.
pub(crate) struct Round {
    pub(crate) app: Arc<TestApp>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) stage: Arc<Stage>,
    pub(crate) ledger: Ledger,
    /// How many steps the last client has made.
    steps: u32,
    /// Whether checkpoints are made beside those that SQLite makes by itself.
    checkpoints: bool,
}

/// Moves what it can from the log into the file, as SQLite does by itself once the log is long.
pub(crate) fn checkpoint(folder: &Path) {
    let connection = rusqlite::Connection::open(folder.join(FILE));
    // It may fail as everything else may; nobody waits for it.
    let _ =
        connection.and_then(|raw| raw.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
}

impl Round {
    /// Makes the log almost so long that the next commits move it into the file.
    pub(crate) fn lengthen_log(&mut self) {
        self.checkpoints = false;
        let folder = self.app.database.folder().unwrap();
        let raw = rusqlite::Connection::open(folder.join(FILE)).unwrap();
        raw.execute_batch(
            "PRAGMA wal_autocheckpoint = 0; CREATE TABLE filler (bytes BLOB);
             INSERT INTO filler WITH RECURSIVE n (i) AS
                 (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9900)
             SELECT zeroblob(3900) FROM n",
        )
        .unwrap();
    }

    pub(crate) fn client(&self, index: i64, seed: u64) -> Client<Arc<TestApp>> {
        let random = TestRandom::new(seed.wrapping_mul(1000) + index.unsigned_abs());
        Client::new(Arc::clone(&self.app), &self.stage, index, random)
    }

    /// All clients at once, with checkpoints and the passing of 20 seconds in between, until they
    /// are through or the power is off.
    pub(crate) async fn load(&mut self, seed: u64) {
        let mut running = JoinSet::new();
        for index in 0..CLIENTS {
            let mut client = self.client(index, seed);
            let (app, disk) = (Arc::clone(&self.app), Arc::clone(&self.disk));
            let mut rng = Rng::new(seed ^ index.unsigned_abs());
            let checkpoints = self.checkpoints;
            running.spawn(async move {
                for step in 0..STEPS {
                    let _ = client.step().await;
                    if disk.is_off() {
                        break;
                    }
                    if checkpoints && rng.below(6) == 0 {
                        let folder = app.database.folder().unwrap().to_owned();
                        tokio::task::spawn_blocking(move || checkpoint(&folder))
                            .await
                            .unwrap();
                    }
                    if index == 0 && step == STEPS / 2 {
                        app.clock.advance(20);
                        let _ = app.hub.timers().await.run().await;
                    }
                }
                client.ledger
            });
        }
        while let Some(ledger) = running.join_next().await {
            self.ledger.extend(ledger.unwrap());
        }
    }

    /// What the store holds against what was said.
    pub(crate) fn wrong(&self, settled: bool) -> Vec<String> {
        let facts = Facts::read(&self.app.database.location(), self.stage.practice);
        check(&self.ledger, &facts, settled)
    }

    /// Stops the hub; `between` happens to the disk before it is started again.
    pub(crate) async fn again(self, between: impl FnOnce(&Disk)) -> Self {
        let Self {
            app,
            disk,
            stage,
            ledger,
            steps,
            checkpoints,
        } = self;
        let TestApp {
            database,
            clock,
            hub,
            router,
            ..
        } = Arc::into_inner(app).unwrap();
        drop((hub, router));
        between(&disk);
        let app = Arc::new(TestApp::on(database, clock, false).await);
        Self {
            app,
            disk,
            stage,
            ledger,
            steps,
            checkpoints,
        }
    }

    /// All is well: nothing is lost, doubled, half done or damaged, and the hub goes on.
    pub(crate) async fn is_well(&mut self, seed: u64) {
        assert_eq!(self.wrong(false), Vec::<String>::new());
        let mut client = self.client(LAST, seed).after(self.steps);
        self.steps += 3;
        for _ in 0..3 {
            let stepped = client.step().await;
            assert!(stepped.is_ok(), "{:?}", client.ledger);
        }
        self.ledger.extend(client.ledger);
        self.app.advance(20).await;
        assert_eq!(self.wrong(true), Vec::<String>::new());
        let folder = self.app.database.folder().unwrap();
        assert_eq!(damage(folder), Vec::<String>::new());
    }
}
