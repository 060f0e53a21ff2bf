//! Opening a store: what is refused, and with which words.

use crate::support::{ALL, Fixture, Raw, TO_SCHEMA_12, insert_booking, target};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::due::{self, DueKind, Until};
use slotbridge_store::seal::MasterKey;
use slotbridge_store::{
    Location, Result, SCHEMA_VERSION, Store, StoreError, Upgrade, bookings, numbers, practices,
    requests,
};
use slotbridge_testkit::{TestClock, TestDatabase, TestRandom};
use std::sync::Arc;

/// The words with which opening is refused.
pub(crate) fn refusal(opened: Result<Store>) -> String {
    match opened {
        Err(StoreError::Refused(words)) => words,
        Err(other) => unreachable!("it should say what to do, not: {other}"),
        Ok(_) => unreachable!("it should be refused"),
    }
}

#[test]
fn reopening_keeps_everything() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let booking = BookingId::of(practice, 1);
    fixture
        .write(practice, move |tx| {
            assert_eq!(numbers::plain(tx)?, 1);
            requests::raise(tx, RequestType::Bookings, &target(practice, 1))?;
            insert_booking(tx, booking)
        })
        .unwrap();

    let fixture = fixture.restart();
    let (name, bookings, seen) = fixture
        .read(practice, move |tx| {
            let name = practices::get(tx, practice)?.map(|practice| practice.name);
            Ok((
                name,
                bookings::get(tx, booking)?,
                requests::list_all(tx, ALL)?.total,
            ))
        })
        .unwrap();
    assert_eq!(name, Some(format!("Practice {practice}")));
    assert_eq!((bookings.unwrap().booking_id, seen), (booking, 1));
    assert_eq!(fixture.write(practice, numbers::plain).unwrap(), 3);
    assert!(fixture.practice() > practice);
    let key = fixture.write(practice, |tx| tx.practice_key().map(drop));
    assert!(key.is_ok(), "{key:?}");
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let fixture = Fixture::new();
    let (clock, random, database) = fixture.close();
    let newer = SCHEMA_VERSION + 1;
    let raw = Raw::open(&database);
    raw.execute(&format!(
        "INSERT INTO schema_migrations (version) VALUES ({newer})"
    ));
    let open =
        || slotbridge_testkit::database::open(database.options(clock.clone(), random.clone()));

    for _ in 0..2 {
        let words = refusal(open());
        assert!(words.contains("newer version"), "{words}");
        assert!(words.contains(&format!("its schema is {newer}")), "{words}");
        assert!(words.contains("backup"), "what to do: {words}");
    }
    raw.execute(&format!(
        "DELETE FROM schema_migrations WHERE version = {newer}"
    ));
    open().unwrap();
}

/// A node that was started again in the midst of a rolling upgrade, or that is there again because
/// the new version has been given up.
#[test]
fn a_store_of_a_newer_version_that_works_beside_this_one_is_opened() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (clock, random, database) = fixture.close();
    let raw = Raw::open(&database);
    let comes_in = |version: i64, works_with: i64| {
        raw.execute(&format!(
            "ALTER TABLE bookings ADD COLUMN of_{version} TEXT;
             INSERT INTO schema_migrations (version, works_with) VALUES ({version}, {works_with})"
        ));
    };
    let open =
        || slotbridge_testkit::database::open(database.options(clock.clone(), random.clone()));

    comes_in(SCHEMA_VERSION + 1, SCHEMA_VERSION);
    comes_in(SCHEMA_VERSION + 2, SCHEMA_VERSION - 1);
    let store = open().unwrap();
    let booking = BookingId::of(practice, 1);
    let booked = store
        .begin(practice)
        .write(move |tx| insert_booking(tx, booking));
    crate::support::runtime().block_on(booked).unwrap();
    drop(store);

    comes_in(SCHEMA_VERSION + 3, SCHEMA_VERSION + 1);
    let words = refusal(open());
    assert!(words.contains("newer version"), "{words}");
}

#[test]
fn an_upgrade_is_looked_at_before_it_is_made() {
    let fixture = Fixture::new();
    let (.., database) = fixture.close();
    let raw = Raw::open(&database);
    let location = database.location();
    let look = || slotbridge_store::look_at_upgrade(&location).unwrap();
    let nothing = Upgrade {
        from: SCHEMA_VERSION,
        to: SCHEMA_VERSION,
        rolls: true,
    };
    assert_eq!(look(), nothing);

    for statement in TO_SCHEMA_12 {
        raw.execute(statement);
    }
    let rolling = Upgrade {
        from: 12,
        ..nothing
    };
    assert_eq!(
        (look(), look()),
        (rolling, rolling),
        "looking changes nothing"
    );
    assert_eq!(slotbridge_store::upgrade(&location).unwrap(), rolling);
    assert_eq!(look(), nothing);

    raw.execute("DELETE FROM schema_migrations WHERE version >= 12");
    let alone = Upgrade {
        from: 11,
        rolls: false,
        ..nothing
    };
    assert_eq!(look(), alone);
}

