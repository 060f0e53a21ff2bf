//! Several hosts in the URL, of which one takes writes.

use super::{END_ALL, raise};
use crate::support::{Fixture, RawPostgres};
use slotbridge_store::{Location, Stopwatch, StoreError, Tx};
use slotbridge_testkit::TestEngine;
use slotbridge_testkit::line::{Is, Line};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The fixture's database at the end of a line and, after that, as it is.
fn behind(fixture: &Fixture) -> (Line, String) {
    let url = fixture.database.url().unwrap();
    let (line, over_line) = Line::before(&url);
    let (_, direct) = url.split_once('@').unwrap();
    let (direct, _) = direct.split_once('/').unwrap();
    let first = line.address().to_string();
    let both = over_line.replace(&first, &format!("{first},{direct}"));
    (line, both)
}

#[test]
fn of_several_hosts_one_that_is_gone_or_silent_is_passed_over() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    for is in [Is::Cut, Is::Silent] {
        let (line, url) = behind(&fixture);
        line.set(is);
        let since = Stopwatch::start();
        let store = fixture.open_with(|options| options.location = Location::Postgres(url));
        let store = store.unwrap();
        let written = store.begin(practice).write(|tx: &mut Tx<'_>| raise(tx, 1));
        fixture.runtime.block_on(written).unwrap();
        assert!(since.elapsed() < Duration::from_secs(5), "{is:?}");
        assert_eq!(line.taken(), 1, "the one that was good is asked first");
    }
}

#[test]
fn of_several_hosts_the_next_one_takes_over_while_callers_wait() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let (line, url) = behind(&fixture);
    let store = fixture.open_with(|options| options.location = Location::Postgres(url));
    let store = store.unwrap();
    let write = |n| {
        let written = store.begin(practice).write(move |tx| raise(tx, n));
        fixture.runtime.block_on(written).unwrap();
    };
    write(1);
    line.set(Is::Cut);
    write(2);
}

#[test]
fn a_server_that_takes_no_writes_is_none_and_is_looked_at_again() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    let name: String = raw.query("SELECT current_database()::text")[0].get(0);
    raw.execute(&format!(
        "ALTER DATABASE {name} SET default_transaction_read_only = on"
    ));
    raw.execute(END_ALL);
    let refused = fixture.write(practice, |tx| raise(tx, 1));
    let Err(StoreError::Away(why)) = refused else {
        unreachable!("{refused:?}");
    };
    assert!(why.contains("does not allow writes"), "{why}");
    let refused = fixture.open_again().map(drop);
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(
        fixture.store.stamp(practice),
        None,
        "nobody follows a standby"
    );
    raw.execute(&format!(
        "ALTER DATABASE {name} RESET default_transaction_read_only"
    ));
    while fixture.store.is_away() {}
    fixture.write(practice, |tx| raise(tx, 1)).unwrap();
}

#[test]
fn a_connection_to_what_was_the_primary_is_given_up() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let store = fixture.open_with(|options| options.postgres_workers = 1);
    let store = store.unwrap();
    let raw = RawPostgres::open(&fixture.database);
    // Those that are connected now are told that the server has become a standby.
    raw.execute(
        "CREATE TABLE demoted AS SELECT clock_timestamp() AS at;
         CREATE FUNCTION demoted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
                 < (SELECT at FROM demoted)
             THEN RAISE SQLSTATE '25006'; END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER demoted BEFORE INSERT ON requests
             FOR EACH ROW EXECUTE FUNCTION demoted()",
    );
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let written = store.begin(practice).write(move |tx: &mut Tx<'_>| {
        counted.fetch_add(1, Ordering::SeqCst);
        raise(tx, 2)?;
        slotbridge_store::numbers::plain(tx)
    });
    fixture.runtime.block_on(written).unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}
