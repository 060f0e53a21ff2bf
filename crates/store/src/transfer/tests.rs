//! Backups across versions, and every way in which a file can be damaged.

use super::*;
use crate::engine::postgres::Database;
use crate::migrate::{ROW_LEVEL_SECURITY, SCHEMA_VERSION};
use crate::{OpenOptions, Store};
use frames::{FrameReader, FrameWriter, Kind};
use slotbridge_testkit::database::MASTER_KEY;
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine, TestRandom};

/// A version that is yet to come: it begins with rows, adds a column and a table that refers to
/// others (and comes before them by its name), and fills both from what is there.
const NEXT: Migration = Migration::alone(
    SCHEMA_VERSION + 1,
    "
        INSERT INTO counters (name, value) VALUES ('absences', 0);
        ALTER TABLE practices ADD COLUMN nickname TEXT;
        UPDATE practices SET nickname = name || '!';
        CREATE TABLE absences (
            practice_id BIGINT NOT NULL REFERENCES practices,
            absence_id BIGINT NOT NULL,
            proof BLOB,
            PRIMARY KEY (practice_id, absence_id)
        );
        INSERT INTO absences (practice_id, absence_id)
            SELECT practice_id, last_number + 1 FROM practice_counters;
        ",
);

/// This program's migrations and one more.
fn longer() -> Vec<Migration> {
    MIGRATIONS.iter().copied().chain([NEXT]).collect()
}

fn location(database: &TestDatabase) -> Location {
    match (database.folder(), database.url()) {
        (Some(folder), _) => Location::Folder(folder.to_owned()),
        (None, url) => Location::Postgres(url.unwrap()),
    }
}

fn execute(database: &TestDatabase, text: &str) {
    match location(database) {
        Location::Folder(folder) => {
            let connection = rusqlite::Connection::open(folder.join("slotbridge.sqlite")).unwrap();
            connection.execute_batch(text).unwrap();
        }
        Location::Postgres(url) => {
            let mut connection = postgres::connect(Database::to_write(&url).unwrap()).unwrap();
            connection
                .batch(&format!("SET slotbridge.practice_id = '0'; {text}"))
                .unwrap();
        }
    }
}

/// A store with some practices, closed.
fn store() -> TestDatabase {
    let database = TestDatabase::new();
    open(&database).unwrap();
    for practice in 1..=3 {
        execute(
            &database,
            &format!(
                "INSERT INTO practices (practice_id, name, search_name, search_suburb,
                     search_specialties, timezone, specialties, products, test, auto_publish,
                     hide_when_unhealthy, minimum_notice_minutes, default_length_minutes,
                     created_at)
                 VALUES ({practice}, 'Küste {practice}', 'x', 'x', '', 'Australia/Sydney', '[]',
                     '[]', 0, 1, 1, 0, 15, -9000000000000000000);
                 INSERT INTO practice_counters (practice_id, last_number) VALUES ({practice}, 41)"
            ),
        );
    }
    database
}

fn open(database: &TestDatabase) -> crate::Result<()> {
    let options = OpenOptions {
        location: location(database),
        clock: TestClock::new(),
        random: TestRandom::new(1),
        master_key: MasterKey::new(MASTER_KEY),
        previous_master_key: None,
        postgres_workers: 1,
        postgres_replica: None,
    };
    Store::open(options).map(drop)
}

fn migrate_in_place(database: &TestDatabase) {
    match location(database) {
        Location::Folder(folder) => {
            let file = folder.join("slotbridge.sqlite");
            NEXT.on_sqlite(&mut rusqlite::Connection::open(file).unwrap())
                .unwrap();
        }
        Location::Postgres(_) => {
            execute(
                database,
                &format!("{}; {ROW_LEVEL_SECURITY}", NEXT.on_postgres()),
            );
        }
    }
}

fn back_up(migrations: &[Migration], database: &TestDatabase) -> (Vec<u8>, Summary) {
    let mut bytes = Vec::new();
    let summary = backup_with(
        migrations,
        &location(database),
        None,
        Timestamp::UNIX_EPOCH,
        &mut bytes,
        None,
    );
    (bytes, summary.unwrap())
}

fn bring_back(migrations: &[Migration], bytes: &[u8], to: &TestDatabase) -> Result<Summary> {
    restore_with(
        migrations,
        &location(to),
        None,
        &MasterKey::new(MASTER_KEY),
        bytes,
    )
}

fn words<T>(result: Result<T>) -> String {
    result.err().expect("it should be refused").to_string()
}

#[test]
fn an_older_version_s_backup_becomes_what_its_store_would_have_become() {
    let old = store();
    let (bytes, summary) = back_up(MIGRATIONS, &old);
    assert_eq!(summary.header.schema_version, SCHEMA_VERSION);

    let restored = TestDatabase::new();
    bring_back(&longer(), &bytes, &restored).unwrap();
    migrate_in_place(&old);
    let ((_, restored), (_, expected)) = (back_up(&longer(), &restored), back_up(&longer(), &old));
    assert_eq!(
        expected.tables["absences"], 3,
        "the migration has seen the rows"
    );
    assert_eq!(restored.header.schema_version, NEXT.version);
    assert_eq!(restored.tables, expected.tables);
    assert_eq!(restored.content, expected.content);
}

#[test]
fn rows_that_a_migration_begins_with_are_not_doubled() {
    let old = store();
    migrate_in_place(&old);
    execute(
        &old,
        "UPDATE counters SET value = 7 WHERE name = 'absences'",
    );
    let (bytes, before) = back_up(&longer(), &old);
    let restored = TestDatabase::new();
    bring_back(&longer(), &bytes, &restored).unwrap();
    assert_eq!(back_up(&longer(), &restored).1.content, before.content);
}

