//! Searches on a standby: what they may see there, and who serves them when it cannot.

use super::raise;
use crate::support::{ALL, Fixture, RawPostgres};
use futures_util::future::join_all;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::practices::{self, Search};
use slotbridge_store::{
    Location, ReplicaRead, Result, STALENESS, Stopwatch, Store, StoreError, Tx, requests,
};
use slotbridge_testkit::line::{Is, Line};
use slotbridge_testkit::postgres::{Pair, PostgresServer};
use slotbridge_testkit::{TestDatabase, TestEngine};
use std::time::Duration;

/// How long something may take that has a second to answer, and more on a machine that does other
/// things too.
const SOON: Duration = Duration::from_secs(4);

/// A store that reads on the standby of its primary.
struct Scene {
    // Dropped in this order: the database before its servers.
    fixture: Fixture,
    pair: Pair,
}

impl Scene {
    /// `None` where there are no standbys. Commits do not wait for this one.
    fn new() -> Option<Self> {
        Self::reading(Pair::standby_url)
    }

    fn reading(replica: impl FnOnce(&Pair, &TestDatabase) -> String) -> Option<Self> {
        if TestEngine::of_this_run() != TestEngine::Postgres {
            return None;
        }
        let pair = Pair::start();
        pair.let_commits_go();
        let database = TestDatabase::on_server(&pair.url());
        let replica = replica(&pair, &database);
        Some(Self {
            fixture: Fixture::on(database.with_replica(replica)),
            pair,
        })
    }

    fn count(&self, outcome: ReplicaRead) -> u64 {
        self.fixture.store.figures().replica_reads(outcome)
    }

    /// How many requests the practice has, as a search sees it.
    fn seen(&self, practice: PracticeId) -> usize {
        self.fixture
            .runtime
            .block_on(seen(&self.fixture.store, practice))
            .unwrap()
    }

    /// Searches until one has ended so; what the last one saw.
    fn until(&self, outcome: ReplicaRead, practice: PracticeId) -> usize {
        let (before, since) = (self.count(outcome), Stopwatch::start());
        loop {
            let seen = self.seen(practice);
            if self.count(outcome) > before {
                return seen;
            }
            assert!(since.elapsed() < SOON * 5, "none is {outcome:?}");
        }
    }

    fn write(&self, practice: PracticeId, n: i64) {
        self.fixture
            .write(practice, move |tx| raise(tx, n))
            .unwrap();
    }
}

async fn seen(store: &Store, practice: PracticeId) -> Result<usize> {
    let read = |tx: &mut Tx<'_>| requests::list_all(tx, ALL);
    let listed = store.begin(practice).read_stale(read).await?;
    Ok(listed.entries.len())
}

/// Every outcome of a read that was offered to the replica.
fn offered(store: &Store) -> u64 {
    use ReplicaRead::{Away, Behind, Busy, Failed, Recent, Served};
    let all = [Served, Recent, Behind, Busy, Away, Failed];
    let counts = all.map(|outcome| store.figures().replica_reads(outcome));
    counts.iter().sum()
}

