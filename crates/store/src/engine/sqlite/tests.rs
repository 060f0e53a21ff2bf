//! What happens to a group that SQLite itself undoes: nothing that a caller can bring about.

use super::*;
use crate::Figures;
use crate::engine::{Access, Call};
use crate::seal::{Keyring, MasterKey};
use crate::sql::Sql;
use jiff::Timestamp;
use slotbridge_domain::clock::{Clock, Random};
use tokio::sync::oneshot;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

impl Random for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

struct Writer {
    connection: rusqlite::Connection,
    shared: Arc<Shared>,
}

type Answer = oneshot::Receiver<Result<()>>;
type UseCase = Box<dyn FnMut(&mut Tx<'_>) -> Result<()> + Send>;

impl Writer {
    /// A database of at most `pages` pages of 4 KiB.
    fn new(pages: u32) -> Self {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch(&format!(
                "PRAGMA max_page_count = {pages}; CREATE TABLE t (text TEXT NOT NULL)"
            ))
            .unwrap();
        let shared = Arc::new(Shared {
            node: 0,
            clock: Arc::new(Still),
            keyring: Keyring::new(&MasterKey::new([7; 32]), None, Arc::new(Still)).unwrap(),
            figures: Figures::default(),
            stamps: Arc::new(crate::stamps::Stamps::alone()),
            watch: std::sync::OnceLock::new(),
            woken: tokio::sync::Notify::new(),
            writes_fail: std::sync::atomic::AtomicBool::new(false),
        });
        Self { connection, shared }
    }

    /// Runs use cases as one group; some may stay in the queue.
    fn run(&self, use_cases: Vec<UseCase>) -> Ran {
        let (queue, mut jobs) = mpsc::channel(QUEUE);
        let mut answers = Vec::new();
        for use_case in use_cases {
            let (call, answer) = Call::new(None, Access::Writes, use_case, &self.shared);
            assert!(queue.try_send(Box::new(call) as Box<dyn Job>).is_ok());
            answers.push(answer);
        }
        let first = jobs.try_recv().unwrap();
        write_group(&self.connection, first, &mut jobs, &self.shared);
        Ran { answers, jobs }
    }

    fn rows(&self) -> i64 {
        let count = "SELECT COUNT(*) FROM t";
        self.connection
            .query_row(count, [], |row| row.get(0))
            .unwrap()
    }
}

struct Ran {
    answers: Vec<Answer>,
    jobs: mpsc::Receiver<Box<dyn Job>>,
}

fn insert(tx: &mut Tx<'_>, length: usize) -> Result<()> {
    static INSERT: Sql = Sql::new("INSERT", "INSERT INTO t (text) VALUES ($1)");
    tx.execute(&INSERT, crate::args![&"x".repeat(length)])
        .map(drop)
}

#[test]
fn a_full_disk_is_an_error_for_everybody_in_the_group_and_for_nobody_after_it() {
    let writer = Writer::new(20);
    let Ran {
        mut answers,
        mut jobs,
    } = writer.run(vec![
        Box::new(|tx| insert(tx, 10)),
        Box::new(|_| Err(StoreError::Corrupt("on purpose"))),
        Box::new(|tx| {
            // Looks away.
            let _ = insert(tx, 1_000_000);
            Ok(())
        }),
        Box::new(|tx| insert(tx, 20)),
    ]);
    let mut last = answers.pop().unwrap();
    for mut answer in answers {
        let answer = answer.try_recv().unwrap();
        assert!(
            matches!(answer, Err(StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
    assert_eq!(writer.rows(), 0);

    assert!(last.try_recv().is_err(), "it was not in the group");
    let next = jobs.try_recv().unwrap();
    write_group(&writer.connection, next, &mut jobs, &writer.shared);
    assert!(last.try_recv().unwrap().is_ok());
    assert_eq!(writer.rows(), 1);
}

#[test]
fn a_group_whose_savepoints_are_lost_is_undone_as_a_whole() {
    static SABOTAGE: Sql = Sql::new("SABOTAGE", "RELEASE caller");
    let writer = Writer::new(100);
    for keep in [true, false] {
        let Ran { answers, .. } = writer.run(vec![
            Box::new(|tx| insert(tx, 10)),
            Box::new(move |tx| {
                insert(tx, 10)?;
                tx.execute(&SABOTAGE, &[])?;
                if keep {
                    Ok(())
                } else {
                    Err(StoreError::Corrupt("on purpose"))
                }
            }),
        ]);
        for mut answer in answers {
            let answer = answer.try_recv().unwrap();
            assert!(
                matches!(answer, Err(StoreError::Unavailable(_))),
                "{answer:?}"
            );
        }
        assert_eq!(writer.rows(), 0, "{keep}");
        let Ran { mut answers, .. } = writer.run(vec![Box::new(|tx| insert(tx, 10))]);
        assert!(answers.remove(0).try_recv().unwrap().is_ok());
        assert_eq!(writer.rows(), 1);
        writer.connection.execute_batch("DELETE FROM t").unwrap();
    }
}

#[test]
fn a_transaction_that_was_left_open_is_undone_before_the_next() {
    let writer = Writer::new(100);
    writer
        .connection
        .execute_batch("BEGIN; INSERT INTO t (text) VALUES ('left')")
        .unwrap();
    let Ran { mut answers, .. } = writer.run(vec![Box::new(|tx| insert(tx, 10))]);
    assert!(answers.remove(0).try_recv().unwrap().is_ok());
    assert_eq!(writer.rows(), 1);
    assert!(writer.connection.is_autocommit());
}

#[test]
fn what_a_failed_commit_leaves_is_said_as_it_is() {
    let error = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
    let outcome = |code| commit_failure(&error(code));
    let sync = outcome(rusqlite::ffi::SQLITE_IOERR_FSYNC);
    assert!(matches!(sync, StoreError::OutcomeUnknown(_)), "{sync}");
    let full = outcome(rusqlite::ffi::SQLITE_FULL);
    assert!(matches!(full, StoreError::Unavailable(_)), "{full}");
}

#[test]
fn the_writer_is_durable_and_minds_its_references() {
    let folder = tempfile::tempdir().unwrap();
    let connection = open_writer(&folder.path().join("file")).unwrap();
    let number = |name: &str| -> i64 {
        let value = connection.pragma_query_value(None, name, |row| row.get(0));
        value.unwrap()
    };
    assert_eq!(
        number("synchronous"),
        2,
        "FULL: a commit outlives a power cut"
    );
    assert_eq!(number("foreign_keys"), 1);
    assert_eq!(
        number("temp_store"),
        2,
        "MEMORY: no file outside of the folder"
    );
}
