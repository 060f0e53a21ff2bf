//! The limit: the same statements, run by nothing but the database's own library.

use crate::clinics::TIMES;
use crate::now;
use crate::recording::{Given, Pattern, Step};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use slotbridge_store::sql::Sql;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

fn of_sqlite(error: &rusqlite::Error) -> io::Error {
    io::Error::other(error.to_string())
}

/// Opens a store's file as the hub does: write-ahead log, each commit durable.
fn open(folder: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(folder.join("slotbridge.sqlite"))?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 10000",
    )?;
    Ok(connection)
}

fn run(connection: &Connection, sql: &Sql, args: Vec<Value>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql.sqlite())?;
    let mut rows = statement.query(params_from_iter(args))?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn value(pattern: &Pattern, practice: i64, time: i64) -> Value {
    match pattern {
        Pattern::Null => Value::Null,
        Pattern::Text(text) => Value::Text(text.clone()),
        Pattern::Blob(blob) => Value::Blob(blob.clone()),
        Pattern::Int(formula) => Value::Integer(formula.at(practice, time)),
        Pattern::Digits(formula) => Value::Text(formula.at(practice, time).to_string()),
    }
}

fn rate(done: usize, began: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let done = done as f64;
    done / began.elapsed().as_secs_f64()
}

/// Bookings a second: `together` in each transaction.
pub(crate) fn bookings(
    folder: &Path,
    steps: &[Step],
    practices: usize,
    together: usize,
    lasting: Duration,
) -> io::Result<f64> {
    let connection = open(folder).map_err(|error| of_sqlite(&error))?;
    let began = now();
    let mut done = 0;
    while began.elapsed() < lasting && done + together <= practices * TIMES {
        transaction(&connection, |connection| {
            for n in done..done + together {
                let (practice, time) = place(n, practices);
                for step in steps {
                    let args = step.args.iter().map(|arg| value(arg, practice, time));
                    run(connection, step.sql, args.collect())?;
                }
            }
            Ok(())
        })?;
        done += together;
    }
    Ok(rate(done, began))
}

/// Which practice and time the `n`-th booking of all is for: all practices in turn.
pub(crate) fn place(n: usize, practices: usize) -> (i64, i64) {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    (number(n % practices) + 1, number(n / practices))
}

fn transaction(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> io::Result<()> {
    connection
        .execute_batch("BEGIN IMMEDIATE")
        .and_then(|()| work(connection))
        .and_then(|()| connection.execute_batch("COMMIT"))
        .map_err(|error| of_sqlite(&error))
}

/// Statements a second: round after round of `statements` for each practice, those of `together`
/// practices in each transaction. The first argument names the practice.
pub(crate) fn upserts(
    folder: &Path,
    rounds: &[Vec<(&'static Sql, Vec<Given>)>],
    practices: usize,
    together: usize,
    lasting: Duration,
) -> io::Result<f64> {
    let connection = open(folder).map_err(|error| of_sqlite(&error))?;
    let began = now();
    let mut done = 0;
    let mut n = 0;
    while began.elapsed() < lasting {
        transaction(&connection, |connection| {
            for call in n..n + together {
                let (practice, round) = place(call, practices);
                let round = usize::try_from(round).unwrap_or(0) % rounds.len().max(1);
                for (sql, args) in rounds.get(round).into_iter().flatten() {
                    let args = args.iter().enumerate().map(|(at, given)| match given {
                        Given::Int(_) if at == 0 => Value::Integer(practice),
                        Given::Int(value) => Value::Integer(*value),
                        Given::Text(text) => Value::Text(text.clone()),
                        Given::Blob(blob) => Value::Blob(blob.clone()),
                        Given::Null => Value::Null,
                    });
                    run(connection, sql, args.collect())?;
                    done += 1;
                }
            }
            Ok(())
        })?;
        n += together;
    }
    Ok(rate(done, began))
}

/// How long a durable commit of the disk under a folder takes: 4 KiB appended and synced.
pub(crate) fn durable_commit(folder: &Path) -> io::Result<Duration> {
    const TIMES: u32 = 100;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let page = [0x5b; 4096];
    let began = now();
    for _ in 0..TIMES {
        io::Write::write_all(&mut file, &page)?;
        file.as_file().sync_data()?;
    }
    Ok(began.elapsed() / TIMES)
}
