//! What a node has its connections do.

use crate::support::{Fixture, RawPostgres};
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Location, Store, StoreError, requests};
use slotbridge_testkit::TestEngine;

/// In which states the connections of the fixture's node are, but the one that follows others.
fn states(raw: &RawPostgres) -> Vec<String> {
    const STATES: &str = "SELECT state FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend' AND query NOT LIKE '%last_xid >=%'";
    let rows = raw.query(STATES);
    rows.iter().map(|row| row.get(0)).collect()
}

/// Waits until the node's follower has asked, by which it is known in [`states`].
fn until_it_follows(store: &Store, practice: PracticeId) {
    while store.stamp(practice).is_none() {}
}

#[test]
fn a_read_that_has_answered_leaves_no_transaction_open() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    let read = fixture.read(practice, requests::outstanding_types);
    assert_eq!(read.unwrap(), []);
    until_it_follows(&fixture.store, practice);
    let connections = states(&raw).len();
    while states(&raw).iter().any(|state| state != "idle") {}
    // None was ended for having waited in its midst.
    assert_eq!(states(&raw).len(), connections);
}

#[test]
fn a_read_that_asks_no_more_ends_with_its_question() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let location = fixture.database.location();
    let read = fixture.read(practice, move |tx| {
        let types = requests::ask_outstanding_types(tx)?;
        tx.ask_no_more();
        let types = types.all(tx)?;
        let Location::Postgres(url) = &location else {
            unreachable!("a PostgreSQL database");
        };
        Ok::<_, StoreError>((types, states(&RawPostgres::open_url(url))))
    });
    let (types, states) = read.unwrap();
    assert_eq!(types, []);
    // It has answered and not returned.
    assert!(
        !states.contains(&"idle in transaction".into()),
        "{states:?}"
    );
}

#[test]
fn a_node_with_little_to_do_does_it_on_few_connections() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    const WORKERS: usize = 16;
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    until_it_follows(&fixture.store, practice);
    let before = states(&raw).len();
    let store = fixture.open_with(|options| options.postgres_workers = WORKERS);
    let store = store.unwrap();
    until_it_follows(&store, practice);
    for _ in 0..8 * WORKERS {
        let read = store.begin(practice).read(requests::outstanding_types);
        assert_eq!(fixture.runtime.block_on(read).unwrap(), []);
    }
    let connections = states(&raw).len() - before;
    assert!(connections < WORKERS / 2, "{connections}");
}