#[test]
fn an_upgrade_makes_a_store_where_there_is_none() {
    let database = TestDatabase::new();
    let location = database.location();
    let made = Upgrade {
        from: 0,
        to: SCHEMA_VERSION,
        rolls: false,
    };
    let look = slotbridge_store::look_at_upgrade(&location).unwrap();
    let done = slotbridge_store::upgrade(&location).unwrap();
    assert_eq!((look, done), (made, made));
    drop(database.open(TestClock::new(), TestRandom::new(1)));
}

/// On PostgreSQL, row-level security would hide from a migration the rows that it goes by.
#[test]
fn an_upgrade_gives_each_practice_that_is_there_what_is_due_for_it() {
    let fixture = Fixture::new();
    let practices = [fixture.practice(), fixture.practice()];
    let (clock, random, database) = fixture.close();
    let raw = Raw::open(&database);
    raw.execute("DROP TABLE retention");
    // What came after it has to be applied again as well.
    for statement in TO_SCHEMA_12 {
        raw.execute(statement);
    }
    raw.execute("DROP TABLE delivery_lanes");
    raw.execute("ALTER TABLE deliveries DROP COLUMN first_attempt_at");
    raw.execute("DROP TABLE waitlist_offers");
    raw.execute("DROP TABLE waitlist");
    raw.execute("DROP TABLE manage_links_sent");
    raw.execute("DROP INDEX bookings_by_email");
    raw.execute("ALTER TABLE bookings DROP COLUMN rescheduled_to");
    raw.execute("ALTER TABLE bookings DROP COLUMN email_index");
    for table in [
        "sign_in_attempts",
        "sessions",
        "staff_links",
        "staff_recovery_codes",
        "memberships",
        "staff",
    ] {
        raw.execute(&format!("DROP TABLE {table}"));
    }
    raw.execute("DELETE FROM counters WHERE name IN ('staff', 'staff_links', 'sessions')");
    raw.execute("DELETE FROM schema_migrations WHERE version >= 8");
    assert_eq!(SCHEMA_VERSION, 15);
    let store = database.open(clock, random);
    let far = "2100-01-01T00:00:00Z".parse().unwrap();
    let due = store
        .begin_global()
        .read(move |tx| due::next(tx, Until::any(far), 10));
    let due = crate::support::runtime().block_on(due).unwrap();
    let planned: Vec<_> = due
        .iter()
        .filter(|row| row.kind == DueKind::Retention)
        .map(|row| row.practice_id)
        .collect();
    assert_eq!(planned, practices);
}

#[test]
fn another_master_key_is_refused() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (clock, random, database) = fixture.close();
    let mut options = database.options(clock.clone(), random.clone());
    options.master_key = MasterKey::new([9; 32]);
    let words = refusal(slotbridge_testkit::database::open(options));
    assert!(words.contains("master key"), "{words}");
    assert!(
        words.contains("SLOTBRIDGE_MASTER_KEY"),
        "what to do: {words}"
    );

    let store = database.open(clock, random);
    let runtime = crate::support::runtime();
    let key = runtime.block_on(store.begin(practice).read(|tx| tx.practice_key().map(drop)));
    assert!(key.is_ok(), "the right one still opens everything: {key:?}");
}

#[test]
fn a_place_that_cannot_be_is_refused_in_words() {
    let fixture = Fixture::new();
    let nowhere = |location| refusal(fixture.open_with(|options| options.location = location));
    let words = nowhere(Location::Postgres("host=x frobnicate=y".into()));
    assert!(words.contains("database URL"), "{words}");
    let file = tempfile_path(&fixture);
    let words = nowhere(Location::Folder(file.clone()));
    assert!(words.contains(&file.display().to_string()), "{words}");
}

/// A file where a folder should be.
fn tempfile_path(fixture: &Fixture) -> std::path::PathBuf {
    match fixture.database.location() {
        Location::Folder(folder) => folder.join("slotbridge.sqlite"),
        Location::Postgres(_) => env!("CARGO_MANIFEST_PATH").into(),
    }
}

#[test]
fn dropping_the_store_finishes_what_is_queued() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (gate, held) = fixture.hold(practice);
    let queued: Vec<_> = (1..=50)
        .map(|n| {
            fixture.queue(practice, move |tx| {
                requests::raise(tx, RequestType::Bookings, &target(practice, n))
            })
        })
        .collect();
    // Whoever waited goes away, and the server stops.
    drop((held, queued));
    let Fixture {
        store,
        runtime,
        clock,
        random,
        database,
    } = fixture;
    let dropping = std::thread::spawn(move || drop(Arc::into_inner(store).unwrap()));
    gate.open();
    dropping.join().unwrap();

    let store = Arc::new(database.open(clock.clone(), random.clone()));
    let again = Fixture {
        store,
        runtime,
        clock,
        random,
        database,
    };
    assert_eq!(again.requests(practice).len(), 50);
}
