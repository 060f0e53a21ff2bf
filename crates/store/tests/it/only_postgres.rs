//! What only a server does: row-level security, lost connections, several nodes.

mod away;
mod connections;
mod history;
mod hosts;
mod limits;
mod replica;
mod stamps;
mod tls;
mod upgrades;

use crate::support::{ALL, Fixture, Queued, RawPostgres, gate, insert_booking, queue, target};
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::outcome::Outcome;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Location, Result, StoreError, Tx, consumers, numbers, practices, requests};
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine, TestRandom};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

fn raise(tx: &mut Tx<'_>, n: i64) -> Result<()> {
    let target = target(tx.practice()?, n);
    requests::raise(tx, RequestType::Bookings, &target).map(drop)
}

/// Ends every connection to the database but this one, and waits until they are gone.
const END_ALL: &str = "DO $$ BEGIN
    PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend';
    END $$";

/// How many rows of a table a connection sees.
fn count(raw: &RawPostgres, table: &str) -> i64 {
    raw.query(&format!("SELECT COUNT(*) FROM {table}"))[0].get(0)
}

#[test]
fn a_practice_s_transaction_sees_no_other_practice_auth_3() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practices = [fixture.practice(), fixture.practice()];
    for practice in practices {
        fixture
            .write(practice, move |tx| {
                raise(tx, 1)?;
                insert_booking(tx, BookingId::of(practice, 1))
            })
            .unwrap();
    }
    let raw = RawPostgres::open(&fixture.database);
    let tables = ["practices", "practice_counters", "requests", "bookings"];
    let seen = |practice: &str| {
        raw.execute(&format!(
            "BEGIN; SET LOCAL slotbridge.practice_id = '{practice}'"
        ));
        let seen = tables.map(|table| count(&raw, table));
        raw.execute("ROLLBACK");
        seen
    };
    for practice in practices {
        assert_eq!(seen(&practice.to_string()), [1; 4], "{practice}");
    }
    assert_eq!(seen("0"), [2; 4], "the hub's own transactions");
    assert_eq!(seen("4711"), [0; 4], "a practice without rows");
    assert_eq!(seen(""), [0; 4], "nobody said for whom");
    assert_eq!(
        tables.map(|table| count(&raw, table)),
        [0; 4],
        "outside of a transaction"
    );

    // Nor does it write or change another's.
    let [one, two] = practices;
    raw.execute(&format!(
        "BEGIN; SET LOCAL slotbridge.practice_id = '{one}'"
    ));
    let changed = raw.runtime.block_on(raw.client.execute(
        "UPDATE bookings SET comments = 'x' WHERE practice_id = $1",
        &[&two.get()],
    ));
    assert_eq!(changed.unwrap(), 0);
    let inserted = raw.runtime.block_on(raw.client.execute(
        "INSERT INTO liveness_contracts (practice_id, contract) VALUES ($1, '')",
        &[&two.get()],
    ));
    let error = inserted.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501", "{error:?}");
}

#[test]
fn a_statement_that_forgot_to_ask_sees_no_other_practice_auth_3() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practices = [fixture.practice(), fixture.practice()];
    let list = |tx: &mut Tx<'_>| practices::list(tx, ALL);
    for practice in practices {
        for seen in [fixture.read(practice, list), fixture.write(practice, list)] {
            let seen = seen.unwrap().entries;
            let ids: Vec<_> = seen.iter().map(|seen| seen.practice_id).collect();
            assert_eq!(ids, [practice]);
        }
    }
    assert_eq!(fixture.read_global(list).unwrap().total, 2);
}

#[test]
fn every_table_of_a_practice_is_secured_and_we_are_not_above_it() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let raw = RawPostgres::open(&fixture.database);
    let open = raw.query(
        "SELECT c.relname::text FROM pg_class c
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'practice_id'
         WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
             AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                 AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))",
    );
    let open: Vec<String> = open.iter().map(|row| row.get(0)).collect();
    assert_eq!(open, Vec::<String>::new());
    let above =
        raw.query("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user");
    assert!(
        !above[0].get::<_, bool>(0),
        "the tests' own role would see everything"
    );
}

