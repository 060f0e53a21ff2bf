//! What only the embedded store promises.

use crate::support::{Fixture, gate, raw_sqlite, target};
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Result, StoreError, Tx, requests};
use slotbridge_testkit::TestEngine;

fn raise(tx: &mut Tx<'_>, n: i64) -> Result<()> {
    let target = target(tx.practice()?, n);
    requests::raise(tx, RequestType::Bookings, &target).map(drop)
}

/// What another process sees.
fn seen(fixture: &Fixture) -> i64 {
    raw_sqlite(&fixture.database)
        .query_row("SELECT COUNT(*) FROM requests", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn an_answer_goes_out_after_the_commit_and_not_before() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    let practice = fixture.practice();
    let (first, held) = fixture.hold(practice);
    let mut before = fixture.queue(practice, |tx| raise(tx, 1));
    let (second, mut pass) = gate();
    let last = fixture.queue(practice, move |tx| {
        pass();
        raise(tx, 2)
    });
    first.open();
    second.reached();
    // All three share a commit: the first two are done, and the last still runs.
    assert_eq!(seen(&fixture), 0);
    assert!(!before.is_answered(), "an answer before the commit");
    second.open();
    before.wait(&fixture).unwrap();
    assert_eq!(seen(&fixture), 2, "one commit for both");
    last.wait(&fixture).unwrap();
    held.wait(&fixture).unwrap();
    for n in 3..50 {
        fixture.write(practice, move |tx| raise(tx, n)).unwrap();
        assert_eq!(seen(&fixture), n);
    }
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    let words = match fixture.open_again() {
        Err(StoreError::Refused(words)) => words,
        Err(other) => unreachable!("it should say what to do, not: {other}"),
        Ok(_) => unreachable!("two servers on one folder"),
    };
    let folder = fixture.database.folder().unwrap().display().to_string();
    assert!(words.contains("another slotbridge is running"), "{words}");
    assert!(words.contains(&folder), "{words}");
    assert!(words.contains("--data-dir"), "what to do: {words}");
    // The first is not disturbed, and its end lets the next one in.
    fixture.practice();
    fixture.restart().practice();
}

#[test]
fn a_stopped_server_leaves_everything_in_one_file() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    let practice = fixture.practice();
    fixture.write(practice, |tx| raise(tx, 1)).unwrap();
    assert_eq!(fixture.requests(practice).len(), 1);
    let Fixture {
        store, database, ..
    } = fixture;
    drop(store);
    let names = || {
        let entries = std::fs::read_dir(database.folder().unwrap()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["lock", "slotbridge.sqlite"]);
    // The file says by itself that it is written ahead: whoever opens it gets the same.
    let mode: String = raw_sqlite(&database)
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn the_log_begins_anew_while_it_is_written_to() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    let practice = fixture.practice();
    let folder = fixture.database.folder().unwrap();
    let raw = rusqlite::Connection::open(folder.join("slotbridge.sqlite")).unwrap();
    raw.execute_batch("PRAGMA wal_autocheckpoint = 0; CREATE TABLE filler (bytes BLOB)")
        .unwrap();
    let (pages, rounds) = (200_u64, 150_u64);
    let fill = format!(
        "INSERT INTO filler WITH RECURSIVE n (i) AS
             (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {pages})
         SELECT zeroblob(4000) FROM n"
    );
    let mut longest = 0;
    for n in 0..rounds {
        raw.execute_batch(&fill).unwrap();
        // After the first the log is seen to, before the second it can begin anew.
        for half in 0..2 {
            let n = i64::try_from(2 * n + half).unwrap();
            fixture.write(practice, move |tx| raise(tx, n)).unwrap();
        }
        longest = longest.max(fixture.store.sizes().unwrap().wal);
    }
    let written = pages * rounds * 4096;
    assert!(longest < written / 2, "{longest} of {written} bytes");
}

#[test]
fn readers_do_not_wait_for_a_writer() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    let practice = fixture.practice();
    fixture.write(practice, |tx| raise(tx, 1)).unwrap();
    let (gate, held) = fixture.hold(practice);
    assert_eq!(fixture.requests(practice).len(), 1);
    gate.open();
    held.wait(&fixture).unwrap();
}

/// How SQLite goes about a statement.
fn plan(fixture: &Fixture, text: &str) -> Vec<String> {
    let raw = raw_sqlite(&fixture.database);
    let mut statement = raw.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get("detail").unwrap());
    }
    steps
}

#[test]
fn no_statement_reads_through_a_practice_s_table() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    // Lists for operators, and patients' search, go through all practices, consumers or staff (`s`).
    // The rows that a recursive statement makes itself are as many as there are lanes, or types of what is
    // found; `t` are those of a batch.
    let global = [
        "practices",
        "consumers",
        "c",
        "operator_tokens",
        "staff",
        "s",
        "lanes",
        "found",
        "t",
        "delivery_lanes",
    ];
    // The earliest due row is the first of its index. The others are the overview of all practices:
    // what is open, not what was.
    let short = [
        "SCAN due USING COVERING INDEX due_by_time",
        "SCAN alerts USING COVERING INDEX sqlite_autoindex_alerts_1",
        "SCAN consents USING INDEX consents_live",
        "SCAN requests USING INDEX requests_outstanding",
        "SCAN health USING COVERING INDEX health_unhealthy",
        "SCAN deliveries USING COVERING INDEX deliveries_waiting",
    ];
    let reads_through = |text: &str| -> Vec<String> {
        let mut steps = plan(&fixture, text);
        steps.retain(|step| {
            let table = step
                .strip_prefix("SCAN ")
                .and_then(|rest| rest.split(' ').next());
            let constant = step.contains(" CONSTANT ROW") || step.ends_with(" VALUES CLAUSE");
            table.is_some_and(|table| !global.contains(&table))
                && !constant
                && !short.contains(&step.as_str())
        });
        steps
    };
    for sql in slotbridge_store::statements() {
        let found = reads_through(sql.sqlite());
        assert!(found.is_empty(), "{}: {found:?}", sql.name);
    }
    let bad = "SELECT * FROM bookings WHERE booking_id = ?1";
    assert_eq!(reads_through(bad).len(), 1, "it would be seen");
}

#[test]
fn a_day_is_found_without_reading_the_practice_s_past() {
    let Some(fixture) = Fixture::only_on(TestEngine::Sqlite) else {
        return;
    };
    let statements = slotbridge_store::statements();
    let between = statements
        .iter()
        .find(|sql| sql.name.ends_with("resource_days::BETWEEN"))
        .unwrap();
    let plan = plan(&fixture, between.sqlite()).concat();
    assert!(plan.contains("practice_id=? AND day>? AND day<?"), "{plan}");
}

#[test]
fn the_library_has_the_fix_of_the_log_s_reset() {
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}
