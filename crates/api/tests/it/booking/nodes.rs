//! Searches on a read replica: what they show there, and that nothing else is read there.

use crate::auth::nodes::second_node;
use serde_json::{Value, json};
use slotbridge_store::ReplicaRead::{self, Away, Behind, Busy, Failed, Recent, Served};
use slotbridge_store::{STALENESS, Stopwatch};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::database::meddle;
use slotbridge_testkit::postgres::Pair;
use slotbridge_testkit::{Clinic, Limits, TestApp, TestClock, TestDatabase, TestEngine, dose};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A clinic on a primary whose standby is read.
struct Scene {
    // Dropped in this order: the database before its servers.
    clinic: Clinic,
    pair: Pair,
}

impl Scene {
    /// `None` where there are no standbys.
    async fn new() -> Option<Self> {
        if TestEngine::of_this_run() != TestEngine::Postgres {
            return None;
        }
        let pair = Pair::start();
        pair.let_commits_go();
        let database = TestDatabase::on_server(&pair.url());
        let replica = pair.standby_url(&database);
        let database = database.with_replica(replica);
        let mut app = TestApp::on(database, TestClock::new(), false).await;
        app.limit(Limits {
            requests_per_minute: u32::MAX,
            ..Limits::default()
        });
        let clinic = Clinic::on(app).await;
        Some(Self { clinic, pair })
    }

    fn count(&self, outcome: ReplicaRead) -> u64 {
        let store = self.clinic.app.hub.store();
        store.figures().replica_reads(outcome)
    }

    /// How many reads the replica was asked for, or would have been.
    fn all(&self) -> u64 {
        let outcomes = [Served, Recent, Behind, Busy, Away, Failed];
        outcomes.iter().map(|outcome| self.count(*outcome)).sum()
    }

    /// How many reads it has begun.
    fn begun(&self) -> u64 {
        self.count(Served) + self.count(Behind)
    }

    /// Lets the doctor have one free time: the `n`th of a round.
    async fn free(&self, n: usize) {
        let at = |minutes: usize| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let start = n % ROUND * 5;
        let body = json!({"date": DAY, "pmsResourceId": "12345", "availability":
            [{"start": at(start), "end": at(start + 30), "slotLength": 1800}]});
        let sent = self
            .clinic
            .pms("POST", "/availability/snapshot", body)
            .await;
        sent.expect(200);
    }

    /// Another node writes for the practice, nothing that anybody sees: what is remembered here is
    /// read anew once that was heard of.
    async fn another_node_writes(&self) {
        let (location, id) = (
            self.clinic.app.database.location(),
            self.clinic.pms.practice_id,
        );
        let sql = format!(
            "SET slotbridge.practice_id = '{id}'; UPDATE practice_counters
             SET last_xid = CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)
             WHERE practice_id = {id}"
        );
        let write = tokio::task::spawn_blocking(move || meddle(&location, &sql));
        write.await.unwrap();
    }

    /// Which of a round a search shows.
    async fn shown(&self) -> usize {
        let starts = self.clinic.starts().await;
        let [start] = starts.as_slice() else {
            panic!("one time is free, not {starts:?}");
        };
        let (hours, minutes) = start.split_once(':').unwrap();
        let number = |text: &str| text.parse::<usize>().unwrap();
        (number(hours) * 60 + number(minutes)) / 5
    }
}

/// How many times there are before they begin again.
const ROUND: usize = 280;

#[tokio::test(flavor = "multi_thread")]
async fn heavy_searches_read_the_replica_and_whatever_decides_does_not() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let clinic = &scene.clinic;
    let page = format!("/practices/{}", clinic.pms.practice_id);
    let slots = format!("{page}/slots?from={DAY}&to={DAY}");
    let mut n = 0;
    for path in [slots.as_str(), page.as_str(), "/practices?q=practice"] {
        let before = scene.count(Served);
        while scene.count(Served) == before {
            n += 1;
            scene.free(n).await;
            scene.another_node_writes().await;
            let (begun, since) = (scene.begun(), Stopwatch::start());
            while scene.begun() == begun && since.elapsed() < STALENESS {
                let found = clinic.app.patient("GET", path, Value::Null).await;
                found.expect(200);
            }
        }
    }
    scene.free(12 * 9).await;
    let before = scene.all();
    let mut body = clinic.booking(&format!("{DAY}T09:00"));
    let mut wanted = body.clone();
    for field in ["patient", "reason", "isNewPatient"] {
        wanted.as_object_mut().unwrap().remove(field);
    }
    let held = clinic
        .app
        .patient("POST", "/holds", wanted)
        .await
        .expect(201);
    body["holdId"] = held["holdId"].clone();
    clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    assert_eq!(clinic.list("bookings").await.len(), 1);
    assert_eq!(scene.all(), before);
}

