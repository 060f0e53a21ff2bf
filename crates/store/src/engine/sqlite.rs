//! SQLite: one writer thread with group commit, and reader connections.
//!
//! The writer takes a caller from the queue, and with it all who wait behind, runs each in a
//! savepoint of its own and commits them all in one durable commit. Whoever failed is undone
//! alone; the answers go out after the commit. An error that makes SQLite undo the whole
//! transaction (disk full, I/O) is an error for everybody in it.

mod checkpoints;

use super::{Job, Shared, run_guarded};
use crate::tx::{Connection, Failure, Tx};
use crate::{FileSizes, Result, Stopwatch, StoreError};
use checkpoints::Checkpoints;
use parking_lot::Mutex;
use rusqlite::{ErrorCode, OpenFlags, config::DbConfig};
use slotbridge_domain::ids::PracticeId;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc;

/// How many callers share one durable commit at most.
const GROUP: usize = 256;
/// How many callers may wait before the next has to wait for a place in the queue.
const QUEUE: usize = 4096;
/// How many reader connections are kept open.
const READERS: usize = 16;
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 512;

pub(crate) struct Sqlite {
    path: PathBuf,
    shared: Arc<Shared>,
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    writer: Option<JoinHandle<()>>,
    readers: Mutex<Vec<rusqlite::Connection>>,
}

/// Translates SQLite's error.
pub(crate) fn failure(statement: &'static str, error: &rusqlite::Error) -> Failure {
    let unavailable = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
        )
    );
    Failure::Final(if unavailable {
        StoreError::Unavailable(format!("{statement}: {error}"))
    } else {
        StoreError::Statement {
            statement,
            message: error.to_string(),
        }
    })
}

fn unavailable(error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

/// Why a commit failed. Its frames may stand in the log although the sync failed that should have
/// made them durable: until the next commit overwrites them, a crash may bring them to light. Only
/// where the disk was full are they certainly not whole.
fn commit_failure(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy) => unavailable(error),
        _ => StoreError::OutcomeUnknown(error.to_string()),
    }
}

/// Opens the one connection that writes, and with it the file.
pub(crate) fn open_writer(path: &Path) -> Result<rusqlite::Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        rusqlite::Connection::open_with_flags(path, flags).map_err(|error| unavailable(&error))?;
    prepare(&connection)
        .and_then(|()| {
            // WAL is a property of the file: set once, here, before the readers open.
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
                row.get::<_, String>(0)
            })?;
            connection.execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = FAST;
                 PRAGMA wal_autocheckpoint = 20000",
            )
        })
        .map_err(|error| unavailable(&error))?;
    Ok(connection)
}

/// Opens a connection that only reads: one of several, beside the writer.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    // Without it SQLite prepares a statement anew whenever its bindings are cleared.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // What a savepoint may have to undo, and what is sorted, goes into no file outside of the data
    // folder: it holds what the store holds, and another full disk would be another way to fail.
    connection.execute_batch("PRAGMA temp_store = MEMORY")?;
    connection.busy_timeout(std::time::Duration::from_secs(5))
}

impl Sqlite {
    pub(crate) fn start(
        path: PathBuf,
        connection: rusqlite::Connection,
        shared: Arc<Shared>,
    ) -> Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let for_writer = Arc::clone(&shared);
        let checkpoints = Checkpoints::start(&path)?;
        let writer = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || {
                write_loop(&connection, jobs, &for_writer, &checkpoints);
                // The writer's connection is the last to close.
                drop(checkpoints);
            })
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            path,
            shared,
            queue: Some(queue),
            writer: Some(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    pub(crate) fn sizes(&self) -> Option<FileSizes> {
        let size = |path: &Path| std::fs::metadata(path).map(|file| file.len());
        let mut wal = self.path.clone().into_os_string();
        wal.push("-wal");
        Some(FileSizes {
            database: size(&self.path).ok()?,
            wal: size(Path::new(&wal)).unwrap_or(0),
        })
    }

    pub(crate) async fn submit(&self, job: Box<dyn Job>) -> Result<()> {
        let stopped = || StoreError::Unavailable("the writer has stopped".into());
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(job).await.map_err(|_| stopped())
    }

    /// Runs a use case that only reads, here and now, on a connection of its own.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        practice: Option<PracticeId>,
        use_case: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let pooled = self.readers.lock().pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => open_reader(&self.path).map_err(|error| unavailable(&error))?,
        };
        let begin = run_cached(&connection, "BEGIN");
        begin.map_err(|error| unavailable(&error))?;
        let mut tx = begin_tx(&connection, practice, true, &self.shared);
        let result = run_guarded(use_case, &mut tx);
        let failure = tx.failure;
        if run_cached(&connection, "ROLLBACK").is_ok() {
            let mut readers = self.readers.lock();
            if readers.len() < READERS {
                readers.push(connection);
            }
        }
        failure.map_or(result, |failure| Err(failure.error().into()))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The writer's connection is the last to close: only it can then move the log into the
        // file, so that a stopped store is one file.
        self.readers.get_mut().clear();
        // Whoever is in the queue is still served.
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            super::join(writer);
        }
    }
}

