//! What other nodes write: asked for twice a second, on a connection of its own.
//!
//! Every transaction that writes leaves its number with its practice. Whatever committed between
//! two questions has a number that is not below the oldest one that was running at the first, so
//! nothing is missed; some is seen twice, which does no harm. (`NOTIFY` would be quicker, but its
//! commits stand in line for one lock.)

use super::{PgConnection, runtime};
use crate::sql::{Arg, Sql};
use crate::stamps::Stamps;
use crate::tx::Failure;
use parking_lot::{Condvar, Mutex};
use slotbridge_domain::ids::PracticeId;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio_postgres::Config;

/// How often others are asked after.
const EVERY: Duration = Duration::from_millis(500);

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

#[derive(Default)]
struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

/// The thread that asks; it ends when this is dropped.
pub(super) struct Follower {
    stop: Arc<Stop>,
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
    pub(super) fn start(config: Config, stamps: Arc<Stamps>) -> std::io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let until = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("postgres-follower".into())
            .spawn(move || {
                while !*until.stopped.lock() {
                    // What fails is tried again; until then the stamps say nothing.
                    if let Err(failure) = follow(&config, &stamps, &until) {
                        tracing::debug!(error = %failure.error(), "cannot follow other nodes");
                        until.pause();
                    }
                }
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Stop {
    /// Waits for the next turn or the end; `false` at the end.
    fn pause(&self) -> bool {
        let mut stopped = self.stopped.lock();
        if !*stopped {
            self.changed.wait_for(&mut stopped, EVERY);
        }
        !*stopped
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        *self.stop.stopped.lock() = true;
        self.stop.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn follow(config: &Config, stamps: &Stamps, stop: &Stop) -> Result<(), Failure> {
    let runtime = runtime().map_err(Failure::Lost)?;
    let mut connection = PgConnection::open(config, runtime).map_err(Failure::Lost)?;
    connection.batch("SET slotbridge.practice_id = '0'")?;
    // What was missed while nobody asked may be anything.
    let mut since = i64::MAX;
    loop {
        let asked = present();
        let rows = connection.query(&CHANGED, &[Arg::Int(since)])?;
        if since == i64::MAX {
            stamps.change(None);
        }
        for row in &rows {
            since = row.try_get(0).unwrap_or(since);
            if let Ok(Some(practice)) = row.try_get::<_, Option<i64>>(1) {
                stamps.change(PracticeId::new(practice));
            }
        }
        stamps.follow(asked);
        if !stop.pause() {
            return Ok(());
        }
    }
}