/// The replica, which is read for searches and has all that others had written a second ago, has not got it.
#[tokio::test(flavor = "multi_thread")]
async fn heavy_a_practice_that_another_node_made_a_moment_ago_is_booked_at() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let Scene { mut clinic, pair } = scene;
    let (_other, router) = second_node(&clinic.app).await;
    for _ in 0..3 {
        let served = |app: &TestApp| app.hub.store().figures().replica_reads(Served);
        let before = served(&clinic.app);
        while served(&clinic.app) == before {
            let found = clinic
                .app
                .patient("GET", "/practices?q=practice", Value::Null);
            found.await.expect(200);
        }
        pair.until_replayed();
        pair.pause_replay();
        let first = std::mem::replace(&mut clinic.app.router, router.clone());
        clinic = Clinic::on(clinic.app).await;
        clinic.app.router = first;
        clinic.book(&format!("{DAY}T09:00")).await;
        pair.resume_replay();
    }
    // Before its servers.
    drop(clinic);
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_no_search_shows_less_than_was_answered_before_it_whatever_the_replica_does() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    scene.free(0).await;
    let scene = Arc::new(scene);
    let ended = Arc::new(AtomicBool::new(false));
    let [begun, acknowledged] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let writer = {
        let (scene, ended) = (Arc::clone(&scene), Arc::clone(&ended));
        let (begun, acknowledged) = (Arc::clone(&begun), Arc::clone(&acknowledged));
        tokio::spawn(async move {
            let mut n = 0;
            while !ended.load(Ordering::SeqCst) {
                // Some at once, then none of this node until the replica was asked, or could have been.
                for _ in 0..=n % 4 {
                    n += 1;
                    begun.store(n, Ordering::SeqCst);
                    scene.free(n).await;
                    acknowledged.store(n, Ordering::SeqCst);
                }
                let (asked, since) = (scene.begun(), Stopwatch::start());
                scene.another_node_writes().await;
                while scene.begun() == asked && since.elapsed() < STALENESS {
                    tokio::task::yield_now().await;
                }
            }
        })
    };
    let reader = || {
        let (scene, ended) = (Arc::clone(&scene), Arc::clone(&ended));
        let (begun, acknowledged) = (Arc::clone(&begun), Arc::clone(&acknowledged));
        tokio::spawn(async move {
            let mut seen = HashSet::new();
            while !ended.load(Ordering::SeqCst) {
                let before = acknowledged.load(Ordering::SeqCst);
                let shown = scene.shown().await;
                let after = begun.load(Ordering::SeqCst);
                assert!(
                    (before..=after).any(|n| n % ROUND == shown),
                    "{shown} is shown after {before} was answered and before {after}"
                );
                seen.insert(shown);
                // What is remembered waits for nothing.
                tokio::task::yield_now().await;
            }
            seen.len()
        })
    };
    let readers = [reader(), reader()];
    for _ in dose::each(3, 60) {
        for (outcome, more) in [(Served, 10), (Behind, 3)] {
            match outcome {
                Served => scene.pair.resume_replay(),
                _ => scene.pair.pause_replay(),
            }
            let goal = scene.count(outcome) + more;
            while scene.count(outcome) < goal && readers.iter().all(|one| !one.is_finished()) {
                tokio::task::yield_now().await;
            }
        }
    }
    scene.pair.resume_replay();
    ended.store(true, Ordering::SeqCst);
    writer.await.unwrap();
    for reader in readers {
        assert!(reader.await.unwrap() > 5);
    }
    println!(
        "{} writes; searches: {} on the replica, {} found it behind",
        acknowledged.load(Ordering::SeqCst),
        scene.count(Served),
        scene.count(Behind)
    );
}
