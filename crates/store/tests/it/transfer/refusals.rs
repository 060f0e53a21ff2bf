//! What is not done, and with which words.

use super::{back_up, restore_to, words};
use crate::support::{Fixture, Raw};
use slotbridge_store::seal::MasterKey;
use slotbridge_store::{Location, transfer};
use slotbridge_testkit::database::MASTER_KEY;
use slotbridge_testkit::{TestDatabase, TestEngine};

fn nothing_at(database: &TestDatabase) -> String {
    words(super::back_up_to(database, std::io::sink()))
}

#[test]
fn where_there_is_no_store_there_is_nothing_to_back_up() {
    let database = TestDatabase::new();
    let told = nothing_at(&database);
    assert!(told.starts_with("there is no store in"), "{told}");
    if let Location::Folder(folder) = database.location() {
        assert_eq!(
            std::fs::read_dir(&folder).unwrap().count(),
            0,
            "nothing was made"
        );
        // A file that a first start has not filled yet.
        std::fs::write(folder.join("slotbridge.sqlite"), "").unwrap();
        assert!(nothing_at(&database).starts_with("there is no store in"));
    }
}

#[test]
fn a_store_is_never_restored_over_another() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    fixture.practice();
    let (bytes, _) = back_up(&fixture.database);
    let (_, before) = back_up(&other.database);
    let running = words(restore_to(&other.database.location(), MASTER_KEY, &bytes));
    let Fixture {
        store, database, ..
    } = other;
    drop(store);
    let stopped = words(restore_to(&database.location(), MASTER_KEY, &bytes));
    assert!(stopped.starts_with("there is a store already"), "{stopped}");
    if database.engine() == TestEngine::Sqlite {
        assert!(
            running.contains("another slotbridge is running"),
            "{running}"
        );
        assert!(
            stopped.contains("name another with --data-dir"),
            "{stopped}"
        );
    } else {
        assert!(running.starts_with("there is a store already"), "{running}");
        assert!(stopped.contains("createdb"), "{stopped}");
    }
    assert_eq!(back_up(&database).1.content, before.content);
}

/// The log of a store that was moved away would be replayed into the restored one.
#[test]
fn a_log_without_its_store_is_in_the_way() {
    let fixture = Fixture::new();
    let (bytes, _) = back_up(&fixture.database);
    for ending in ["-wal", "-shm", "-journal"] {
        let database = TestDatabase::on(TestEngine::Sqlite);
        let left = database
            .folder()
            .unwrap()
            .join(format!("slotbridge.sqlite{ending}"));
        std::fs::write(&left, "x").unwrap();
        let told = words(restore_to(&database.location(), MASTER_KEY, &bytes));
        assert!(
            told.contains(ending) && told.contains("move all files"),
            "{told}"
        );
        std::fs::remove_file(left).unwrap();
        restore_to(&database.location(), MASTER_KEY, &bytes).unwrap();
    }
}

#[test]
fn what_a_killed_restore_has_left_is_removed_by_the_next() {
    let fixture = Fixture::new();
    let (bytes, _) = back_up(&fixture.database);
    let database = TestDatabase::on(TestEngine::Sqlite);
    let left = database
        .folder()
        .unwrap()
        .join("slotbridge.sqlite.restoring-aBcDeF");
    std::fs::write(&left, "x").unwrap();
    restore_to(&database.location(), MASTER_KEY, &bytes).unwrap();
    assert!(!left.exists());
}

#[test]
fn another_master_key_is_refused_before_anything_is_made() {
    let fixture = Fixture::new();
    let (bytes, summary) = back_up(&fixture.database);
    let right = MasterKey::new(MASTER_KEY).fingerprint();
    assert_eq!(summary.header.master_key.as_ref(), Some(&right));
    let (wrong, target) = ([9; 32], TestDatabase::new());
    let told = words(restore_to(&target.location(), wrong, &bytes));
    assert!(told.contains(&right), "which key is wanted: {told}");
    assert!(
        told.contains(&MasterKey::new(wrong).fingerprint()),
        "{told}"
    );
    assert!(told.contains("SLOTBRIDGE_MASTER_KEY"), "what to do: {told}");
    assert!(nothing_at(&target).starts_with("there is no store in"));
    if let Some(folder) = target.folder() {
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    }

    // A store that does not know its key's fingerprint yet: the key is tried itself.
    let Fixture {
        store, database, ..
    } = fixture;
    drop(store);
    Raw::open(&database).execute("DELETE FROM settings WHERE name = 'master_key_fingerprint'");
    let (bytes, summary) = back_up(&database);
    assert_eq!(summary.header.master_key, None);
    let told = words(restore_to(&target.location(), wrong, &bytes));
    assert!(told.contains("the master key is not the one"), "{told}");
    assert!(nothing_at(&target).starts_with("there is no store in"));
    restore_to(&target.location(), MASTER_KEY, &bytes).unwrap();
}

#[test]
fn those_who_watch_are_told_how_far_it_is() {
    let fixture = Fixture::new();
    fixture.practice();
    let (location, mut last) = (fixture.database.location(), (0, 0));
    let mut watch = |done: u64, all: u64| {
        assert!(done > last.0 && done <= all);
        last = (done, all);
    };
    let now = crate::support::now(&fixture);
    let summary = transfer::backup(&location, now, std::io::sink(), Some(&mut watch)).unwrap();
    assert_eq!(last, (summary.rows, summary.rows));
}
