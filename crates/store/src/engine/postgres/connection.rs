//! A connection, and what waits to be sent on it.

use super::database::Database;
use super::failure::failure;
use super::history::History;
use crate::sql::{Arg, OwnedArg, Sql};
use crate::tx::Failure;
use crate::{Result, StoreError};
use futures_util::future::{
    FutureExt, TryFutureExt, join_all, join5, poll_immediate, try_join_all,
};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_postgres::types::{FromSql, PgLsn, ToSql};
use tokio_postgres::{Client, Row, Statement};

/// How far a standby has come; null where it is none.
const REPLAYED: &str = "SELECT pg_last_wal_replay_lsn()";

/// A worker's connection.
pub(crate) struct PgConnection {
    client: Client,
    /// Of a primary that says so: the log that it writes.
    log: Option<Arc<str>>,
    history: Arc<History>,
    runtime: Arc<Runtime>,
    /// How long an answer may take.
    limit: Option<Duration>,
    statements: HashMap<*const Sql, Statement>,
    /// What goes out before the next statement: a beginning, and what was pushed or asked for.
    pub(super) begin: Option<String>,
    /// Whether the transaction's end goes out with the next statement, and whether it has.
    ends_with_next: bool,
    has_ended: bool,
    /// On a standby: what asks how far it has come, before each beginning.
    replayed: Option<Statement>,
    /// What it said to that.
    position: Option<u64>,
    pushed: Vec<Pushed>,
    /// What has come back of that, by the number under which it was asked for.
    received: HashMap<usize, Vec<Row>>,
    asked: usize,
    /// Whether a pushed statement has left something to be done at once.
    wakes: bool,
}

/// A statement that travels with the next one.
struct Pushed {
    statement: Statement,
    sql: &'static Sql,
    args: Vec<OwnedArg>,
    wanted: Wanted,
}

/// What is wanted of a statement that was pushed.
#[derive(Clone, Copy)]
enum Wanted {
    Nothing,
    /// Whether it changed a row: that leaves something to be done at once.
    Waking,
    /// Its rows, under a number.
    Rows(usize),
}

/// What has come back of a statement that was pushed.
enum Answered {
    Nothing,
    Wakes,
    Rows(usize, Vec<Row>),
}

impl Pushed {
    async fn send(&self, client: &Client) -> Result<Answered, Failure> {
        let args: Vec<Arg<'_>> = self.args.iter().map(OwnedArg::as_arg).collect();
        let args = to_sql(&args);
        let sent = match self.wanted {
            Wanted::Rows(number) => {
                let rows = client.query(&self.statement, &args).await;
                rows.map(|rows| Answered::Rows(number, rows))
            }
            wanted => {
                let changed = client.execute(&self.statement, &args).await;
                changed.map(|changed| match wanted {
                    Wanted::Waking if changed > 0 => Answered::Wakes,
                    _ => Answered::Nothing,
                })
            }
        };
        sent.map_err(|error| failure(self.sql.name, &error))
    }
}

type Args<'a> = Vec<&'a (dyn ToSql + Sync)>;

fn to_sql<'a>(args: &'a [Arg<'a>]) -> Args<'a> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}

impl PgConnection {
    pub(crate) fn open(database: &Database, runtime: Arc<Runtime>) -> Result<Self> {
        let (client, log) = runtime.block_on(database.connect())?;
        Ok(Self {
            client,
            log,
            history: database.history(),
            runtime,
            limit: None,
            statements: HashMap::new(),
            begin: None,
            ends_with_next: false,
            has_ended: false,
            replayed: None,
            position: None,
            pushed: Vec::new(),
            received: HashMap::new(),
            asked: 0,
            wakes: false,
        })
    }

    /// The log that the primary writes, if it says so.
    pub(super) fn log(&self) -> Option<Arc<str>> {
        self.log.clone()
    }

    /// Whether a newer primary than this one has been found since it was made.
    pub(super) fn is_of_the_past(&self) -> bool {
        let log = self.log.as_ref();
        log.is_some_and(|log| self.history.has_newer(log))
    }

    /// Asks from now on with each beginning how far the standby has come.
    pub(super) fn asks_position(&mut self) -> Result<(), Failure> {
        let statement = self.ask_now("REPLAYED", self.client.prepare(REPLAYED))?;
        self.replayed = Some(statement);
        Ok(())
    }

    /// How far the standby had come before the last transaction on it began, once.
    pub(super) const fn take_position(&mut self) -> Option<u64> {
        self.position.take()
    }

    /// How long the answer to what is sent may take from now on, before the connection counts as
    /// lost; gives what it was before.
    pub(crate) const fn answers_within(&mut self, limit: Option<Duration>) -> Option<Duration> {
        std::mem::replace(&mut self.limit, limit)
    }

    /// The client, and the runtime on which its connection lives.
    pub(crate) fn parts(&self) -> (&Client, &Runtime) {
        (&self.client, &self.runtime)
    }

