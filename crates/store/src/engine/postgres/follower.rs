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
use crate::stamps::Stamps;
use crate::tx::Failure;
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::PracticeId;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often others are asked after.
const EVERY: Duration = Duration::from_millis(500);
/// How long an answer may take. A server that takes longer is asked on another connection.
const ANSWER: Duration = Duration::from_secs(5);
/// The pause after a first failure, and the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The practices that were written for, 0 for what belongs to none, and from which number on to
/// ask the next time.
static CHANGED: Sql = Sql::new(
    "postgres::CHANGED",
    "SELECT now.oldest, changed.practice_id
    FROM (SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AS oldest)
        AS now
    LEFT JOIN (
        SELECT practice_id, last_xid FROM practice_counters
        UNION ALL SELECT 0, last_xid FROM global_changes
    ) AS changed ON changed.last_xid >= $1",
);

/// The thread that asks; it ends when this is dropped.
pub(super) struct Follower {
    presence: Arc<Presence>,
    thread: Option<JoinHandle<()>>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how old one's knowledge is, whatever the clock of the rules says"
)]
fn present() -> Instant {
    Instant::now()
}

impl Follower {
    pub(super) fn start(
        database: Database,
        stamps: Arc<Stamps>,
        presence: Arc<Presence>,
        random: Arc<dyn Random>,
    ) -> std::io::Result<Self> {
        let of_thread = Arc::clone(&presence);
        let thread = std::thread::Builder::new()
            .name("postgres-follower".into())
            .spawn(move || {
                let presence = of_thread;
                let mut failures = 0;
                while !presence.is_closed() {
                    // What fails is tried again; until then the stamps say nothing.
                    if let Err(failure) = follow(&database, &stamps, &presence, &mut failures) {
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
fn back_off(failures: u32, random: &dyn Random) -> Duration {
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
fn follow(
    database: &Database,
    stamps: &Stamps,
    presence: &Presence,
    failures: &mut u32,
) -> Result<(), Failure> {
    let attempt = Stopwatch::start();
    let opened = runtime().and_then(|runtime| PgConnection::open(database, runtime));
    let mut connection = opened.map_err(|error| {
        presence.missed(attempt, &error);
        Failure::Lost(error)
    })?;
    connection.answers_within(Some(ANSWER));
    connection.batch("SET slotbridge.practice_id = '0'")?;
    // What was missed while nobody asked may be anything.
    let mut since = i64::MAX;
    loop {
        let asked = present();
        let rows = connection.query(&CHANGED, &[Arg::Int(since)])?;
        if since == i64::MAX {
            stamps.change(None);
            presence.found();
        } else {
            // It lasts.
            *failures = 0;
        }
        for row in &rows {
            since = row.try_get(0).unwrap_or(since);
            if let Ok(Some(practice)) = row.try_get::<_, Option<i64>>(1) {
                stamps.change(PracticeId::new(practice));
            }
        }
        stamps.follow(asked);
        presence.pause_while_here(EVERY);
        if presence.is_closed() || presence.is_missing() {
            // Only a new connection shows whether one can be made.
            return Ok(());
        }
    }
}
