//! New versions among nodes that serve, and the statements that spread the tables.

use super::{raise, until_somebody_waits};
use crate::support::{Fixture, RawPostgres, TO_SCHEMA_12};
use slotbridge_store::SCHEMA_VERSION;
use slotbridge_testkit::TestEngine;

#[test]
fn nodes_serve_on_while_the_next_version_s_migration_comes_in() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let next = SCHEMA_VERSION + 1;
    let raw = RawPostgres::open(&fixture.database);
    // Statements that were prepared before, and plans that were made for the table as it was.
    for n in 1..=10 {
        fixture.write(practice, move |tx| raise(tx, n)).unwrap();
    }
    raw.execute(&format!(
        "ALTER TABLE requests ADD COLUMN of_next TEXT;
         ALTER TABLE practice_counters ADD COLUMN of_next BIGINT NOT NULL DEFAULT 1;
         CREATE INDEX requests_of_next ON requests (practice_id, of_next);
         INSERT INTO schema_migrations (version, works_with) VALUES ({next}, {SCHEMA_VERSION})"
    ));
    for n in 11..=20 {
        fixture.write(practice, move |tx| raise(tx, n)).unwrap();
    }
    assert_eq!(fixture.requests(practice).len(), 20);
}

#[test]
fn a_migration_that_waits_for_a_table_lets_those_go_on_who_want_it_too() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let raw = RawPostgres::open(&fixture.database);
    for statement in TO_SCHEMA_12 {
        raw.execute(statement);
    }
    let asks = RawPostgres::open(&fixture.database);
    raw.execute("BEGIN");
    raw.query("SELECT 1 FROM schema_migrations");
    let location = fixture.database.location();
    let upgrade = std::thread::scope(|scope| {
        let upgrading = scope.spawn(|| slotbridge_store::upgrade(&location));
        until_somebody_waits(&asks);
        // Behind the migration, until that gives way.
        asks.query("SELECT 1 FROM schema_migrations");
        assert!(!upgrading.is_finished(), "it tries again");
        raw.execute("COMMIT");
        upgrading.join().unwrap()
    });
    assert_eq!(upgrade.unwrap().from, 12);
    fixture.open_again().unwrap();
}

/// Citus is not to be had here: functions of its names look at what they are called with, and hold
/// what its documentation says of keys.
#[test]
fn the_statements_for_citus_name_every_table_as_it_can_be_spread() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let raw = RawPostgres::open(&fixture.database);
    raw.execute(include_str!("citus.sql"));
    raw.execute(&slotbridge_store::distribution().unwrap());
    let left = raw.query(
        "SELECT table_name::text FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_name <> 'spread'
             AND table_name NOT IN (SELECT name FROM spread)",
    );
    let left: Vec<String> = left.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        left,
        Vec::<String>::new(),
        "tables on the coordinator alone"
    );
    for (misplaced, why) in [
        (
            "create_distributed_table('sessions', 'session_id')",
            "does not hold",
        ),
        ("create_reference_table('bookings')", "refers to"),
    ] {
        let refused = raw.refused(&format!("DELETE FROM spread; SELECT {misplaced}"));
        assert!(refused.contains(why), "{misplaced}: {refused}");
    }
}