#[test]
fn heavy_a_search_is_read_on_the_replica_and_nothing_else_is() {
    let Some(scene) = Scene::new() else { return };
    let (fixture, practice) = (&scene.fixture, scene.fixture.practice());
    scene.write(practice, 1);
    assert_eq!(scene.until(ReplicaRead::Served, practice), 1);

    let before = offered(&fixture.store);
    scene.write(practice, 2);
    assert_eq!(fixture.requests(practice).len(), 2);
    let listed = fixture.read_global(|tx| practices::list(tx, ALL)).unwrap();
    assert_eq!(listed.total, 1);
    assert_eq!(offered(&fixture.store), before);

    // Also of all practices, and whatever is written for one of them meanwhile.
    let find = |tx: &mut Tx<'_>| practices::search(tx, &Search::default(), ALL);
    let served = scene.count(ReplicaRead::Served);
    let mut n = 3;
    while scene.count(ReplicaRead::Served) == served {
        scene.write(practice, n);
        n += 1;
        let found = fixture.store.begin_global().read_stale(find);
        assert_eq!(fixture.runtime.block_on(found).unwrap().total, 1);
    }
    let found = || {
        let found = fixture.store.begin_global().read_stale(find);
        fixture.runtime.block_on(found).unwrap().entries
    };
    let stands_still_after_a_search = || {
        scene.pair.resume_replay();
        let served = scene.count(ReplicaRead::Served);
        while scene.count(ReplicaRead::Served) == served {
            found();
        }
        scene.pair.pause_replay();
    };
    stands_still_after_a_search();
    fixture.practice();
    assert_eq!(found().len(), 2, "a new one is found at once");
    stands_still_after_a_search();
    fixture.write(practice, rename).unwrap();
    assert_eq!(found()[0].name, "A new name");
}

fn rename(tx: &mut Tx<'_>) -> Result<()> {
    let id = tx.practice()?;
    let mut practice = practices::get(tx, id)?.unwrap();
    practice.name = "A new name".into();
    practices::update(tx, &practice)
}

#[test]
fn heavy_a_search_sees_no_other_practice_on_the_replica_either_auth_3() {
    let Some(scene) = Scene::new() else { return };
    let fixture = &scene.fixture;
    let practices = [fixture.practice(), fixture.practice()];
    for practice in practices {
        let served = scene.count(ReplicaRead::Served);
        while scene.count(ReplicaRead::Served) == served {
            // A statement that names no practice.
            let all = |tx: &mut Tx<'_>| practices::list(tx, ALL);
            let listed = fixture.store.begin(practice).read_stale(all);
            let listed = fixture.runtime.block_on(listed).unwrap();
            let ids: Vec<_> = listed.entries.iter().map(|one| one.practice_id).collect();
            assert_eq!(ids, [practice]);
        }
    }
}

