//! Which log a server writes, and whether a primary has turned up that is older than one before it.
//!
//! A standby that is promoted begins a new timeline. A primary of an older one that takes writes again
//! (it hung, and was thought dead) lacks what the newer one has acknowledged since, and would give the
//! same numbers away again. Nothing in that database tells: what would tell is what it lacks. A node
//! that was at the newer one knows, and does not go back.

use super::PgConnection;
use super::failure::failure;
use crate::tx::Failure;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::Client;

/// What a log is known by: the system, the database with the schema, and the timeline.
const LOG: &str = "SELECT concat_ws('/',
        (SELECT system_identifier FROM pg_control_system()),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        current_schema(),
        CASE WHEN pg_is_in_recovery() THEN (
            SELECT lpad(upper(to_hex(min_recovery_end_timeline)), 8, '0') FROM pg_control_recovery()
        ) ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END)";

/// Which log a server writes, or replays.
pub(super) fn log(connection: &mut PgConnection) -> Result<Arc<str>, Failure> {
    connection.read_one::<String>(LOG).map(Arc::from)
}

/// The logs that this node was at.
#[derive(Default)]
pub(super) struct History {
    newest: Mutex<Option<Arc<str>>>,
    /// Whether the log says that a primary does not name its own.
    is_told: AtomicBool,
}

impl History {
    /// Asks a primary which log it writes, if it says so.
    ///
    /// # Errors
    /// What a person is told: it writes an older one, or does not answer.
    pub(super) async fn ask(&self, client: &Client) -> Result<Option<Arc<str>>, String> {
        let said = client.query_one(LOG, &[]).await;
        let log: Arc<str> = match said.and_then(|row| row.try_get::<_, String>(0)) {
            Ok(log) => log.into(),
            Err(error) => {
                let error = match failure("LOG", &error) {
                    Failure::Lost(error) => return Err(error.to_string()),
                    other => other.error(),
                };
                if !self.is_told.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        %error,
                        "the primary does not say which log it writes, so an older one in its place \
                         would not be noticed, and no read replica is read: let the role execute \
                         pg_control_system() and pg_walfile_name()"
                    );
                }
                return Ok(None);
            }
        };
        let mut newest = self.newest.lock();
        if let Some((now, before)) = older(&log, newest.as_deref()) {
            return Err(format!(
                "it writes timeline {now}, and this node was at timeline {before} before, of which \
                 it lacks what was acknowledged. Save what the database of timeline {before} has \
                 before it is thrown away; to go on without that, start the nodes again"
            ));
        }
        *newest = Some(Arc::clone(&log));
        Ok(Some(log))
    }

    /// Whether a newer one has been found since.
    pub(super) fn has_newer(&self, log: &str) -> bool {
        older(log, self.newest.lock().as_deref()).is_some()
    }
}

/// Both timelines, where the first log is an older one of the same database.
fn older(log: &str, than: Option<&str>) -> Option<(u32, u32)> {
    let (database, now) = log.rsplit_once('/')?;
    let (same, newest) = than?.rsplit_once('/')?;
    let timeline = |hex| u32::from_str_radix(hex, 16).ok();
    let (now, newest) = (timeline(now)?, timeline(newest)?);
    (database == same && now < newest).then_some((now, newest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_earlier_timeline_of_the_same_database_is_older() {
        let both = older("7/5/s/00000009", Some("7/5/s/0000000A"));
        assert_eq!(both, Some((9, 10)));
        for (log, newest) in [
            ("7/5/s/0000000A", Some("7/5/s/0000000A")),
            ("7/5/s/0000000B", Some("7/5/s/0000000A")),
            // Restored from a backup, or another database: it cannot be told.
            ("8/5/s/00000001", Some("7/5/s/0000000A")),
            ("7/6/s/00000001", Some("7/5/s/0000000A")),
            ("7/5/t/00000001", Some("7/5/s/0000000A")),
            ("7/5/s/00000001", None),
            ("7/5/s", Some("7/5/s/0000000A")),
        ] {
            assert_eq!(older(log, newest), None, "{log} {newest:?}");
        }
    }
}
