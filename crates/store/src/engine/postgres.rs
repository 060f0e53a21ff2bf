//! PostgreSQL: worker threads, each with a connection of its own.
//!
//! A transaction that writes for a practice takes that practice's counter row before anything else,
//! so that no two of one practice write at once, on whatever node; transactions of different
//! practices run side by side.
//! Serialisation failures and deadlocks are run again, a bounded number of times. Statements whose
//! result nobody needs are pushed and travel together with the next one.

mod follower;
mod queue;

use super::{Job, Shared};
use crate::sql::{Arg, OwnedArg, Sql};
use crate::tx::{Connection, Failure, Tx};
use crate::{Result, Stopwatch, StoreError};
use follower::Follower;
use futures_util::future::{join_all, join3, try_join_all};
use queue::{Queue, writes_for};
use slotbridge_domain::ids::PracticeId;
use std::collections::HashMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

/// How often a transaction is run before its caller is told to try later.
const ATTEMPTS: u32 = 6;
/// How many callers may wait.
const QUEUE: usize = 4096;
/// Unless the operator has set them: a node that hangs in the midst of a transaction holds up its
/// practice for so long, and nobody waits for it longer.
const LIMITS: &str = "SELECT set_config(name, value, false)
    FROM (VALUES ('lock_timeout', '5s'), ('idle_in_transaction_session_timeout', '20s'))
        AS ours (name, value)
    WHERE current_setting(name) = '0'";

/// Every statement is written for an index, and SQLite's plans are held by a test. PostgreSQL is told
/// the same, so that its plans do not depend on statistics, which a young or a quickly changing table
/// does not have (and row-level security spoils every guess), and are not made anew at each call.
const PLANS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
    SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
    SET enable_sort = off; SET jit = off";

pub(crate) struct Postgres {
    queue: Arc<Queue>,
    workers: Vec<JoinHandle<()>>,
    _follower: Follower,
}

/// A worker's connection.
pub(crate) struct PgConnection {
    client: Client,
    runtime: Arc<Runtime>,
    statements: HashMap<*const Sql, Statement>,
    /// What goes out before the next statement: a beginning, and what was pushed or asked for.
    begin: Option<String>,
    pushed: Vec<Pushed>,
    /// What has come back of that, by the number under which it was asked for.
    received: HashMap<usize, Vec<Row>>,
    asked: usize,
}

/// A statement that travels with the next one.
struct Pushed {
    statement: Statement,
    sql: &'static Sql,
    args: Vec<OwnedArg>,
    /// The number under which its rows are asked for, if they are.
    number: Option<usize>,
}

impl Pushed {
    async fn send(&self, client: &Client) -> Result<Option<(usize, Vec<Row>)>, Failure> {
        let args: Vec<Arg<'_>> = self.args.iter().map(OwnedArg::as_arg).collect();
        let args = to_sql(&args);
        let sent = match self.number {
            None => client.execute(&self.statement, &args).await.map(|_| None),
            Some(number) => {
                let rows = client.query(&self.statement, &args).await;
                rows.map(|rows| Some((number, rows)))
            }
        };
        sent.map_err(|error| failure(self.sql.name, &error))
    }
}

pub(crate) fn failure(statement: &'static str, error: &tokio_postgres::Error) -> Failure {
    let Some(database) = error.as_db_error() else {
        return without_answer(statement, error);
    };
    let code = database.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Failure::Retry(StoreError::Unavailable(format!(
            "{statement}: {}",
            code.code()
        )));
    }
    // Classes 08 (connection), 53 (resources), 57 (operator), 58 (system): the server cannot, now.
    // One that takes no writes is a standby: the next connection finds the primary.
    let cannot_now = ["08", "53", "57", "58"]
        .iter()
        .any(|class| code.code().starts_with(class));
    if *code == SqlState::LOCK_NOT_AVAILABLE {
        return Failure::Final(StoreError::Unavailable(format!(
            "{statement}: {}",
            code.code()
        )));
    }
    if cannot_now
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || database.parsed_severity() == Some(Severity::Fatal)
    {
        return Failure::Lost(StoreError::Unavailable(format!(
            "{statement}: {}",
            code.code()
        )));
    }
    // The server's own text may quote a row's values; its code and the constraint do not.
    let constraint = database.constraint().unwrap_or_default();
    Failure::Final(StoreError::Statement {
        statement,
        message: format!("SQLSTATE {} {constraint}", code.code()),
    })
}

