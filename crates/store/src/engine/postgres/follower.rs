//! What other nodes write: asked for twice a second, on a connection of its own.
//!
//! Every transaction that writes leaves its number with its practice. Whatever committed between
//! two questions has a number that is not below the oldest one that was running at the first, so
//! nothing is missed; some is seen twice, which does no harm. (`NOTIFY` would be quicker, but its
//! commits stand in line for one lock.)
//!
//! It also is the one who looks for a database that is missing: see [`Presence`].

use super::database::Database;
use super::presence::Presence;
use super::{PgConnection, runtime};
use crate::Stopwatch;
use crate::sql::{Arg, Sql};
use crate::stamps::{Position, Question, Stamps, Written, present};
use crate::tx::Failure;
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::PracticeId;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_postgres::types::PgLsn;

/// How often others are asked after.
const EVERY: Duration = Duration::from_millis(500);
/// How long an answer may take. A server that takes longer is asked on another connection.
const ANSWER: Duration = Duration::from_secs(5);
/// The pause after a first failure, and the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

macro_rules! changed {
    ($position:literal) => {
        concat!(
            "SELECT now.oldest, changed.practice_id, changed.last_xid, changed.configured_xid",
            $position,
            " FROM (SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
        AS oldest) AS now
    LEFT JOIN (
        SELECT practice_id, last_xid,
            CASE WHEN told_xid = last_xid THEN configured_xid ELSE last_xid END AS configured_xid
        FROM practice_counters
        UNION ALL SELECT 0, last_xid, last_xid FROM global_changes
    ) AS changed ON changed.last_xid >= $1"
        )
    };
}

/// The practices that were written for, 0 for what belongs to none, each with the number of its last
/// writer and of the last that configured it; and from which number on to ask the next time. A node of
/// the version before says nothing of the latter, and may have.
static CHANGED: Sql = Sql::new("postgres::CHANGED", changed!(""));
/// The same, and where the log ends. That is computed when the statement has its snapshot, so all
/// that the snapshot shows is before it.
static CHANGED_AND_END: Sql = Sql::new(
    "postgres::CHANGED_AND_END",
    changed!(", pg_current_wal_insert_lsn()"),
);

/// The thread that asks; it ends when this is dropped.
pub(super) struct Follower {
    presence: Arc<Presence>,
    thread: Option<JoinHandle<()>>,
}

/// Whom it asks, and for whom.
pub(super) struct Followed {
    pub(super) database: Database,
    pub(super) stamps: Arc<Stamps>,
    pub(super) presence: Arc<Presence>,
    /// Whether standbys are read, so that the position in the log is asked for.
    pub(super) has_replica: bool,
}

impl Follower {
    pub(super) fn start(followed: Followed, random: Arc<dyn Random>) -> std::io::Result<Self> {
        let presence = Arc::clone(&followed.presence);
        let thread = std::thread::Builder::new()
            .name("postgres-follower".into())
            .spawn(move || {
                let presence = &followed.presence;
                let mut failures = 0;
                while !presence.is_closed() {
                    // What fails is tried again; until then the stamps say nothing.
                    if let Err(failure) = follow(&followed, &mut failures) {
                        tracing::debug!(error = %failure.error(), "cannot follow other nodes");
                    }
                    presence.pause(back_off(failures, &*random));
                    failures = failures.saturating_add(1);
                }
            })?;
        Ok(Self {
            presence,
            thread: Some(thread),
        })
    }
}

/// Doubled from failure to failure, and not the same on all nodes.
pub(super) fn back_off(failures: u32, random: &dyn Random) -> Duration {
    let doubled = SHORTEST_PAUSE.saturating_mul(1 << failures.min(10));
    let [byte] = random.bytes();
    doubled
        .min(LONGEST_PAUSE)
        .mul_f64(0.75 + f64::from(byte) / 512.0)
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.presence.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Follows on one connection, until the database is missing or the end.
fn follow(followed: &Followed, failures: &mut u32) -> Result<(), Failure> {
    let Followed {
        database,
        stamps,
        presence,
        has_replica,
    } = followed;
    let attempt = Stopwatch::start();
    let opened = runtime().and_then(|runtime| PgConnection::open(database, runtime));
    let mut connection = opened.map_err(|error| {
        presence.missed(attempt, &error);
        Failure::Lost(error)
    })?;
    connection.answers_within(Some(ANSWER));
    connection.batch("SET slotbridge.practice_id = '0'")?;
    let log = connection.log().filter(|_| *has_replica);
    let question = match log {
        Some(_) => &CHANGED_AND_END,
        None => &CHANGED,
    };
    // What was missed while nobody asked may be anything.
    let mut since = i64::MAX;
    loop {
        let asked = present();
        let rows = connection.query(question, &[Arg::Int(since)])?;
        let mut changed = Vec::new();
        if since == i64::MAX {
            stamps.forget();
            presence.found();
        } else {
            // It lasts.
            *failures = 0;
        }
        let asked_since = since;
        for row in &rows {
            since = row.try_get(0).unwrap_or(since);
            let (written, configured) = (row.try_get(2), row.try_get(3));
            if let (Ok(Some(practice)), Ok(Some(by)), Ok(Some(configured))) =
                (row.try_get(1), written, configured)
            {
                changed.push(Written {
                    practice: PracticeId::new(practice),
                    by,
                    configured_by: (configured >= asked_since).then_some(configured),
                });
            }
        }
        let end = rows.last().and_then(|row| row.try_get::<_, PgLsn>(4).ok());
        let position = log.as_ref().zip(end).map(|(log, end)| Position {
            log: Arc::clone(log),
            lsn: end.into(),
        });
        stamps.follow(Question { asked, position }, &changed);
        presence.pause_while_here(EVERY);
        if presence.is_closed() || presence.is_missing() || connection.is_of_the_past() {
            // Only a new connection shows whether one can be made, and where.
            return Ok(());
        }
    }
}
