//! PostgreSQL: worker threads, each with a connection of its own.
//!
//! A transaction that writes for a practice takes that practice's counter row before anything else,
//! so that no two of one practice write at once, on whatever node; transactions of different
//! practices run side by side.
//! Serialisation failures and deadlocks are run again, a bounded number of times. Statements whose
//! result nobody needs are pushed and travel together with the next one.

mod connection;
mod database;
mod failure;
mod follower;
mod history;
mod parameters;
mod presence;
mod queue;
mod replica;
mod tls;

pub(crate) use connection::PgConnection;
pub(crate) use database::Database;
pub(crate) use failure::failure;

use super::{Job, Shared};
use crate::each::of_each;
use crate::sql::{Arg, Sql};
use crate::tx::{Connection, Failure, Tx};
use crate::{Result, Stopwatch, StoreError};
use follower::{Followed, Follower};
use presence::{Connected, PATIENCE, Presence};
use queue::{Queue, writes_for};
use replica::Replica;
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::PracticeId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How often a transaction is run before its caller is told to try later.
const ATTEMPTS: u32 = 6;
/// How many callers may wait.
const QUEUE: usize = 4096;
/// How much longer than a statement its answer may take, before the connection counts as lost: a
/// server can fall silent and its host still confirm what it is sent.
const ANSWER: Duration = Duration::from_secs(5);
/// Unless the operator has set them: a node that hangs in the midst of a transaction holds up its
/// practice for so long, and nobody waits for it longer. No statement of ours takes a second; one
/// that takes ten would not be quicker if it were waited for.
const LIMITS: &str = "SELECT set_config(name, value, false)
    FROM (VALUES ('lock_timeout', '5s'), ('idle_in_transaction_session_timeout', '20s'),
        ('statement_timeout', '10s')) AS ours (name, value)
    WHERE current_setting(name) = '0'";
/// How many milliseconds a statement may take, whoever has set that.
const STATEMENT_TIMEOUT: &str =
    "SELECT CAST(setting AS BIGINT) FROM pg_settings WHERE name = 'statement_timeout'";
/// What may take as long as it does: no limit that fits the calls of a server is for it.
const NO_LIMIT: &str = "SET statement_timeout = 0";
const NO_LIMIT_HERE: &str = "SET LOCAL statement_timeout = 0";

/// Every statement is written for an index, and SQLite's plans are held by a test. PostgreSQL is told
/// the same, so that its plans do not depend on statistics, which a young or a quickly changing table
/// does not have (and row-level security spoils every guess), and are not made anew at each call.
const PLANS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
    SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
    SET enable_sort = off; SET jit = off";

pub(crate) struct Postgres {
    replica: Option<Replica>,
    queue: Arc<Queue>,
    workers: Vec<JoinHandle<()>>,
    presence: Arc<Presence>,
    _follower: Follower,
}

pub(crate) fn runtime() -> Result<Arc<Runtime>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(Arc::new)
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// A connection for what may take as long as it does.
pub(crate) fn connect_without_limit(database: &Database) -> Result<PgConnection> {
    let mut connection = PgConnection::open(database, runtime()?)?;
    let unlimited = connection.batch(NO_LIMIT);
    unlimited.map_err(|failure| failure.error())?;
    Ok(connection)
}

impl Postgres {
    pub(crate) fn start(
        database: &Database,
        replica: Option<Database>,
        workers: usize,
        random: &Arc<dyn Random>,
        shared: &Arc<Shared>,
    ) -> Result<Self> {
        let unavailable = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        let presence = Arc::new(Presence::new(shared.figures.available()));
        let followed = Followed {
            database: database.clone(),
            stamps: Arc::clone(&shared.stamps),
            presence: Arc::clone(&presence),
            has_replica: replica.is_some(),
        };
        let follower = Follower::start(followed, Arc::clone(random));
        let mut engine = Self {
            replica: None,
            queue: Arc::new(Queue::new(QUEUE, workers)),
            workers: Vec::new(),
            presence,
            _follower: follower.map_err(unavailable)?,
        };
        shared.figures.keeps(workers);
        for n in 0..workers {
            let queue = Arc::clone(&engine.queue);
            let worker = Worker {
                number: n,
                database: database.clone(),
                presence: Arc::clone(&engine.presence),
                shared: Arc::clone(shared),
            };
            let thread = std::thread::Builder::new()
                .name(format!("postgres-{n}"))
                .spawn(move || worker.work(&queue))
                .map_err(unavailable)?;
            engine.workers.push(thread);
        }
        if let Some(database) = replica {
            let count = (workers / 2).max(1);
            let queue = Arc::clone(&engine.queue);
            let replica = Replica::start(&database, count, random, shared, &queue);
            engine.replica = Some(replica.map_err(unavailable)?);
        }
        Ok(engine)
    }