#[test]
fn texts_are_ordered_by_their_bytes_whatever_the_database_s_language() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let raw = RawPostgres::open(&fixture.database);
    let other = raw.query(
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a
         JOIN pg_class c ON c.oid = a.attrelid
         LEFT JOIN pg_collation o ON o.oid = a.attcollation
         WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
             AND a.attnum > 0 AND a.atttypid = 'text'::regtype AND o.collname <> 'C'",
    );
    let other: Vec<String> = other.iter().map(|row| row.get(0)).collect();
    assert_eq!(other, Vec::<String>::new());
}

#[test]
fn a_connection_that_ended_between_transactions_is_no_failure() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    for n in 1..20 {
        fixture.write(practice, move |tx| raise(tx, n)).unwrap();
        raw.execute(END_ALL);
    }
    assert_eq!(fixture.requests(practice).len(), 19);
}

#[test]
fn a_connection_that_ends_within_a_transaction_runs_it_again() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, location) = (Arc::clone(&runs), fixture.database.location());
    fixture
        .write(practice, move |tx| {
            tx.count(Outcome::Created);
            raise(tx, 1)?;
            if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                on_own_connection(&location, END_ALL);
            }
            numbers::plain(tx).map(drop)
        })
        .unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(fixture.store.figures().counted(Outcome::Created), 1);
    assert_eq!(fixture.requests(practice).len(), 1);
    assert_eq!(fixture.write(practice, numbers::plain).unwrap(), 3);
}

fn on_own_connection(location: &Location, text: &str) {
    let Location::Postgres(url) = location else {
        unreachable!("a PostgreSQL database");
    };
    RawPostgres::open_url(url).execute(text);
}

#[test]
fn a_connection_that_ends_at_the_commit_leaves_the_outcome_open() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, location) = (Arc::clone(&runs), fixture.database.location());
    let outcome = fixture.write(practice, move |tx| {
        counted.fetch_add(1, Ordering::SeqCst);
        tx.count(Outcome::Created);
        numbers::plain(tx)?;
        on_own_connection(&location, END_ALL);
        Ok(())
    });
    assert!(
        matches!(outcome, Err(StoreError::OutcomeUnknown(_))),
        "{outcome:?}"
    );
    assert_eq!(runs.load(Ordering::SeqCst), 1, "it might be done twice");
    assert_eq!(fixture.store.figures().counted(Outcome::Created), 0);
    assert_eq!(fixture.write(practice, numbers::plain).unwrap(), 1);
}

#[test]
fn a_connection_that_ends_at_the_end_of_a_read_has_answered() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, location) = (Arc::clone(&runs), fixture.database.location());
    let read = fixture.read(practice, move |tx| {
        let read = requests::outstanding_types(tx)?;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            on_own_connection(&location, END_ALL);
        }
        Ok::<_, StoreError>(read)
    });
    assert_eq!(read.unwrap(), []);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    // Whoever has the connection next notices.
    for number in 1..10 {
        let read = fixture.read(practice, requests::outstanding_types);
        assert_eq!(read.unwrap(), []);
        let written = fixture.write(practice, numbers::plain);
        assert_eq!(written.unwrap(), number);
    }
}

#[test]
fn while_the_server_refuses_the_store_is_unavailable_and_then_recovers() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    let name: String = raw.query("SELECT current_database()::text")[0].get(0);
    for round in 1..=2 {
        raw.execute(&format!("ALTER DATABASE {name} CONNECTION LIMIT 0"));
        raw.execute(END_ALL);
        let refused = fixture.write(practice, move |tx| raise(tx, round));
        assert!(matches!(refused, Err(StoreError::Away(_))), "{refused:?}");
        let refused = fixture.read(practice, requests::outstanding_types);
        assert!(matches!(refused, Err(StoreError::Away(_))), "{refused:?}");
        raw.execute(&format!("ALTER DATABASE {name} CONNECTION LIMIT -1"));
        while fixture.store.is_away() {}
        fixture.write(practice, move |tx| raise(tx, round)).unwrap();
    }
    assert_eq!(fixture.requests(practice).len(), 2);
}