fn begin_tx<'c>(
    connection: &'c rusqlite::Connection,
    practice: Option<PracticeId>,
    reads_only: bool,
    shared: &'c Shared,
) -> Tx<'c> {
    Tx {
        connection: Connection::Sqlite(connection),
        now: shared.clock.now(),
        clock: &*shared.clock,
        node: shared.node,
        practice,
        keyring: &shared.keyring,
        figures: &shared.figures,
        counted: Vec::new(),
        wakes: false,
        lists: false,
        configures: false,
        reads_only,
        is_over: false,
        watch: shared.watch.get(),
        failure: None,
    }
}

fn run_cached(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// Undoes a transaction that is open though it should not be.
fn undo(connection: &rusqlite::Connection) {
    if !connection.is_autocommit() {
        let _ = run_cached(connection, "ROLLBACK");
    }
}

fn write_loop(
    connection: &rusqlite::Connection,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    shared: &Shared,
    checkpoints: &Checkpoints,
) {
    while let Some(first) = jobs.blocking_recv() {
        write_group(connection, first, &mut jobs, shared);
        checkpoints.see_to(connection);
    }
}

/// Runs `first` and whoever waits behind it, and commits them together.
fn write_group(
    connection: &rusqlite::Connection,
    first: Box<dyn Job>,
    jobs: &mut mpsc::Receiver<Box<dyn Job>>,
    shared: &Shared,
) {
    let before = connection.total_changes();
    // What an earlier group left open because even its undoing failed.
    undo(connection);
    if let Err(error) = run_cached(connection, "BEGIN IMMEDIATE") {
        let outcome = Err(unavailable(&error));
        shared.note_write(&outcome);
        return first.finish(outcome);
    }
    let mut done = Vec::new();
    let mut next = Some(first);
    let mut group = Ok(());
    while let Some(mut job) = next.take() {
        match write_one(connection, job.as_mut(), shared) {
            Ok(outcome) => done.push((job, outcome)),
            Err(error) => {
                done.push((job, Ok(())));
                group = Err(error);
                break;
            }
        }
        if done.len() < GROUP {
            next = jobs.try_recv().ok();
        }
    }
    let since = Stopwatch::start();
    let commit = group
        .and_then(|()| run_cached(connection, "COMMIT").map_err(|error| commit_failure(&error)));
    shared.figures.committed(since, done.len());
    undo(connection);
    // A commit of nothing says nothing of the disk.
    if let Some((_, failed)) = done.iter().find(|(_, outcome)| outcome.is_err()) {
        shared.note_write(failed);
    } else if commit.is_err() || connection.total_changes() > before {
        shared.note_write(&commit);
    }
    for (job, _) in &done {
        shared.changed(job.as_ref(), None);
    }
    for (job, outcome) in done {
        job.finish(outcome.and_then(|()| commit.clone()));
    }
}

/// One caller's outcome. The outer error is the whole group's: SQLite has undone all of it, or the
/// savepoint no longer tells this caller's changes from the others'.
fn write_one(
    connection: &rusqlite::Connection,
    job: &mut dyn Job,
    shared: &Shared,
) -> Result<Result<()>> {
    let savepoint = |sql| run_cached(connection, sql).map_err(|error| unavailable(&error));
    savepoint("SAVEPOINT caller")?;
    let mut tx = begin_tx(connection, job.practice(), false, shared);
    let keep = job.run(&mut tx);
    let failure = tx.failure.map(|failure| failure.error());
    if connection.is_autocommit() {
        let undone = || StoreError::Unavailable("SQLite undid the transaction".into());
        return Err(failure.unwrap_or_else(undone));
    }
    if failure.is_some() || !keep {
        savepoint("ROLLBACK TO caller")?;
    }
    savepoint("RELEASE caller")?;
    Ok(failure.map_or(Ok(()), Err))
}

#[cfg(test)]
mod tests;
