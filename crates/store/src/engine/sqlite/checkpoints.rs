//! Moves the write-ahead log into the file, beside the writer: within a commit it would keep everybody
//! waiting for the time that the disk takes for all of the log.
//!
//! A thread of its own moves what there is, again and again, while the writer goes on. What is left
//! at the end of a long log is little: the writer moves that between two groups, and since nothing is
//! left then, SQLite begins the log anew.
//!
//! A checkpoint that fails fails nobody: what is not moved is in the log, and is tried again.

use super::{open_writer, unavailable};
use crate::{Result, StoreError};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// From so many pages of the log on that are not moved, they are.
const MOVED_FROM: i64 = 2_000;
/// A log of so many pages is to come to its end,
const LONG: i64 = 8_000;
/// which the writer brings it to when no more than so many are not moved.
const REST: i64 = 400;

/// How far the log has come, in pages.
struct Log {
    pages: i64,
    moved: i64,
}

/// The thread, and how to wake it.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread on a file that is open already.
    pub(super) fn start(path: &Path) -> Result<Self> {
        let connection = open_writer(path)?;
        // One wish that waits is enough: a checkpoint moves all that there is.
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoint".into())
            .spawn(move || {
                for () in woken {
                    let _ = checkpoint(&connection, "PRAGMA wal_checkpoint(PASSIVE)");
                }
            })
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Sees to the log between two groups of the writer.
    pub(super) fn see_to(&self, writer: &rusqlite::Connection) {
        let Ok(log) = checkpoint(writer, "PRAGMA wal_checkpoint(NOOP)") else {
            return;
        };
        let (left, is_long) = (log.pages - log.moved, log.pages >= LONG);
        if is_long && left <= REST {
            // All of it may have been moved by now, and wait for a reader to go.
            if left > 0 {
                let _ = checkpoint(writer, "PRAGMA wal_checkpoint(PASSIVE)");
            }
        } else if (is_long || left >= MOVED_FROM)
            && let Some(wake) = &self.wake
        {
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn checkpoint(connection: &rusqlite::Connection, pragma: &str) -> Result<Log> {
    let log = connection.prepare_cached(pragma).and_then(|mut statement| {
        statement.query_row([], |row| {
            Ok(Log {
                pages: row.get(1)?,
                moved: row.get(2)?,
            })
        })
    });
    log.map_err(|error| unavailable(&error))
}
