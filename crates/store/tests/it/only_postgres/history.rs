//! A primary whose place another one has taken, and which takes writes again.

use super::raise;
use crate::support::{Fixture, RawPostgres};
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Result, Store, StoreError};
use slotbridge_testkit::postgres::Pair;
use slotbridge_testkit::{TestDatabase, TestEngine};

/// Who asks what other nodes write.
const FOLLOWERS: &str = "FROM pg_stat_activity WHERE datname = current_database()
    AND query LIKE 'SELECT now.oldest%'";
/// Every other connection to the database.
const WORKERS: &str = "FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    AND query NOT LIKE 'SELECT now.oldest%'";

/// Two servers that both take writes: the one that was the primary, and the one that was promoted.
struct Scene {
    // Dropped in this order: the store and the database before its servers.
    store: Store,
    fixture: Fixture,
    practice: PracticeId,
    _pair: Pair,
    old: RawPostgres,
    new: RawPostgres,
}

impl Scene {
    /// A node with one worker, whose connections are at the old primary all.
    fn new() -> Option<Self> {
        let (fixture, mut pair) = pair()?;
        let practice = fixture.practice();
        let store = fixture.open_with(|options| options.postgres_workers = 1);
        let store = store.unwrap();
        fixture
            .runtime
            .block_on(write(&store, practice, 1))
            .unwrap();
        while store.stamp(practice).is_none() {}
        pair.until_replayed();
        pair.promote();
        let old = RawPostgres::open_url(&pair.standby_url(&fixture.database));
        let new = RawPostgres::open_url(&pair.primary_url(&fixture.database));
        for raw in [&old, &new] {
            raw.execute("SET slotbridge.practice_id = '0'");
        }
        // Who connects anew finds the new one.
        let superuser = pair.standby_url(&fixture.database);
        let superuser = superuser.replace("slotbridge_test@", "postgres@");
        let (server, name) = superuser.rsplit_once('/').unwrap();
        RawPostgres::open_url(&format!("{server}/postgres")).execute(&format!(
            "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"
        ));
        Some(Self {
            store,
            fixture,
            practice,
            _pair: pair,
            old,
            new,
        })
    }

    fn write(&self, n: i64) {
        let written = write(&self.store, self.practice, n);
        self.fixture.runtime.block_on(written).unwrap();
    }
}

/// A pair whose commits wait for nobody, and a database on it.
fn pair() -> Option<(Fixture, Pair)> {
    if TestEngine::of_this_run() != TestEngine::Postgres {
        return None;
    }
    let pair = Pair::start();
    pair.let_commits_go();
    let database = TestDatabase::on_server(&pair.url());
    Some((Fixture::on(database), pair))
}

async fn write(store: &Store, practice: PracticeId, n: i64) -> Result<()> {
    store.begin(practice).write(move |tx| raise(tx, n)).await
}

fn end(raw: &RawPostgres, whom: &str) {
    raw.execute(&format!("SELECT pg_terminate_backend(pid) {whom}"));
}

fn count(raw: &RawPostgres, of: &str) -> i64 {
    raw.query(&format!("SELECT count(*) {of}"))[0].get(0)
}

#[test]
fn heavy_a_primary_older_than_one_that_was_seen_is_written_only_after_a_new_start() {
    let Some((fixture, mut pair)) = pair() else {
        return;
    };
    let practice = fixture.practice();
    pair.until_replayed();
    pair.kill_primary();
    pair.promote();
    let written = |n| fixture.write(practice, move |tx| raise(tx, n));
    while written(1).is_err() {}
    // It hung, and goes on.
    pair.revive_standby();
    written(2).unwrap();

    pair.kill_primary();
    let why = loop {
        match written(3) {
            Err(StoreError::Away(why)) if why.contains("timeline") => break why,
            Err(
                StoreError::Away(_) | StoreError::OutcomeUnknown(_) | StoreError::Unavailable(_),
            ) => {}
            other => unreachable!("{other:?}"),
        }
    };
    assert!(why.contains("it writes timeline 1,"), "{why}");
    assert!(why.contains("was at timeline 2 before"), "{why}");
    assert_eq!(fixture.store.stamp(practice), None, "nobody follows it");
    let old = RawPostgres::open_url(&pair.standby_url(&fixture.database));
    old.execute("SET slotbridge.practice_id = '0'");
    assert_eq!(count(&old, "FROM requests"), 0);

    // Whoever starts a node anew goes on with what there is.
    let fresh = fixture.open_again().unwrap();
    fixture
        .runtime
        .block_on(write(&fresh, practice, 4))
        .unwrap();
    assert_eq!(count(&old, "FROM requests"), 1);
    drop(fresh);

    // The newer one is found again by itself.
    pair.revive_primary();
    while fixture.store.is_away() {}
    written(5).unwrap();
    assert_eq!(fixture.requests(practice).len(), 3);
}

#[test]
fn heavy_a_worker_leaves_the_old_primary_when_the_follower_has_found_the_new_one() {
    let Some(scene) = Scene::new() else { return };
    end(&scene.old, FOLLOWERS);
    // That of the fixture's own store as well.
    while count(&scene.new, FOLLOWERS) < 2 {}
    scene.write(2);
    assert_eq!(count(&scene.new, "FROM requests"), 2);
    assert_eq!(count(&scene.old, "FROM requests"), 1);
}

#[test]
fn heavy_the_follower_leaves_the_old_primary_when_a_worker_has_found_the_new_one() {
    let Some(scene) = Scene::new() else { return };
    end(&scene.old, WORKERS);
    scene.write(2);
    assert_eq!(count(&scene.new, "FROM requests"), 2);
    // The fixture's own store writes nothing, and learns nothing.
    while count(&scene.old, FOLLOWERS) > 1 {}
    while count(&scene.new, FOLLOWERS) == 0 {}
}