#[test]
fn heavy_while_the_replica_stands_still_own_writes_are_seen_at_once_and_others_in_time() {
    let Some(scene) = Scene::new() else { return };
    let (fixture, practice) = (&scene.fixture, scene.fixture.practice());
    let other = fixture.open_with(|options| options.postgres_replica = None);
    let other = other.unwrap();
    scene.until(ReplicaRead::Served, practice);
    scene.pair.pause_replay();
    for n in 1..=20 {
        scene.write(practice, n);
        assert_eq!(scene.seen(practice), usize::try_from(n).unwrap());
    }
    // Also when the follower has asked since, and the replica says that it is not there yet.
    assert_eq!(scene.until(ReplicaRead::Behind, practice), 20);
    assert_eq!(scene.until(ReplicaRead::Behind, practice), 20);

    let written = other.begin(practice).write(|tx: &mut Tx<'_>| raise(tx, 21));
    fixture.runtime.block_on(written).unwrap();
    let since = Stopwatch::start();
    while scene.seen(practice) < 21 {
        assert!(since.elapsed() < STALENESS + Duration::from_millis(500));
    }
    assert_eq!(scene.until(ReplicaRead::Behind, practice), 21);

    scene.pair.resume_replay();
    assert_eq!(scene.until(ReplicaRead::Served, practice), 21);
}

#[test]
fn heavy_a_replica_that_is_killed_or_falls_silent_keeps_nobody_waiting_and_is_found_again() {
    let mut line = None;
    let scene = Scene::reading(|pair, database| {
        let (before, url) = Line::before(&pair.standby_url(database));
        line = Some(before);
        url
    });
    let (Some(mut scene), Some(line)) = (scene, line) else {
        return;
    };
    let practice = scene.fixture.practice();
    scene.until(ReplicaRead::Served, practice);
    for is in [Is::Silent, Is::Cut] {
        line.set(is);
        let since = Stopwatch::start();
        let store = &scene.fixture.store;
        let many = (0..50).map(|_| seen(store, practice));
        let many = scene.fixture.runtime.block_on(join_all(many));
        assert!(many.iter().all(|seen| matches!(seen, Ok(0))), "{many:?}");
        assert!(since.elapsed() < SOON, "{is:?}: {:?}", since.elapsed());
        assert!(scene.count(ReplicaRead::Failed) > 0);
        assert!(since.elapsed() < SOON, "{is:?}: {:?}", since.elapsed());
        // Each of its connections has held up one search.
        assert_eq!(scene.until(ReplicaRead::Away, practice), 0);
        let since = Stopwatch::start();
        for _ in 0..100 {
            scene.seen(practice);
        }
        assert!(since.elapsed() < SOON, "{is:?}: {:?}", since.elapsed());
        line.set(Is::Whole);
        scene.until(ReplicaRead::Served, practice);
    }
    scene.pair.kill_standby();
    scene.write(practice, 1);
    assert_eq!(scene.until(ReplicaRead::Away, practice), 1);
    scene.pair.revive_standby();
    assert_eq!(scene.until(ReplicaRead::Served, practice), 1);
}

#[test]
fn heavy_a_statement_that_the_replica_cannot_do_is_done_by_the_primary() {
    let Some(scene) = Scene::new() else { return };
    let (fixture, practice) = (&scene.fixture, scene.fixture.practice());
    scene.until(ReplicaRead::Served, practice);
    // Replaying this waits for nobody to look at the table, and then keeps all from it.
    let raw = RawPostgres::open(&fixture.database);
    raw.execute("BEGIN; SET LOCAL slotbridge.practice_id = '0'; LOCK TABLE requests");
    // A commit takes what was written before to the replica.
    RawPostgres::open(&fixture.database).execute("CREATE TABLE of_others (n BIGINT)");
    let looked = std::thread::scope(|scope| {
        let looking = scope.spawn(|| scene.until(ReplicaRead::Failed, practice));
        let since = Stopwatch::start();
        while scene.count(ReplicaRead::Failed) == 0 {
            assert!(since.elapsed() < SOON * 2, "the replica waits for the lock");
        }
        raw.execute("COMMIT");
        looking.join().unwrap()
    });
    assert_eq!(looked, 0);
    scene.until(ReplicaRead::Served, practice);
}

#[test]
fn heavy_what_runs_ahead_of_the_primary_of_today_is_not_read() {
    let mut ahead: Option<PostgresServer> = None;
    let scene =
        Scene::reading(|pair, database| ahead.insert(pair.another_standby()).url_of(database));
    let Some(mut scene) = scene else { return };
    let practice = scene.fixture.practice();
    scene.pair.until_replayed();
    // What the standby that is promoted later never sees, and the one that is read does.
    scene.pair.forsake_standby();
    for n in 1..=200 {
        scene.write(practice, n);
    }
    scene.pair.until_replayed();
    assert_eq!(scene.until(ReplicaRead::Served, practice), 200);
    scene.pair.kill_primary();
    scene.pair.revive_standby();
    scene.pair.promote();

    let written = |n| scene.fixture.write(practice, move |tx| raise(tx, n));
    while written(1).is_err() {}
    let count = scene.fixture.requests(practice).len();
    assert!(count < 200, "it was forsaken before");
    let away = scene.count(ReplicaRead::Away);
    while scene.count(ReplicaRead::Away) < away + 100 {
        assert_eq!(scene.seen(practice), count);
    }
}

#[test]
fn heavy_a_standby_that_was_promoted_is_left_for_one_that_is_there() {
    let scene = Scene::reading(|pair, database| {
        // Both hosts, as they stand in the URL of the primary.
        let url = database.url().unwrap();
        assert!(url.starts_with(pair.url().split("/postgres").next().unwrap()));
        url.split('?').next().unwrap().to_owned()
    });
    let Some(mut scene) = scene else { return };
    let practice = scene.fixture.practice();
    scene.until(ReplicaRead::Served, practice);
    scene.pair.until_replayed();
    scene.pair.kill_primary();
    scene.pair.promote();
    let written = |n| scene.fixture.write(practice, move |tx| raise(tx, n));
    while written(1).is_err() {}
    assert_eq!(scene.seen(practice), 1);
    scene.pair.rebuild();
    assert_eq!(scene.until(ReplicaRead::Served, practice), 1);
}

/// Opens the store with such a replica.
fn open(fixture: &Fixture, replica: &str) -> Result<Store> {
    fixture.open_with(|options| options.postgres_replica = Some(replica.to_owned()))
}

#[test]
fn what_is_no_replica_of_the_database_is_not_read() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let this = fixture.database.url().unwrap();
    // Nobody there, and the primary itself.
    for url in ["postgres://nobody@127.0.0.1:1/d", this.as_str()] {
        let store = open(&fixture, url).unwrap();
        for n in 0..100 {
            let written = store
                .begin(practice)
                .write(move |tx: &mut Tx<'_>| raise(tx, n));
            fixture.runtime.block_on(written).unwrap();
            fixture.runtime.block_on(seen(&store, practice)).unwrap();
        }
        assert_eq!(
            store.figures().replica_reads(ReplicaRead::Served),
            0,
            "{url}"
        );
        let since = Stopwatch::start();
        while store.figures().replica_reads(ReplicaRead::Away) == 0 {
            assert!(since.elapsed() < SOON, "{url}");
            fixture.runtime.block_on(seen(&store, practice)).unwrap();
        }
    }
}

#[test]
fn heavy_another_database_of_the_standby_is_not_read() {
    let Some(scene) = Scene::new() else { return };
    let other = TestDatabase::on_server(&scene.pair.url());
    let practice = scene.fixture.practice();
    let url = scene.pair.standby_url(&other);
    scene.pair.until_replayed();
    let store = open(&scene.fixture, &url).unwrap();
    let since = Stopwatch::start();
    while since.elapsed() < Duration::from_secs(2) {
        let found = scene.fixture.runtime.block_on(seen(&store, practice));
        assert_eq!(found.unwrap(), 0);
    }
    // A read for each connection that was made before it was known which log the primary writes.
    assert!(store.figures().replica_reads(ReplicaRead::Failed) <= 2);
    assert_eq!(store.figures().replica_reads(ReplicaRead::Served), 0);
    drop(store);
}

/// As on a server whose owner allows less.
#[test]
fn a_primary_that_does_not_name_its_log_is_followed_all_the_same() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let url = fixture.database.url().unwrap();
    let (_, server) = url.split_once('@').unwrap();
    let superuser = RawPostgres::open_url(&format!("postgres://postgres@{server}"));
    superuser.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    let store = open(&fixture, &url).unwrap();
    let since = Stopwatch::start();
    while store.stamp(practice).is_none() {
        assert!(since.elapsed() < SOON, "nothing is remembered");
    }
}

#[test]
fn a_replica_s_url_that_cannot_be_read_is_refused() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    match open(&fixture, "postgres://h/d?nonsense=1").map(drop) {
        Err(StoreError::Refused(why)) => assert!(why.starts_with("database_replica_url"), "{why}"),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn the_embedded_store_has_no_replica() {
    let database = TestDatabase::on(TestEngine::Sqlite).with_replica("postgres://h/d".to_owned());
    let clock = slotbridge_testkit::TestClock::new();
    let options = database.options(clock, slotbridge_testkit::TestRandom::new(1));
    assert!(matches!(options.location, Location::Folder(_)));
    match slotbridge_testkit::database::open(options).map(drop) {
        Err(StoreError::Refused(why)) => assert!(why.contains("database_replica_url"), "{why}"),
        other => unreachable!("{other:?}"),
    }
}