/// An error that the server did not send: the connection's, or a mistake of ours in an argument.
fn without_answer(statement: &'static str, error: &tokio_postgres::Error) -> Failure {
    let message = describe(error);
    let broken = error
        .source()
        .is_some_and(<dyn Error>::is::<std::io::Error>);
    if broken || error.is_closed() {
        return Failure::Lost(StoreError::Unavailable(format!("{statement}: {message}")));
    }
    Failure::Final(StoreError::Statement { statement, message })
}

type Args<'a> = Vec<&'a (dyn ToSql + Sync)>;

fn to_sql<'a>(args: &'a [Arg<'a>]) -> Args<'a> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}

impl PgConnection {
    pub(crate) fn open(config: &Config, runtime: Arc<Runtime>) -> Result<Self> {
        let connect = async {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            Ok::<_, tokio_postgres::Error>(client)
        };
        let client = runtime
            .block_on(connect)
            .map_err(|error| StoreError::Unavailable(describe(&error)))?;
        Ok(Self {
            client,
            runtime,
            statements: HashMap::new(),
            begin: None,
            pushed: Vec::new(),
            received: HashMap::new(),
            asked: 0,
        })
    }

    /// The client, and the runtime on which its connection lives.
    pub(crate) fn parts(&self) -> (&Client, &Runtime) {
        (&self.client, &self.runtime)
    }

    /// Runs text of our own: migrations, BEGIN and the like.
    pub(crate) fn batch(&mut self, text: &str) -> Result<(), Failure> {
        self.runtime
            .block_on(self.client.batch_execute(text))
            .map_err(|error| failure("batch", &error))
    }

    /// The one number that a text of our own selects.
    pub(crate) fn read_int(&mut self, text: &str) -> Result<i64, Failure> {
        self.runtime
            .block_on(self.client.query_one(text, &[]))
            .and_then(|row| row.try_get(0))
            .map_err(|error| failure("batch", &error))
    }