    /// Waits for an answer.
    fn wait<T>(
        &self,
        statement: &'static str,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let Some(limit) = self.limit else {
            return self.runtime.block_on(answer);
        };
        let answered = self
            .runtime
            .block_on(async { timeout(limit, answer).await });
        answered.unwrap_or_else(|_| {
            Err(Failure::Lost(StoreError::Unavailable(format!(
                "{statement}: no answer within {limit:?}"
            ))))
        })
    }

    /// The same, for what the driver says.
    fn ask_now<T>(
        &self,
        statement: &'static str,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        let answer = answer.map_err(|error| failure(statement, &error));
        self.wait(statement, answer)
    }

    /// Runs text of our own: migrations, BEGIN and the like.
    pub(crate) fn batch(&mut self, text: &str) -> Result<(), Failure> {
        self.ask_now("batch", self.client.batch_execute(text))
    }

    /// The one value that a text of our own selects.
    pub(crate) fn read_one<T: for<'a> FromSql<'a>>(&mut self, text: &str) -> Result<T, Failure> {
        let row = self.ask_now("batch", self.client.query_one(text, &[]))?;
        row.try_get(0).map_err(|error| failure("batch", &error))
    }

    pub(crate) fn statement(&mut self, sql: &'static Sql) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(&std::ptr::from_ref(sql)) {
            return Ok(statement.clone());
        }
        let statement = self.ask_now(sql.name, self.client.prepare(sql.text))?;
        self.statements
            .insert(std::ptr::from_ref(sql), statement.clone());
        Ok(statement)
    }

    pub(crate) fn push(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<(), Failure> {
        self.send_later(sql, args, Wanted::Nothing)
    }

    /// Sends a statement with the next one, and takes note of whether it changed a row.
    pub(crate) fn push_waking(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
    ) -> Result<(), Failure> {
        self.send_later(sql, args, Wanted::Waking)
    }

    /// Whether the transaction has left something to be done at once, once.
    pub(super) const fn take_wakes(&mut self) -> bool {
        std::mem::replace(&mut self.wakes, false)
    }

    /// Sends a query with the next statement; the number under which its rows are received.
    pub(crate) fn ask(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<usize, Failure> {
        let number = self.asked;
        self.asked += 1;
        self.send_later(sql, args, Wanted::Rows(number))?;
        Ok(number)
    }

    fn send_later(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        wanted: Wanted,
    ) -> Result<(), Failure> {
        let statement = self.statement(sql)?;
        self.pushed.push(Pushed {
            statement,
            sql,
            args: args.iter().map(OwnedArg::from).collect(),
            wanted,
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

    /// Has the transaction end with what is asked next.
    pub(crate) const fn end_with_next(&mut self) {
        self.ends_with_next = true;
    }

    /// Sends what waits to be sent and, in the same flight, `last`; `last`'s result.
    fn flush_with<T>(
        &mut self,
        sql: &'static Sql,
        last: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Failure> {
        let begin = self.begin.take();
        let ends = std::mem::take(&mut self.ends_with_next);
        let pushed = std::mem::take(&mut self.pushed);
        let client = &self.client;
        // A statement of its own: the transaction's picture must be younger than the answer.
        let replayed = self.replayed.as_ref().filter(|_| begin.is_some());
        let position = async {
            let Some(statement) = replayed else {
                return Ok(None);
            };
            let row = client.query_one(statement, &[]).await;
            let position = row.and_then(|row| row.try_get::<_, Option<PgLsn>>(0));
            position.map_err(|error| failure("REPLAYED", &error))
        };
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
        let end = async {
            match ends {
                true => client.batch_execute("COMMIT").await,
                false => Ok(()),
            }
        };
        // Polled, and so sent, in this order.
        let all = join5(position, begin, pushes, last, end).map(Ok);
        let (position, begun, pushes, last, ended) = self.wait(sql.name, all)?;
        self.has_ended = ends;
        // The first to fail says why; the others only say that the transaction is over.
        if let Some(position) = position? {
            self.position = Some(position.into());
        }
        begun?;
        for answered in pushes {
            match answered? {
                Answered::Nothing => {}
                Answered::Wakes => self.wakes = true,
                Answered::Rows(number, rows) => drop(self.received.insert(number, rows)),
            }
        }
        let last = last?;
        ended.map_err(|error| failure("COMMIT", &error))?;
        Ok(last)
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
    pub(super) fn roll_back(&mut self) -> Result<(), Failure> {
        let has_ended = self.has_ended;
        self.forget();
        if has_ended {
            return Ok(());
        }
        self.batch("ROLLBACK")
            .map_err(|failure| Failure::Lost(failure.error()))
    }

    /// Ends the transaction that has failed, so that the connection can be used again; what it
    /// failed for.
    pub(super) fn roll_back_after(&mut self, failure: Failure) -> Failure {
        // A connection that is lost cannot be told anything, and waiting for it takes time.
        if matches!(failure, Failure::Lost(_)) {
            return failure;
        }
        self.roll_back().err().unwrap_or(failure)
    }

    /// Ends a transaction that has read what it wanted. Nothing hangs on the answer to that, so it is
    /// sent and not waited for: what is asked next on this connection finds it.
    pub(super) fn end_reading(&mut self) -> Result<(), Failure> {
        let has_begun = self.begin.is_none();
        if !has_begun && self.replayed.is_some() {
            // How far the standby has come is wanted all the same.
            return self.commit();
        }
        let has_ended = self.has_ended;
        self.forget();
        if has_begun && !has_ended {
            self.runtime.block_on(async {
                let commit = pin!(self.client.batch_execute("COMMIT"));
                let _ = poll_immediate(commit).await;
                // The connection's task writes it down the line.
                yield_now().await;
            });
        }
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Result<(), Failure> {
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
        self.ends_with_next = false;
        self.has_ended = false;
    }
}
