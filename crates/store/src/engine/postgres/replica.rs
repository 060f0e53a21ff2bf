//! Reading on a standby what may be stale, as if it were remembered.
//!
//! Whoever reads must see what this node has written, and what others wrote up to
//! [`STALENESS`](crate::STALENESS) ago. A standby shows whatever is in the part of the log that it
//! has replayed. So:
//!
//! - The follower asks the primary, with its question after what others wrote, where the log ends.
//!   Whatever that question saw is before this position, and so is all that was durable when it was
//!   asked.
//! - A read of a practice may go to the standby if it has replayed up to the position of a question
//!   that is no older than `STALENESS` and not older than the last change of the practice's counters
//!   (see [`Stamps`](crate::stamps::Stamps)): a change of this node's was durable before that, and
//!   one of another's is seen by the question or is younger.
//! - How far it has come is asked on the connection that reads, before the transaction there begins:
//!   the picture is younger than the answer. If it is not far enough, what was read is thrown away,
//!   and the primary does the work.
//!
//! What was read may be remembered, under a stamp from before the read. A write that is not in it was
//! not seen by the question whose position was reached, and so its change of the counters is not
//! among those that the question was held against, after the stamp was taken: it comes later. It
//! comes with the write when that is this node's, and else with a later question; while the last one
//! is older than `STALENESS`, nothing that is remembered is used.
//!
//! Positions are of one log only. Another system, another database or another timeline is another
//! log: a standby that had run ahead of the one that was promoted has what the new primary never
//! wrote, and its position says nothing of what that one writes. A standby on whose connections
//! the log is not the primary's is not read.
//!
//! Nobody waits for a standby: it gets a read only if one of its connections is idle, and has a
//! second for a statement. So a bad one holds up one read for each of its connections; the others do
//! not even notice.

use super::follower::back_off;
use super::history::log;
use super::queue::Queue;
use super::{Database, LIMITS, PLANS, PgConnection, runtime, transact};
use crate::engine::{Job, Shared, join};
use crate::figures::ReplicaRead;
use crate::stamps::Reach;
use crate::tx::Failure;
use crate::{Result, Stopwatch, StoreError};
use parking_lot::{Condvar, Mutex};
use slotbridge_domain::clock::Random;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long a statement may take, and its answer: the primary can do it as well.
const ANSWER: Duration = Duration::from_secs(1);
const OWN_LIMIT: &str = "SET statement_timeout = '1s'";

/// The connections to a standby; they end when this is dropped.
pub(super) struct Replica {
    desk: Arc<Desk>,
    shared: Arc<Shared>,
    readers: Vec<JoinHandle<()>>,
}

impl Replica {
    pub(super) fn start(
        database: &Database,
        connections: usize,
        random: &Arc<dyn Random>,
        shared: &Arc<Shared>,
        primary: &Arc<Queue>,
    ) -> std::io::Result<Self> {
        shared.figures.replica_connections().set(0);
        let mut replica = Self {
            desk: Arc::default(),
            shared: Arc::clone(shared),
            readers: Vec::new(),
        };
        for n in 0..connections {
            let reader = Reader {
                database: database.clone(),
                desk: Arc::clone(&replica.desk),
                shared: Arc::clone(shared),
                primary: Arc::clone(primary),
            };
            let random = Arc::clone(random);
            let thread = std::thread::Builder::new()
                .name(format!("replica-{n}"))
                .spawn(move || reader.work(&*random))?;
            replica.readers.push(thread);
        }
        Ok(replica)
    }

    /// Takes a read, or gives it back for the primary.
    pub(super) fn offer(&self, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        let taken = match self.shared.stamps.reach(job.practice()) {
            Some(reach) => self.desk.offer(Offered { job, reach }),
            None => Err((ReplicaRead::Recent, job)),
        };
        taken.map_err(|(why, job)| {
            self.shared.figures.replica_read(why);
            job
        })
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.desk.close();
        self.readers.drain(..).for_each(join);
    }
}

/// A read that is to be done on the standby.
struct Offered {
    job: Box<dyn Job>,
    reach: Reach,
}

/// Where reads are handed over to those who have a connection.
#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    offered: Condvar,
    closed: Condvar,
}

#[derive(Default)]
struct State {
    offered: VecDeque<Offered>,
    /// How many readers wait for one.
    idle: usize,
    connected: usize,
    /// Where a read found the standby that it needed further on, and the newest question then: what
    /// needs more is not tried again before the next one.
    behind: Option<(Instant, u64)>,
    /// Whether the log says that it is away.
    is_away: bool,
    closed: bool,
}

impl Desk {
    fn offer(&self, offered: Offered) -> Result<(), (ReplicaRead, Box<dyn Job>)> {
        let mut state = self.state.lock();
        let reach = &offered.reach;
        let behind = state.behind.is_some_and(|(newest, position)| {
            newest == reach.newest && position < reach.position.lsn
        });
        let why = match &*state {
            State { connected: 0, .. } => ReplicaRead::Away,
            _ if behind => ReplicaRead::Behind,
            state if state.offered.len() >= state.idle => ReplicaRead::Busy,
            _ => {
                state.offered.push_back(offered);
                self.offered.notify_one();
                return Ok(());
            }
        };
        Err((why, offered.job))
    }