    pub(crate) fn statement(&mut self, sql: &'static Sql) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(&std::ptr::from_ref(sql)) {
            return Ok(statement.clone());
        }
        let statement = self
            .runtime
            .block_on(self.client.prepare(sql.text))
            .map_err(|error| failure(sql.name, &error))?;
        self.statements
            .insert(std::ptr::from_ref(sql), statement.clone());
        Ok(statement)
    }

    pub(crate) fn push(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<(), Failure> {
        self.send_later(sql, args, None)
    }

    /// Sends a query with the next statement; the number under which its rows are received.
    pub(crate) fn ask(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<usize, Failure> {
        let number = self.asked;
        self.asked += 1;
        self.send_later(sql, args, Some(number))?;
        Ok(number)
    }

    fn send_later(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        number: Option<usize>,
    ) -> Result<(), Failure> {
        let statement = self.statement(sql)?;
        self.pushed.push(Pushed {
            statement,
            sql,
            args: args.iter().map(OwnedArg::from).collect(),
            number,
        });
        Ok(())
    }

    /// The rows of what was asked for under a number, each given once.
    pub(crate) fn receive(&mut self, number: usize) -> Result<Vec<Row>, Failure> {
        static ASKED: Sql = Sql::new("ASKED", "");
        if !self.received.contains_key(&number) {
            self.flush_with(&ASKED, async |_| Ok(()))?;
        }
        let rows = self.received.remove(&number);
        rows.ok_or(Failure::Final(StoreError::Corrupt(
            "rows that were never asked for",
        )))
    }

    /// Sends what waits to be sent and, in the same flight, `last`; `last`'s result.
    fn flush_with<T>(
        &mut self,
        sql: &'static Sql,
        last: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Failure> {
        let begin = self.begin.take();
        let pushed = std::mem::take(&mut self.pushed);
        let client = &self.client;
        let begin = async {
            let Some(text) = begin else { return Ok(()) };
            let begun = client.batch_execute(&text).await;
            begun.map_err(|error| failure("BEGIN", &error))
        };
        let pushes = join_all(pushed.iter().map(|pushed| pushed.send(client)));
        let last = async {
            last(client)
                .await
                .map_err(|error| failure(sql.name, &error))
        };
        // Polled, and so sent, in this order.
        let (begun, pushes, last) = self.runtime.block_on(join3(begin, pushes, last));
        // The first to fail says why; the others only say that the transaction is over.
        begun?;
        for received in pushes {
            self.received.extend(received?);
        }
        last
    }

    pub(crate) fn query(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.statement(sql)?;
        self.flush_with(sql, async |client| {
            client.query(&statement, &to_sql(args)).await
        })
    }

    /// The rows for each of several arguments, asked for in one flight.
    pub(crate) fn query_each(
        &mut self,
        sql: &'static Sql,
        all: &[Vec<Arg<'_>>],
    ) -> Result<Vec<Vec<Row>>, Failure> {
        let statement = &self.statement(sql)?;
        self.flush_with(sql, async |client| {
            let one = |args| async move { client.query(statement, &to_sql(args)).await };
            try_join_all(all.iter().map(|args| one(args))).await
        })
    }

    pub(crate) fn execute(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<u64, Failure> {
        let statement = self.statement(sql)?;
        self.flush_with(sql, async |client| {
            client.execute(&statement, &to_sql(args)).await
        })
    }

    /// Ends the transaction; a connection on which that fails is not used again.
    fn roll_back(&mut self) -> Result<(), Failure> {
        self.forget();
        self.batch("ROLLBACK")
            .map_err(|failure| Failure::Lost(failure.error()))
    }

    fn commit(&mut self) -> Result<(), Failure> {
        static COMMIT: Sql = Sql::new("COMMIT", "COMMIT");
        let committed = self.flush_with(&COMMIT, async |client| {
            client.batch_execute(COMMIT.text).await
        });
        self.forget();
        committed
    }

    /// Whatever of a transaction that is over is still here.
    fn forget(&mut self) {
        self.begin = None;
        self.pushed.clear();
        self.received.clear();
    }
}

/// The error with its cause, which tokio-postgres leaves out.
fn describe(error: &tokio_postgres::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

/// How to connect. Unless the operator says otherwise, a server that has gone silent (a failed
/// node, a cut line) is given up after seconds, not after the hours that TCP would wait.
pub(crate) fn config(url: &str) -> Result<Config> {
    let mut config: Config = url
        .parse()
        .map_err(|_| StoreError::Refused("the database URL cannot be read".into()))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(10));
    }
    if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
        config.keepalives_idle(Duration::from_secs(10));
        config.keepalives_interval(Duration::from_secs(3));
    }
    Ok(config)
}

pub(crate) fn runtime() -> Result<Arc<Runtime>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(Arc::new)
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

impl Postgres {
    pub(crate) fn start(config: &Config, workers: usize, shared: &Arc<Shared>) -> Result<Self> {
        let mut engine = Self {
            queue: Arc::new(Queue::new(QUEUE)),
            workers: Vec::new(),
            _follower: Follower::start(config.clone(), Arc::clone(&shared.stamps))
                .map_err(|error| StoreError::Unavailable(error.to_string()))?,
        };
        shared.figures.keeps(workers);
        for n in 0..workers {
            let queue = Arc::clone(&engine.queue);
            let worker = Worker {
                config: config.clone(),
                shared: Arc::clone(shared),
            };
            let thread = std::thread::Builder::new()
                .name(format!("postgres-{n}"))
                .spawn(move || worker.work(&queue))
                .map_err(|error| StoreError::Unavailable(error.to_string()))?;
            engine.workers.push(thread);
        }
        Ok(engine)
    }

    pub(crate) async fn submit(&self, job: Box<dyn Job>) -> Result<()> {
        self.queue.push(job).await
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.queue.close();
        self.workers.drain(..).for_each(super::join);
    }
}

struct Worker {
    config: Config,
    shared: Arc<Shared>,
}

impl Worker {
    fn work(&self, queue: &Queue) {
        let mut connection = None;
        let mut done = None;
        while let Some(mut job) = queue.next(done) {
            done = writes_for(job.as_ref());
            let busy = self.shared.figures.busy();
            // A worker never ends before its queue: a panic, which would be a mistake of the
            // store's own, costs the connection.
            let outcome =
                catch_unwind(AssertUnwindSafe(|| self.run(&mut connection, job.as_mut())))
                    .unwrap_or(Err(StoreError::Panicked));
            if !job.reads_only() {
                self.shared.note_write(&outcome);
            }
            if job.changes_stamps() {
                // Also after a failure, whose outcome may not be known.
                self.shared.stamps.change(job.practice());
            }
            drop(busy);
            job.finish(outcome);
        }
    }

    fn run(&self, connection: &mut Option<PgConnection>, job: &mut dyn Job) -> Result<()> {
        let mut last = StoreError::Unavailable("not tried".into());
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.shared.figures.retried();
                back_off(attempt);
            }
            match self.attempt(connection, job) {
                Ok(()) => return Ok(()),
                Err(Failure::Retry(error)) => last = error,
                Err(Failure::Lost(error @ StoreError::OutcomeUnknown(_))) => return Err(error),
                Err(Failure::Lost(error)) => last = error,
                Err(Failure::Final(error)) => return Err(error),
            }
        }
        Err(last)
    }

    fn connect(&self) -> Result<PgConnection, Failure> {
        let runtime = runtime().map_err(Failure::Lost)?;
        let mut connection = PgConnection::open(&self.config, runtime).map_err(Failure::Lost)?;
        connection.batch(LIMITS)?;
        connection.batch(PLANS)?;
        self.shared.figures.connected();
        Ok(connection)
    }

    /// Runs the job once. What is left in `kept` is good for the next transaction.
    fn attempt(&self, kept: &mut Option<PgConnection>, job: &mut dyn Job) -> Result<(), Failure> {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let result = transact(&mut connection, job, &self.shared);
        if !matches!(result, Err(Failure::Lost(_))) {
            *kept = Some(connection);
        }
        result
    }
}

