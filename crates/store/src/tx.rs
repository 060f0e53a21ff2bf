//! A transaction, whichever engine it runs on.

use crate::asked::{Answer, Asked, MISSING, Read};
use crate::each::args_of_each;
use crate::engine::Watch;
use crate::engine::postgres::{PgConnection, TAKE_FREE_TURNS};
use crate::seal::{Keyring, PracticeKey};
use crate::sql::{Arg, Row, Sql};
use crate::{Figures, Result, StoreError};
use jiff::Timestamp;
use prometheus_client::metrics::counter::Counter;
use slotbridge_domain::clock::Clock;
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::outcome::Outcome;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What comes of asking after the last of what was wanted.
const OVER: StoreError = StoreError::Corrupt("a statement after the last one");

/// What the engine must know of a failed statement.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Running the whole transaction again may help (serialisation failure, deadlock).
    Retry(StoreError),
    /// The connection is gone.
    Lost(StoreError),
    /// It failed for good.
    Final(StoreError),
}

impl Failure {
    pub(crate) fn error(&self) -> StoreError {
        match self {
            Self::Retry(error) | Self::Lost(error) | Self::Final(error) => error.clone(),
        }
    }
}

pub(crate) enum Connection<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut PgConnection),
}

/// A transaction of one practice (or of none, for the few global tables), with one `now`.
///
/// On either engine no other transaction of the same practice writes meanwhile: SQLite has one
/// writer, PostgreSQL takes the practice's counter row first. A use case may therefore look,
/// decide and write as if it were alone (but for its deliveries: see
/// [`Begin::keep_books`](crate::Begin::keep_books)). It may be run again from the start, so it touches
/// nothing outside of the transaction. A failed statement undoes the whole of it, whatever the
/// use case makes of the error.
pub struct Tx<'c> {
    pub(crate) connection: Connection<'c>,
    pub(crate) now: Timestamp,
    pub(crate) clock: &'c dyn Clock,
    /// What this node is called among those of the store.
    pub(crate) node: i64,
    pub(crate) practice: Option<PracticeId>,
    pub(crate) keyring: &'c Keyring,
    pub(crate) figures: &'c Figures,
    /// What is to be counted once this is durable.
    pub(crate) counted: Vec<Counter>,
    /// Whether it leaves something to be done at once.
    pub(crate) wakes: bool,
    /// Whether it writes what practices are listed by.
    pub(crate) lists: bool,
    /// Whether it changes how a practice is configured.
    pub(crate) configures: bool,
    /// Whether it only reads.
    pub(crate) reads_only: bool,
    /// Whether nothing more may be asked.
    pub(crate) is_over: bool,
    pub(crate) watch: Option<&'c Watch>,
    pub(crate) failure: Option<Failure>,
}