    pub(crate) async fn submit(&self, mut job: Box<dyn Job>) -> Result<()> {
        if job.may_be_stale()
            && let Some(replica) = &self.replica
        {
            match replica.offer(job) {
                Ok(()) => return Ok(()),
                Err(refused) => job = refused,
            }
        }
        self.queue.push(job).await
    }

    /// Whether callers are told at once that the database is away.
    pub(crate) fn is_away(&self) -> bool {
        self.presence.is_away()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // What it cannot serve, the workers do.
        self.replica = None;
        self.queue.close();
        self.presence.close();
        self.workers.drain(..).for_each(super::join);
    }
}

struct Worker {
    number: usize,
    database: Database,
    presence: Arc<Presence>,
    shared: Arc<Shared>,
}

/// What a worker keeps from one transaction to the next.
type Kept = Option<(PgConnection, Connected)>;

impl Worker {
    fn work(&self, queue: &Queue) {
        let mut kept = None;
        let mut done = None;
        loop {
            if kept.is_none() && self.presence.others_serve() {
                queue.release(done.take());
                self.presence.stand_aside();
            }
            let Some(mut job) = queue.next(self.number, done) else {
                return;
            };
            if kept.is_none() {
                kept = self.connect().ok();
                if kept.is_none() && self.presence.others_serve() {
                    done = None;
                    queue.put_back(job);
                    continue;
                }
            }
            done = writes_for(job.as_ref());
            let busy = self.shared.figures.busy();
            // A worker never ends before its queue: a panic, which would be a mistake of the
            // store's own, costs the connection.
            let outcome = catch_unwind(AssertUnwindSafe(|| self.run(&mut kept, job.as_mut())))
                .unwrap_or(Err(StoreError::Panicked));
            let by = outcome.as_ref().ok().copied().flatten();
            let outcome = outcome.map(drop);
            if !job.reads_only() {
                self.shared.note_write(&outcome);
            }
            // Also after a failure, whose outcome may not be known.
            self.shared.changed(job.as_ref(), by);
            drop(busy);
            job.finish(outcome);
        }
    }

    /// Runs the job; the number of its transaction, if it has one and was committed.
    fn run(&self, kept: &mut Kept, job: &mut dyn Job) -> Result<Option<i64>> {
        let mut last = StoreError::Unavailable("not tried".into());
        let mut lost: Option<Stopwatch> = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.shared.figures.retried();
                back_off(attempt);
            }
            match self.attempt(kept, job) {
                Ok(by) => return Ok(by),
                Err(Failure::Retry(error)) => last = error,
                Err(Failure::Lost(
                    error @ (StoreError::OutcomeUnknown(_) | StoreError::Away(_)),
                )) => return Err(error),
                Err(Failure::Lost(error)) => {
                    last = error;
                    if lost.get_or_insert_with(Stopwatch::start).elapsed() > PATIENCE {
                        break;
                    }
                }
                Err(Failure::Final(error)) => return Err(error),
            }
        }
        Err(last)
    }

    fn connect(&self) -> Result<(PgConnection, Connected), Failure> {
        self.presence.wait().map_err(Failure::Lost)?;
        let attempt = Stopwatch::start();
        let connected = self.connect_at_once();
        match &connected {
            Ok(_) => self.shared.figures.connected(),
            Err(Failure::Lost(why)) => self.presence.missed(attempt, why),
            Err(_) => {}
        }
        Ok((connected?, self.presence.connected()))
    }

    fn connect_at_once(&self) -> Result<PgConnection, Failure> {
        let runtime = runtime().map_err(Failure::Lost)?;
        let mut connection = PgConnection::open(&self.database, runtime).map_err(Failure::Lost)?;
        connection.answers_within(Some(ANSWER));
        connection.batch(LIMITS)?;
        connection.batch(PLANS)?;
        let statement = connection.read_one::<i64>(STATEMENT_TIMEOUT)?;
        let statement = Duration::from_millis(statement.unsigned_abs());
        connection.answers_within(Some(ANSWER.saturating_add(statement)));
        Ok(connection)
    }

    /// Runs the job once. What is left in `kept` is good for the next transaction.
    fn attempt(&self, kept: &mut Kept, job: &mut dyn Job) -> Result<Option<i64>, Failure> {
        let good = kept.take().filter(|(kept, _)| !kept.is_of_the_past());
        let (mut connection, connected) = match good {
            Some(kept) => kept,
            None => self.connect()?,
        };
        let result = transact(&mut connection, job, &self.shared);
        if !matches!(result, Err(Failure::Lost(_))) {
            *kept = Some((connection, connected));
        }
        result
    }
}

fn transact(
    connection: &mut PgConnection,
    job: &mut dyn Job,
    shared: &Shared,
) -> Result<Option<i64>, Failure> {
    if !job.takes_long() {
        return transact_within(connection, job, shared);
    }
    let limit = connection.answers_within(None);
    let result = transact_within(connection, job, shared);
    connection.answers_within(limit);
    result
}