/// Takes two global counters, one after the other, so that two of these in opposite orders lock
/// each other out on their first run.
fn take_two(
    fixture: &Fixture,
    practices_first: bool,
    look_away: bool,
    meet: &Arc<Barrier>,
    runs: &Arc<AtomicU32>,
) -> tokio::task::JoinHandle<Result<()>> {
    let (store, meet, runs) = (
        Arc::clone(&fixture.store),
        Arc::clone(meet),
        Arc::clone(runs),
    );
    let mut first_run = true;
    fixture.runtime.spawn(async move {
        let take = move |tx: &mut Tx<'_>| {
            runs.fetch_add(1, Ordering::SeqCst);
            let one = |tx: &mut Tx<'_>| practices::next_id(tx).map(drop);
            let two = |tx: &mut Tx<'_>| consumers::next_id(tx).map(drop);
            if practices_first {
                one(tx)?;
            } else {
                two(tx)?;
            }
            if std::mem::take(&mut first_run) {
                meet.wait();
            }
            let second = if practices_first { two(tx) } else { one(tx) };
            if !look_away {
                second?;
            }
            numbers_of_consumers(tx).map(drop)
        };
        // Of two practices: those that belong to none are one at a time.
        let practice = PracticeId::new(if practices_first { 1 } else { 2 }).unwrap();
        store.begin(practice).write(take).await
    })
}

fn numbers_of_consumers(tx: &mut Tx<'_>) -> Result<i64> {
    let window = slotbridge_store::Window {
        limit: 1,
        offset: 0,
    };
    let listed = consumers::list(tx, window);
    // Looks away as well.
    Ok(listed.map_or(0, |listed| listed.total))
}

#[test]
fn a_deadlock_is_run_again_even_if_the_use_case_looks_away() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    for look_away in [false, true] {
        let (meet, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
        let both = [true, false]
            .map(|practices_first| take_two(&fixture, practices_first, look_away, &meet, &runs));
        for outcome in both {
            fixture.runtime.block_on(outcome).unwrap().unwrap();
        }
        // PostgreSQL ends one of the two, or both if they find it out at the same moment.
        let runs = runs.load(Ordering::SeqCst);
        assert!((3..=4).contains(&runs), "{runs}");
    }
    let next = fixture
        .runtime
        .block_on(fixture.store.begin_global().write(practices::next_id))
        .unwrap();
    assert_eq!(next, PracticeId::new(5).unwrap());
}

#[test]
fn several_nodes_may_open_a_fresh_database_at_once() {
    if TestEngine::of_this_run() != TestEngine::Postgres {
        return;
    }
    let database = TestDatabase::new();
    let opened: Vec<_> = std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..6)
            .map(|n| {
                let database = &database;
                scope.spawn(move || {
                    let options = database.options(TestClock::new(), TestRandom::new(n));
                    slotbridge_testkit::database::open(options)
                })
            })
            .collect();
        nodes.into_iter().map(|node| node.join().unwrap()).collect()
    });
    for node in opened {
        node.unwrap();
    }
}

#[test]
fn of_two_nodes_with_different_master_keys_the_later_is_refused() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    // Back to the moment at which the first node wrote its check and did not commit yet.
    let raw = RawPostgres::open(&fixture.database);
    const CHECK: &str = "settings WHERE name = 'master_key_check'";
    let check: String = raw.query(&format!("SELECT value FROM {CHECK}"))[0].get(0);
    raw.execute(&format!("DELETE FROM {CHECK}"));
    raw.execute(&format!(
        "BEGIN; INSERT INTO settings (name, value) VALUES ('master_key_check', '{check}')"
    ));
    let asks = RawPostgres::open(&fixture.database);
    let opened = std::thread::scope(|scope| {
        let later = scope.spawn(|| {
            fixture.open_with(|options| {
                options.master_key = slotbridge_store::seal::MasterKey::new([9; 32]);
            })
        });
        until_somebody_waits(&asks);
        raw.execute("COMMIT");
        later.join().unwrap()
    });
    assert!(matches!(opened, Err(StoreError::Refused(_))));
    fixture.open_again().unwrap();
}