impl Tx<'_> {
    /// The instant of the transaction.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The practice that the transaction is for.
    ///
    /// # Errors
    /// It was begun for none: a mistake of ours.
    pub fn practice(&self) -> Result<PracticeId> {
        self.practice.ok_or(StoreError::Corrupt(
            "a practice's statement outside of a practice",
        ))
    }

    /// Counts an outcome of a booking, if and when this transaction is durable: not when it is
    /// undone, and once however often it is run.
    pub fn count(&mut self, outcome: Outcome) {
        self.counted.extend(self.figures.booking(outcome).cloned());
    }

    /// Runs a part of a global transaction for a practice that it has just made, so that what
    /// belongs to the practice is written with it.
    pub fn within<T>(&mut self, practice: PracticeId, part: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.practice.replace(practice);
        let result = part(self);
        self.practice = before;
        result
    }

    /// Of these practices, [`AT_ONCE`](crate::AT_ONCE) at most, those for which no other transaction writes
    /// now, nor will until this one ends, which was begun for none. Its `now` comes after that.
    ///
    /// # Errors
    /// The store's.
    pub fn take_turns(&mut self, practices: &[PracticeId]) -> Result<BTreeSet<PracticeId>> {
        let turns = match &self.connection {
            Connection::Sqlite(_) => practices.to_vec(),
            Connection::Postgres(_) => {
                let args = args_of_each(practices, &[]);
                self.query(&TAKE_FREE_TURNS, &args, |row| row.id(0, PracticeId::new))?
            }
        };
        self.now = self.clock.now();
        Ok(turns.into_iter().collect())
    }

    /// The keys that seal.
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        self.keyring
    }

    /// The practice's key, unwrapped.
    ///
    /// # Errors
    /// The practice has none (it was erased) or the master key is another one.
    pub fn practice_key(&mut self) -> Result<Arc<PracticeKey>> {
        let practice = self.practice()?;
        if let Some(key) = self.keyring.cached(practice) {
            return Ok(key);
        }
        let wrapped = crate::practices::wrapped_key(self)?
            .ok_or(StoreError::Corrupt("the practice's key is gone"))?;
        self.keyring.unwrap(practice, &wrapped)
    }

    fn failed(&mut self, failure: Failure) -> StoreError {
        self.failure.insert(failure).error()
    }

    /// Before a statement. After a failure that has ended the transaction nothing more is run, so
    /// that the first failure remains the one that is reported.
    fn enter(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<()> {
        if self.is_over {
            return Err(self.failed(Failure::Final(OVER)));
        }
        self.configures |= sql.configures();
        if let Some(watch) = self.watch {
            watch(sql, args);
        }
        self.go_on()
    }

    /// Says that a transaction which only reads has asked for all that it wants. On PostgreSQL its end
    /// then travels with that. (One that writes ends when its use case does.)
    pub fn ask_no_more(&mut self) {
        if self.reads_only {
            self.is_over = true;
            if let Connection::Postgres(connection) = &mut self.connection {
                connection.end_with_next();
            }
        }
    }

    /// What has failed, if anything has.
    pub(crate) fn go_on(&self) -> Result<()> {
        self.failure
            .as_ref()
            .map_or(Ok(()), |failure| Err(failure.error()))
    }

    /// All rows of a query, each read by `read`.
    pub(crate) fn query<T>(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.enter(sql, args)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => sqlite::query(connection, sql, args, &mut read),
            Connection::Postgres(connection) => connection.query(sql, args).and_then(|rows| {
                rows.iter()
                    .map(|row| read(&Row::Postgres(row)).map_err(Failure::Final))
                    .collect()
            }),
        };
        result.map_err(|failure| self.failed(failure))
    }

    /// The rows of a query for each of several arguments. On PostgreSQL they travel together.
    pub(crate) fn query_each<T>(
        &mut self,
        sql: &'static Sql,
        all: &[Vec<Arg<'_>>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<Vec<T>>> {
        for args in all {
            self.enter(sql, args)?;
        }
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => all
                .iter()
                .map(|args| sqlite::query(connection, sql, args, &mut read))
                .collect(),
            Connection::Postgres(connection) => connection.query_each(sql, all).and_then(|found| {
                let mut all = |rows: &Vec<_>| {
                    let rows = rows.iter().map(Row::Postgres);
                    rows.map(|row| read(&row).map_err(Failure::Final)).collect()
                };
                found.iter().map(&mut all).collect()
            }),
        };
        result.map_err(|failure| self.failed(failure))
    }

    /// Asks for the rows of a query, to be read later. On PostgreSQL it travels with the next one.
    pub(crate) fn ask<T>(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        read: Read<T>,
    ) -> Result<Asked<T>> {
        self.enter(sql, args)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => {
                sqlite::query(connection, sql, args, &mut |row| read(row)).map(Answer::Here)
            }
            Connection::Postgres(connection) => connection
                .ask(sql, args)
                .map(|number| Answer::Sent(number, read)),
        };
        result.map(Asked).map_err(|failure| self.failed(failure))
    }

    /// What was asked for under a number.
    pub(crate) fn receive<T>(&mut self, number: usize, read: Read<T>) -> Result<Vec<T>> {
        let result = match &mut self.connection {
            Connection::Sqlite(_) => Ok(Vec::new()),
            Connection::Postgres(connection) => connection.receive(number).and_then(|rows| {
                rows.iter()
                    .map(|row| read(&Row::Postgres(row)).map_err(Failure::Final))
                    .collect()
            }),
        };
        result.map_err(|failure| self.failed(failure))
    }

    /// The first row of a query, if there is one.
    pub(crate) fn query_opt<T>(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, args, read)?.into_iter().next())
    }

    /// The first row of a query that always has one.
    pub(crate) fn query_one<T>(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_opt(sql, args, read)?
            .ok_or_else(|| self.failed(Failure::Final(MISSING)))
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<u64> {
        self.enter(sql, args)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => sqlite::execute(connection, sql, args),
            Connection::Postgres(connection) => connection.execute(sql, args),
        };
        result.map_err(|failure| self.failed(failure))
    }

    /// Runs a statement whose result nobody needs. On PostgreSQL it travels with the next one.
    pub(crate) fn push(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<()> {
        self.enter(sql, args)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => sqlite::execute(connection, sql, args).map(drop),
            Connection::Postgres(connection) => connection.push(sql, args),
        };
        result.map_err(|failure| self.failed(failure))
    }

    /// The same of a statement that leaves something to be done at once if it changes a row: when the
    /// transaction is durable, whoever waits in [`Store::woken`](crate::Store::woken) is woken.
    pub(crate) fn push_waking(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<()> {
        self.enter(sql, args)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => {
                sqlite::execute(connection, sql, args).map(|changed| self.wakes |= changed > 0)
            }
            Connection::Postgres(connection) => connection.push_waking(sql, args),
        };
        result.map_err(|failure| self.failed(failure))
    }
}

mod sqlite {
    use super::{Arg, Failure, Result, Row, Sql, StoreError};
    use crate::engine::sqlite::failure;
    use rusqlite::{Connection, params_from_iter};

    pub(super) fn query<T>(
        connection: &Connection,
        sql: &'static Sql,
        args: &[Arg<'_>],
        read: &mut impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, Failure> {
        let map = |error| failure(sql.name, &error);
        let mut statement = connection.prepare_cached(sql.sqlite()).map_err(map)?;
        let mut rows = statement.query(params_from_iter(args)).map_err(map)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(map)? {
            found.push(read(&Row::Sqlite(row)).map_err(Failure::Final)?);
        }
        Ok(found)
    }

    pub(super) fn execute(
        connection: &Connection,
        sql: &'static Sql,
        args: &[Arg<'_>],
    ) -> Result<u64, Failure> {
        let map = |error| failure(sql.name, &error);
        let mut statement = connection.prepare_cached(sql.sqlite()).map_err(map)?;
        let changed = statement.execute(params_from_iter(args)).map_err(map)?;
        Ok(changed as u64)
    }
}