    /// The next read; `None` at the end.
    fn next(&self) -> Option<Offered> {
        let mut state = self.state.lock();
        state.idle += 1;
        while state.offered.is_empty() && !state.closed {
            self.offered.wait(&mut state);
        }
        state.idle -= 1;
        state.offered.pop_front()
    }

    fn found_behind(&self, reach: &Reach, position: u64) {
        self.state.lock().behind = Some((reach.newest, position));
    }

    /// Waits for so long, or for the end.
    fn pause(&self, pause: Duration) {
        let since = Stopwatch::start();
        let mut state = self.state.lock();
        while let Some(left) = pause.checked_sub(since.elapsed())
            && !state.closed
        {
            self.closed.wait_for(&mut state, left);
        }
    }

    fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    fn close(&self) {
        self.state.lock().closed = true;
        self.closed.notify_all();
        self.offered.notify_all();
    }

    /// A reader has a connection.
    fn connected(&self) {
        let mut state = self.state.lock();
        state.connected += 1;
        if std::mem::take(&mut state.is_away) {
            tracing::warn!("the read replica is there again: searches read it");
        }
    }

    /// It has it no longer.
    fn disconnected(&self) {
        self.state.lock().connected -= 1;
    }

    /// A reader has none.
    fn missed(&self, why: &StoreError) {
        let mut state = self.state.lock();
        if state.connected == 0 && !std::mem::replace(&mut state.is_away, true) {
            tracing::warn!(
                %why,
                "the read replica is away: searches read the primary until it is found again"
            );
        }
    }
}

/// Who reads on a standby.
struct Reader {
    database: Database,
    desk: Arc<Desk>,
    shared: Arc<Shared>,
    primary: Arc<Queue>,
}

impl Reader {
    fn work(&self, random: &dyn Random) {
        let mut failures = 0;
        while !self.desk.is_closed() {
            if let Err(failure) = self.serve(&mut failures) {
                self.desk.missed(&failure.error());
                self.desk.pause(back_off(failures, random));
                failures = failures.saturating_add(1);
            }
        }
    }

    /// Serves on one connection, as long as it is good.
    fn serve(&self, failures: &mut u32) -> Result<(), Failure> {
        let runtime = runtime().map_err(Failure::Lost)?;
        let (mut connection, log) = self.connect(&runtime)?;
        let connections = self.shared.figures.replica_connections();
        self.desk.connected();
        connections.inc();
        let mut served = Ok(());
        while served.is_ok()
            && let Some(Offered { mut job, reach }) = self.desk.next()
        {
            let read = match reach.position.log == log {
                true => self.read(&mut connection, job.as_mut()),
                false => Err(Failure::Lost(other_log())),
            };
            let outcome = match read {
                Ok(position) if position >= reach.position.lsn => {
                    // It lasts.
                    *failures = 0;
                    ReplicaRead::Served
                }
                Ok(position) => {
                    self.desk.found_behind(&reach, position);
                    ReplicaRead::Behind
                }
                Err(failure) => {
                    // Replaying ends what stands in its way; the connection is none the worse.
                    // Whatever else fails would fail again: pauses keep others from waiting for it.
                    if !matches!(failure, Failure::Retry(_)) {
                        served = Err(failure);
                    }
                    ReplicaRead::Failed
                }
            };
            self.shared.figures.replica_read(outcome);
            if outcome == ReplicaRead::Served {
                job.finish(Ok(()));
            } else {
                // There is a place, or will be: whoever takes jobs out ends after this.
                let _ = runtime.block_on(self.primary.push(job));
            }
        }
        connections.dec();
        self.desk.disconnected();
        served
    }

    fn connect(&self, runtime: &Arc<Runtime>) -> Result<(PgConnection, Arc<str>), Failure> {
        let opened = PgConnection::open(&self.database, Arc::clone(runtime));
        let mut connection = opened.map_err(Failure::Lost)?;
        connection.answers_within(Some(ANSWER));
        for settings in [LIMITS, OWN_LIMIT, PLANS] {
            connection.batch(settings)?;
        }
        connection.asks_position()?;
        let log = log(&mut connection)?;
        // If the primary's is not known yet, the first read shows it.
        if self
            .shared
            .stamps
            .log()
            .is_some_and(|primary| primary != log)
        {
            return Err(Failure::Lost(other_log()));
        }
        Ok((connection, log))
    }

    /// Does a read; how far the standby had come before it.
    fn read(&self, connection: &mut PgConnection, job: &mut dyn Job) -> Result<u64, Failure> {
        connection.take_position();
        // A panic, which would be a mistake of the store's own, costs the connection.
        let read = catch_unwind(AssertUnwindSafe(|| transact(connection, job, &self.shared)));
        read.unwrap_or(Err(Failure::Lost(StoreError::Panicked)))?;
        connection
            .take_position()
            .ok_or_else(|| Failure::Lost(StoreError::Unavailable("it is no standby".into())))
    }
}

fn other_log() -> StoreError {
    StoreError::Unavailable(
        "it is no standby of the primary's database on the same timeline; rebuild one that had run \
         ahead of the primary of today, one that follows it is read after its next restart point"
            .into(),
    )
}