#[test]
fn nodes_count_together_req_2() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let other = fixture.open_again().unwrap();
    for n in 0..10 {
        let here = fixture.write(practice, numbers::plain).unwrap();
        let there = fixture
            .runtime
            .block_on(other.begin(practice).write(numbers::plain))
            .unwrap();
        assert_eq!((here, there), (2 * n + 1, 2 * n + 2));
    }
}

/// Waits until somebody waits for a lock.
fn until_somebody_waits(raw: &RawPostgres) {
    const WAITING: &str = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND backend_type = 'client backend'";
    while raw.query(WAITING)[0].get::<_, i64>(0) == 0 {}
}

#[test]
fn a_use_case_is_alone_in_its_practice_req_2() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let practice = fixture.practice();
    let raw = RawPostgres::open(&fixture.database);
    let raise_one =
        move |tx: &mut Tx<'_>| requests::raise(tx, RequestType::Bookings, &target(practice, 1));
    let node = Arc::new(fixture.open_again().unwrap());
    let (gate, mut pass) = gate();
    let first = fixture.queue(practice, move |tx| {
        let raised = raise_one(tx)?;
        pass();
        Ok(raised)
    });
    gate.reached();
    // Another node's: this one lets its own callers of a practice in one by one.
    let second = queue(&node, practice, raise_one);
    until_somebody_waits(&raw);
    gate.open();
    let (first, second) = (
        first.wait(&fixture).unwrap(),
        second.wait(&fixture).unwrap(),
    );
    assert_eq!((first.0, first.1, second.1), (second.0, true, false));
}

#[test]
fn what_somebody_else_holds_up_for_long_is_unavailable() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let (held, free) = (fixture.practice(), fixture.practice());
    let raw = RawPostgres::open(&fixture.database);
    raw.execute("BEGIN; SET LOCAL slotbridge.practice_id = '0'");
    raw.query(&format!(
        "SELECT 1 FROM practice_counters WHERE practice_id = {held} FOR UPDATE"
    ));
    let refused = fixture.write(held, |tx| raise(tx, 1));
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    fixture.write(free, |tx| raise(tx, 1)).unwrap();
    raw.execute("ROLLBACK");
    fixture.write(held, |tx| raise(tx, 1)).unwrap();
}

#[test]
fn a_node_that_hangs_within_a_transaction_loses_it() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let raw = RawPostgres::open(&fixture.database);
    let name: String = raw.query("SELECT current_database()::text")[0].get(0);
    // The operator's limit instead of ours, which is longer than a test.
    raw.execute(&format!(
        "ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '100ms'"
    ));
    raw.execute(END_ALL);
    let practice = fixture.practice();
    let location = fixture.database.location();
    let mut hangs = true;
    fixture
        .write(practice, move |tx| {
            raise(tx, 1)?;
            if std::mem::take(&mut hangs) {
                // Until somebody else gets what this transaction holds.
                on_own_connection(
                    &location,
                    &format!(
                        "SET slotbridge.practice_id = '0';
                     SELECT 1 FROM practice_counters WHERE practice_id = {practice} FOR UPDATE"
                    ),
                );
            }
            raise(tx, 2)
        })
        .unwrap();
    assert_eq!(fixture.requests(practice).len(), 2);
}

#[test]
fn a_practice_that_is_held_up_holds_up_no_other() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let (busy, other) = (fixture.practice(), fixture.practice());
    let (gate, held) = fixture.hold(busy);
    let mut waiting: Vec<_> = (1..=50)
        .map(|n| fixture.queue(busy, move |tx| raise(tx, n)))
        .collect();
    for n in 1..=10 {
        fixture.write(other, move |tx| raise(tx, n)).unwrap();
        assert_eq!(fixture.requests(other).len(), usize::try_from(n).unwrap());
        assert_eq!(fixture.requests(busy).len(), 0, "reading goes on as well");
    }
    assert!(!waiting.iter_mut().any(Queued::is_answered));
    gate.open();
    held.wait(&fixture).unwrap();
    for call in waiting {
        call.wait(&fixture).unwrap();
    }
    // In the order in which they came.
    let raised: Vec<_> = fixture
        .requests(busy)
        .into_iter()
        .map(|raised| raised.target)
        .collect();
    let expected: Vec<_> = (1..=50).map(|n| target(busy, n)).collect();
    assert_eq!(raised, expected);
}
