//! A database that is gone, for a moment or for longer: nobody waits for long, nothing piles up, and
//! it is found again without a restart.

use super::raise;
use crate::support::Fixture;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Location, Stopwatch, Store, StoreError, requests};
use slotbridge_testkit::TestEngine;
use slotbridge_testkit::line::{Is, Line};
use std::sync::Arc;
use std::time::Duration;

/// Another node on the fixture's database, behind a line.
struct Node {
    store: Arc<Store>,
    line: Line,
}

fn node(fixture: &Fixture, parameters: &str, workers: usize) -> Node {
    let (line, url) = Line::before(&fixture.database.url().unwrap());
    let store = fixture.open_with(|options| {
        options.location = Location::Postgres(format!("{url}{parameters}"));
        options.postgres_workers = workers;
    });
    Node {
        store: Arc::new(store.unwrap()),
        line,
    }
}

impl Node {
    fn write(&self, fixture: &Fixture, practice: PracticeId, n: i64) -> Result<(), StoreError> {
        let written = self.store.begin(practice).write(move |tx| raise(tx, n));
        fixture.runtime.block_on(written)
    }

    /// What many callers are told who come at once, half of them to write.
    fn many(&self, fixture: &Fixture, practice: PracticeId) -> Vec<Result<(), StoreError>> {
        let calls = (0..500).map(|n| {
            let store = Arc::clone(&self.store);
            fixture.runtime.spawn(async move {
                let begun = store.begin(practice);
                match n % 2 {
                    0 => begun.write(move |tx| raise(tx, n)).await,
                    _ => begun.read(requests::outstanding_types).await.map(drop),
                }
            })
        });
        let calls: Vec<_> = calls.collect();
        let answers = calls.into_iter().map(|call| fixture.runtime.block_on(call));
        answers.map(Result::unwrap).collect()
    }
}

fn is_away(answer: &Result<(), StoreError>) -> bool {
    matches!(answer, Err(StoreError::Away(_)))
}

/// How many threads this process has.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

#[test]
fn while_the_database_is_gone_everybody_is_told_at_once_and_it_is_found_again() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let node = node(&fixture, "", 4);
    node.write(&fixture, practice, 1).unwrap();
    let before = threads();
    node.line.set(Is::Cut);

    // Those who come first wait for it to come back, for a few seconds.
    let since = Stopwatch::start();
    let answers = node.many(&fixture, practice);
    assert!(answers.iter().all(is_away), "{answers:?}");
    assert!(since.elapsed() < Duration::from_secs(8));
    assert!(node.store.is_away());

    // Those who come then do not, and nobody knocks for them.
    let (since, knocks) = (Stopwatch::start(), node.line.taken());
    for _ in 0..10 {
        let answers = node.many(&fixture, practice);
        assert!(answers.iter().all(is_away), "{answers:?}");
    }
    assert!(since.elapsed() < Duration::from_secs(3));
    assert!(node.line.taken() - knocks < 5, "{}", node.line.taken());
    assert!(threads() <= before, "{} were {before}", threads());

    node.line.set(Is::Whole);
    while node.store.is_away() {}
    let answers = node.many(&fixture, practice);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn a_database_that_is_back_in_a_moment_is_waited_for() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let node = node(&fixture, "", 4);
    node.write(&fixture, practice, 1).unwrap();
    let knocks = node.line.taken();
    node.line.set(Is::Cut);
    let answers = std::thread::scope(|scope| {
        let calls = scope.spawn(|| node.many(&fixture, practice));
        // One of them is turned away, and whoever looks for it then.
        while node.line.taken() < knocks + 3 {}
        node.line.set(Is::Whole);
        calls.join().unwrap()
    });
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn a_database_that_has_fallen_silent_is_given_up() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let limits = "?connect_timeout=1&options=-c%20statement_timeout%3D200";
    let node = node(&fixture, limits, 4);
    node.write(&fixture, practice, 1).unwrap();
    node.line.set(Is::Silent);
    let since = Stopwatch::start();
    let answers = node.many(&fixture, practice);
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    assert!(since.elapsed() < Duration::from_secs(15));
    while !node.store.is_away() {}
    let since = Stopwatch::start();
    let answers = node.many(&fixture, practice);
    assert!(answers.iter().all(is_away), "{answers:?}");
    assert!(since.elapsed() < Duration::from_secs(1));

    node.line.set(Is::Whole);
    while node.store.is_away() {}
    let answers = node.many(&fixture, practice);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn whoever_has_a_connection_works_for_those_who_get_none() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    // Opening it takes a few of them one after the other.
    let node = node(&fixture, "", 16);
    node.write(&fixture, practice, 1).unwrap();
    assert!(node.line.taken() < 15, "{}", node.line.taken());
    node.line.set(Is::Full);
    for _ in 0..3 {
        let answers = node.many(&fixture, practice);
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
}