#[test]
fn a_newer_schema_and_a_newer_format_are_refused_with_what_to_do() {
    let newer = store();
    migrate_in_place(&newer);
    let (mut bytes, _) = back_up(&longer(), &newer);
    let target = TestDatabase::new();
    let told = words(bring_back(MIGRATIONS, &bytes, &target));
    assert!(told.contains("newer version"), "{told}");
    assert!(
        told.contains(&format!("its schema is {}", NEXT.version)),
        "{told}"
    );
    // Nor is a newer store read by an older program.
    let told = words(backup(
        &location(&newer),
        Timestamp::UNIX_EPOCH,
        std::io::sink(),
        None,
    ));
    assert!(told.contains("newer version"), "{told}");

    let digit = bytes.iter().position(|byte| *byte == b'1').unwrap();
    bytes[digit] = b'2';
    let told = words(bring_back(&longer(), &bytes, &target));
    assert!(told.contains("has the format 2"), "{told}");
    assert!(told.contains("newer version"), "{told}");
    bring_back(MIGRATIONS, &back_up(MIGRATIONS, &store()).0, &target).unwrap();
}

#[test]
fn on_postgresql_every_table_of_a_practice_is_walled_off_after_a_restore() {
    if TestEngine::of_this_run() == TestEngine::Sqlite {
        println!("holds on PostgreSQL only: nothing to show here");
        return;
    }
    let restored = TestDatabase::new();
    let (bytes, _) = back_up(MIGRATIONS, &store());
    bring_back(&longer(), &bytes, &restored).unwrap();
    let mut connection =
        postgres::connect(Database::to_write(&restored.url().unwrap()).unwrap()).unwrap();
    let mut count = |condition: &str| {
        let text = format!(
            "SELECT COUNT(*) FROM pg_class WHERE relkind = 'r'
             AND relnamespace = current_schema()::regnamespace AND EXISTS (SELECT 1
                 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'practice_id')
             AND {condition}"
        );
        connection.read_one::<i64>(&text).unwrap()
    };
    assert!(count("true") > 15);
    let walled = "relrowsecurity AND relforcerowsecurity AND EXISTS
        (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'of_practice')";
    assert_eq!(count(&format!("NOT ({walled})")), 0);
}

#[test]
fn frames_show_every_flipped_bit_and_every_cut() {
    let mut good = Vec::new();
    let mut writer = FrameWriter::new(&mut good).unwrap();
    for (kind, payload) in [
        (Kind::Header, "head"),
        (Kind::Rows, "rows"),
        (Kind::End, "end"),
    ] {
        writer.write(kind, payload.as_bytes()).unwrap();
    }
    let length = writer.finish().unwrap();
    assert_eq!(length, good.len() as u64);
    /// All that can be read, and whether the end was reached in order.
    fn frames(bytes: &[u8]) -> (Vec<(Kind, Vec<u8>)>, bool) {
        let mut found = Vec::new();
        let Ok(mut reader) = FrameReader::new(bytes) else {
            return (found, false);
        };
        while let Ok((kind, payload)) = reader.next() {
            found.push((kind, payload.to_vec()));
            if kind == Kind::End {
                return (found, reader.finish().is_ok());
            }
        }
        (found, false)
    }
    let (whole, ended) = frames(&good);
    assert!(ended && whole.len() == 3);
    for at in 0..good.len() {
        let (found, ended) = frames(&good[..at]);
        assert!(!ended && whole.starts_with(&found), "cut at {at}");
        for bit in 0..8 {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << bit;
            let (found, ended) = frames(&damaged);
            assert!(!ended, "bit {bit} of byte {at}");
            assert!(
                whole.starts_with(&found),
                "bit {bit} of byte {at} was handed on"
            );
        }
    }
    good.push(b'\n');
    assert!(!frames(&good).1, "something after the end");
}

#[test]
fn nothing_of_a_damaged_backup_is_stored() {
    let (good, summary) = back_up(MIGRATIONS, &store());
    assert_eq!(verify(&good[..]).unwrap().content, summary.content);
    let target = TestDatabase::new();
    let stride = |full: u32| good.len() / slotbridge_testkit::dose::rounds(16, full) as usize + 1;
    for at in (0..good.len()).step_by(stride(500)).chain([good.len() - 1]) {
        let mut bent = good.clone();
        bent[at] ^= 1 << (at % 8);
        for bytes in [&good[..at], &bent] {
            words(bring_back(MIGRATIONS, bytes, &target));
            assert_eq!(words(verify(bytes)), words(verify(bytes)));
            let told = words(backup(
                &location(&target),
                Timestamp::UNIX_EPOCH,
                std::io::sink(),
                None,
            ));
            assert!(told.contains("there is no store in"), "at {at}: {told}");
        }
        if let Some(folder) = target.folder() {
            let left = std::fs::read_dir(folder).unwrap();
            let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
            assert!(left.iter().all(|name| name == "lock"), "at {at}: {left:?}");
        }
    }
    for text in [
        "",
        "slotbridge",
        "PK\u{3}\u{4}",
        "SQLite format 3\u{0} and so on and on",
    ] {
        assert!(
            words(verify(text.as_bytes())).contains("no backup"),
            "{text}"
        );
    }
    bring_back(MIGRATIONS, &good, &target).unwrap();
    assert_eq!(back_up(MIGRATIONS, &target).1.content, summary.content);
    open(&target).unwrap();
}