fn transact_within(
    connection: &mut PgConnection,
    job: &mut dyn Job,
    shared: &Shared,
) -> Result<Option<i64>, Failure> {
    connection.take_wakes();
    connection.begin = Some(begin(job));
    // Who waits for nobody begins with the first question. Who does has its turn before it looks at
    // the clock.
    let mut number = None;
    if job.changes_stamps() {
        match take_turn(connection, job) {
            Ok(taken) => number = taken,
            Err(failure) => return Err(connection.roll_back_after(failure)),
        }
    }
    let mut tx = Tx {
        now: shared.clock.now(),
        clock: &*shared.clock,
        node: shared.node,
        connection: Connection::Postgres(connection),
        practice: job.practice(),
        keyring: &shared.keyring,
        figures: &shared.figures,
        counted: Vec::new(),
        wakes: false,
        lists: false,
        configures: false,
        reads_only: job.reads_only(),
        is_over: false,
        watch: shared.watch.get(),
        failure: None,
    };
    let keep = job.run(&mut tx);
    let failed = tx.failure;
    if let Some(failed) = failed {
        return Err(connection.roll_back_after(failed));
    }
    if !keep {
        return connection.roll_back().map(|()| None);
    }
    if job.reads_only() {
        return connection.end_reading().map(|()| None);
    }
    if job.changes_stamps()
        && job.configures()
        && let Some(practice) = job.practice()
        && let Err(failure) = connection.push(&CONFIGURED, &[Arg::from(practice)])
    {
        return Err(connection.roll_back_after(failure));
    }
    let since = Stopwatch::start();
    let committed = connection.commit();
    shared.figures.committed(since, 1);
    if connection.take_wakes() {
        job.wakes();
    }
    committed.map(|()| number).map_err(|failure| match failure {
        Failure::Lost(error) => Failure::Lost(StoreError::OutcomeUnknown(error.to_string())),
        failure => connection.roll_back_after(failure),
    })
}

/// The beginning of a transaction: row-level security is told the practice.
fn begin(job: &dyn Job) -> String {
    let practice = job.practice().map_or(0, PracticeId::get);
    let mode = if job.reads_only() {
        "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    } else {
        "ISOLATION LEVEL READ COMMITTED"
    };
    let mut text = format!("BEGIN {mode}; SET LOCAL slotbridge.practice_id = '{practice}'");
    if job.takes_long() {
        text += &format!("; {NO_LIMIT_HERE}");
    }
    text
}

macro_rules! own_number {
    () => {
        "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"
    };
}

/// A writer takes the practice's counter row and leaves its number there for the other nodes: also as one
/// that has configured the practice, if a node of the version before wrote last, which says nothing of it.
static TAKE_TURN: Sql = Sql::new(
    "postgres::TAKE_TURN",
    concat!(
        "UPDATE practice_counters SET last_xid = ",
        own_number!(),
        ", told_xid = ",
        own_number!(),
        ", configured_xid = CASE WHEN told_xid = last_xid THEN configured_xid ELSE ",
        own_number!(),
        " END WHERE practice_id = $1 RETURNING last_xid"
    ),
);
/// One that writes for no practice leaves it for all.
static TAKE_TURN_OF_ALL: Sql = Sql::new(
    "postgres::TAKE_TURN_OF_ALL",
    concat!(
        "UPDATE global_changes SET last_xid = ",
        own_number!(),
        " RETURNING last_xid"
    ),
);
/// One that writes for several practices takes the counter rows that are free: whoever waited for one while
/// it has others could wait for ever.
pub(crate) static TAKE_FREE_TURNS: Sql = Sql::new(
    "postgres::TAKE_FREE_TURNS",
    concat!(
        "SELECT practice_id FROM practice_counters WHERE ",
        of_each!(),
        " FOR UPDATE SKIP LOCKED"
    ),
);
/// One that has configured a practice says so at its end.
static CONFIGURED: Sql = Sql::new(
    "postgres::CONFIGURED",
    "UPDATE practice_counters SET configured_xid = last_xid WHERE practice_id = $1",
);

/// Begins a transaction that changes what nodes remember, and waits for its turn, in one flight. The
/// number that it leaves.
fn take_turn(connection: &mut PgConnection, job: &dyn Job) -> Result<Option<i64>, Failure> {
    let rows = match job.practice() {
        Some(practice) => connection.query(&TAKE_TURN, &[Arg::from(practice)])?,
        None => connection.query(&TAKE_TURN_OF_ALL, &[])?,
    };
    Ok(rows.first().and_then(|row| row.try_get(0).ok()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pause before a transaction is run again"
)]
fn back_off(attempt: u32) {
    std::thread::sleep(Duration::from_millis(5 << attempt.min(6)));
}
