//! How long a statement may take, and what may take longer.

use super::{END_ALL, raise};
use crate::support::{Fixture, RawPostgres};
use slotbridge_store::seal::MasterKey;
use slotbridge_store::{Stopwatch, StoreError};
use slotbridge_testkit::database::{MASTER_KEY, open};
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine, TestRandom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Makes each change of a table take so long: at once, or at the commit.
fn slow(raw: &RawPostgres, table: &str, at_commit: bool, seconds: f64) {
    let trigger = match at_commit {
        true => format!(
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT OR UPDATE ON {table}
                 DEFERRABLE INITIALLY DEFERRED"
        ),
        false => format!("CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON {table}"),
    };
    raw.execute(&format!(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END $$;
         {trigger} FOR EACH ROW EXECUTE FUNCTION slow()"
    ));
}

/// What the operator says in place of us.
fn limit(raw: &RawPostgres, limit: &str) {
    let name: String = raw.query("SELECT current_database()::text")[0].get(0);
    raw.execute(&format!(
        "ALTER DATABASE {name} SET statement_timeout = '{limit}'"
    ));
    raw.execute(END_ALL);
}

#[test]
fn a_statement_that_takes_long_is_ended_and_not_run_again() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    slow(&raw, "requests", false, 60.0);
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, since) = (Arc::clone(&runs), Stopwatch::start());
    let ended = fixture.write(practice, move |tx| {
        counted.fetch_add(1, Ordering::SeqCst);
        raise(tx, 1)?;
        // What was pushed is sent.
        slotbridge_store::numbers::plain(tx).map(drop)
    });
    let Err(StoreError::Unavailable(why)) = ended else {
        unreachable!("{ended:?}");
    };
    assert!(why.ends_with("57014"), "{why}");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert!(since.elapsed() < Duration::from_secs(20));
    raw.execute("DROP TRIGGER slow ON requests");
    fixture.write(practice, |tx| raise(tx, 1)).unwrap();
}

/// A standby that must confirm a commit may be slow. To end the wait would not undo the commit, but
/// pass it off as confirmed; PostgreSQL's limit ends before it.
#[test]
fn a_commit_takes_as_long_as_it_does() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    slow(&raw, "requests", true, 0.4);
    limit(&raw, "200ms");
    fixture.write(practice, |tx| raise(tx, 1)).unwrap();
    assert_eq!(fixture.requests(practice).len(), 1);
}

#[test]
fn the_schema_and_a_new_master_key_take_as_long_as_they_do() {
    if TestEngine::of_this_run() != TestEngine::Postgres {
        return;
    }
    let database = TestDatabase::new();
    let raw = RawPostgres::open(&database);
    limit(&raw, "20ms");
    let options = || database.options(TestClock::new(), TestRandom::new(1));
    drop(open(options()).unwrap());
    slow(&raw, "settings", false, 0.1);
    let mut changed = options();
    changed.master_key = MasterKey::new([9; 32]);
    changed.previous_master_key = Some(MasterKey::new(MASTER_KEY));
    drop(open(changed).unwrap());
}
