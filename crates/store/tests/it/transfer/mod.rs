//! Backup and restore: what comes back is what there was, on whichever engine, and goes on working.

mod refusals;
mod round_trip;
mod scene;
mod secrecy;
mod snapshot;
mod under_load;

use slotbridge_domain::clock::Clock;
use slotbridge_store::Location;
use slotbridge_store::seal::MasterKey;
use slotbridge_store::transfer::{self, Result, Summary};
use slotbridge_testkit::database::MASTER_KEY;
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine};
use std::io::Write;

/// From which engine to which; on PostgreSQL's run also those that cross over.
pub(super) fn directions() -> Vec<(TestEngine, TestEngine)> {
    use TestEngine::{Postgres, Sqlite};
    match TestEngine::of_this_run() {
        Sqlite => vec![(Sqlite, Sqlite)],
        Postgres => vec![(Postgres, Postgres), (Postgres, Sqlite), (Sqlite, Postgres)],
    }
}

/// Backups block: they are made away from any async runtime.
pub(super) fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

pub(super) fn back_up_to(database: &TestDatabase, out: impl Write + Send) -> Result<Summary> {
    let (location, now) = (database.location(), TestClock::new().now());
    on_a_thread(|| transfer::backup(&location, now, out, None))
}

pub(super) fn back_up(database: &TestDatabase) -> (Vec<u8>, Summary) {
    let mut bytes = Vec::new();
    let summary = back_up_to(database, &mut bytes).unwrap();
    assert_eq!(summary.bytes, bytes.len() as u64);
    assert_eq!(
        transfer::verify(&bytes[..]).unwrap().content,
        summary.content
    );
    (bytes, summary)
}

pub(super) fn restore_to(location: &Location, key: [u8; 32], bytes: &[u8]) -> Result<Summary> {
    on_a_thread(|| transfer::restore(location, &MasterKey::new(key), bytes))
}

pub(super) fn restore(bytes: &[u8], engine: TestEngine) -> TestDatabase {
    let database = TestDatabase::on(engine);
    restore_to(&database.location(), MASTER_KEY, bytes).unwrap();
    database
}

/// The words of a refusal.
pub(super) fn words<T>(result: Result<T>) -> String {
    match result {
        Err(error) => error.to_string(),
        Ok(_) => unreachable!("it should be refused"),
    }
}