fn transact(
    connection: &mut PgConnection,
    job: &mut dyn Job,
    shared: &Shared,
) -> Result<(), Failure> {
    let beginning = begin(job);
    if job.reads_only() {
        // It waits for nobody, so it may travel with the first question.
        connection.begin = Some(beginning);
    } else if let Err(failure) = connection.batch(&beginning) {
        // It has begun, perhaps, and then waited for the counter row in vain.
        connection.roll_back()?;
        return Err(failure);
    }
    let mut tx = Tx {
        now: shared.clock.now(),
        connection: Connection::Postgres(connection),
        practice: job.practice(),
        keyring: &shared.keyring,
        figures: &shared.figures,
        counted: Vec::new(),
        wakes: false,
        watch: shared.watch.get(),
        failure: None,
    };
    let keep = job.run(&mut tx);
    let failed = tx.failure;
    if failed.is_some() || !keep {
        connection.roll_back()?;
        return failed.map_or(Ok(()), Err);
    }
    let since = Stopwatch::start();
    let committed = connection.commit();
    if !job.reads_only() {
        shared.figures.committed(since, 1);
    }
    committed.map_err(|failure| match failure {
        Failure::Lost(error) => Failure::Lost(StoreError::OutcomeUnknown(error.to_string())),
        failure => failure,
    })
}

/// The beginning of a transaction, in one flight: row-level security is told the practice, and a
/// writer takes the practice's counter row and leaves its number there for the other nodes.
fn begin(job: &dyn Job) -> String {
    let practice = job.practice().map_or(0, PracticeId::get);
    let mode = if job.reads_only() {
        "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    } else {
        "ISOLATION LEVEL READ COMMITTED"
    };
    let mut text = format!("BEGIN {mode}; SET LOCAL slotbridge.practice_id = '{practice}'");
    const XID: &str = "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";
    match job.practice() {
        _ if !job.changes_stamps() => {}
        Some(_) => {
            text += &format!(
                "; UPDATE practice_counters SET last_xid = {XID} WHERE practice_id = {practice}"
            );
        }
        None => text += &format!("; UPDATE global_changes SET last_xid = {XID}"),
    }
    text
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pause before a transaction is run again"
)]
fn back_off(attempt: u32) {
    std::thread::sleep(Duration::from_millis(5 << attempt.min(6)));
}
