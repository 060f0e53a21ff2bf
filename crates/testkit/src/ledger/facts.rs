//! What a store holds, read past the store's own code.
#![expect(clippy::expect_used, reason = "a test that cannot go on ends here")]

use rusqlite::types::ValueRef;
use slotbridge_store::Location;
use std::collections::BTreeMap;
use std::path::Path;

/// A booking as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whom with.
    pub practitioner: i64,
    /// From when, in microseconds.
    pub start: i64,
    /// Until when.
    pub end: i64,
    /// Where it stands.
    pub status: String,
    /// The PMS's answer.
    pub pms_answer: String,
    /// Whether it takes its time.
    pub occupies: bool,
}

/// What a store holds of one practice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Bookings by id.
    pub bookings: BTreeMap<i64, Stored>,
    /// Requests on bookings: the booking, the type, whether it is resolved.
    pub requests: Vec<(i64, String, bool)>,
    /// The audit trail of bookings: the booking and the action.
    pub audit: Vec<(i64, String)>,
    /// The bookings whose 20 seconds run, and until when, in microseconds.
    pub deciding: BTreeMap<i64, i64>,
    /// The snapshots of the resource [`super::load::SNAPSHOTS`], by day.
    pub days: BTreeMap<String, String>,
}

/// A connection past the store's, to either engine, with one picture of what is committed.
enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client, tokio::runtime::Runtime),
}

type Cells = Vec<String>;

impl Raw {
    fn open(location: &Location) -> Self {
        match location {
            Location::Folder(folder) => {
                let raw = rusqlite::Connection::open(folder.join("slotbridge.sqlite"));
                Self::Sqlite(raw.expect("the store's file"))
            }
            Location::Postgres(url) => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                let client = runtime.block_on(async {
                    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
                        .await
                        .expect("a connection");
                    tokio::spawn(connection);
                    client
                });
                Self::Postgres(client, runtime)
            }
        }
    }

    fn run(&self, sql: &str) {
        match self {
            Self::Sqlite(raw) => raw.execute_batch(sql).expect("a statement"),
            Self::Postgres(client, runtime) => {
                runtime
                    .block_on(client.batch_execute(sql))
                    .expect("a statement");
            }
        }
    }

    fn rows(&self, sql: &str) -> Vec<Cells> {
        match self {
            Self::Sqlite(raw) => {
                let mut statement = raw.prepare(sql).expect("a statement");
                let columns = statement.column_count();
                let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<Cells> {
                    (0..columns).map(|at| Ok(text(row.get_ref(at)?))).collect()
                };
                let rows = statement.query_map([], read).expect("rows");
                rows.collect::<Result<_, _>>().expect("rows")
            }
            Self::Postgres(client, runtime) => {
                let rows = runtime.block_on(client.simple_query(sql)).expect("rows");
                let rows = rows.iter().filter_map(|message| match message {
                    tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
                    _ => None,
                });
                let cell = |row: &tokio_postgres::SimpleQueryRow, at| {
                    row.get(at).unwrap_or_default().to_owned()
                };
                rows.map(|row| (0..row.len()).map(|at| cell(row, at)).collect())
                    .collect()
            }
        }
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
    }
}

/// Reads a row's cells one by one.
struct Reader(std::vec::IntoIter<String>);

impl Reader {
    fn text(&mut self) -> String {
        self.0.next().expect("a column")
    }

    fn number(&mut self) -> i64 {
        self.text().parse().expect("a number")
    }
}

impl Facts {
    /// Reads them. Not for use on an async thread.
    ///
    /// # Panics
    /// The store cannot be read.
    #[must_use]
    pub fn read(location: &Location, practice: i64) -> Self {
        let raw = Raw::open(location);
        raw.run(match raw {
            Raw::Sqlite(_) => "BEGIN",
            Raw::Postgres(..) => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ; SET slotbridge.practice_id = '0'"
            }
        });
        let rows = |sql: &str| {
            let rows = raw.rows(&sql.replace('?', &practice.to_string()));
            rows.into_iter().map(|cells| Reader(cells.into_iter()))
        };
        let bookings = rows(
            "SELECT booking_id, practitioner_id, start_at, end_at, status, pms_answer, occupies
             FROM bookings WHERE practice_id = ?",
        );
        let requests = rows(
            "SELECT booking_id, type, CASE WHEN resolved_at IS NULL THEN 0 ELSE 1 END
             FROM requests WHERE practice_id = ? AND booking_id IS NOT NULL",
        );
        let audit = rows(
            "SELECT booking_id, action FROM audit WHERE practice_id = ?
             AND booking_id IS NOT NULL",
        );
        let due =
            rows("SELECT target, due_at FROM due WHERE practice_id = ? AND kind = 'bookingStands'");
        let days = rows(
            "SELECT day, ranges FROM resource_days WHERE practice_id = ?
             AND pms_resource_id = 'snapshots'",
        );
        Self {
            bookings: bookings
                .map(|mut row| {
                    let id = row.number();
                    let stored = Stored {
                        practitioner: row.number(),
                        start: row.number(),
                        end: row.number(),
                        status: row.text(),
                        pms_answer: row.text(),
                        occupies: row.number() == 1,
                    };
                    (id, stored)
                })
                .collect(),
            requests: requests
                .map(|mut row| (row.number(), row.text(), row.number() == 1))
                .collect(),
            audit: audit.map(|mut row| (row.number(), row.text())).collect(),
            deciding: due.map(|mut row| (row.number(), row.number())).collect(),
            days: days.map(|mut row| (row.text(), row.text())).collect(),
        }
    }
}

/// What SQLite itself finds wrong with the file in a folder: nothing, if all is well. It is read as
/// it is, and left with its log as it is.
///
/// # Panics
/// It is no database at all.
#[must_use]
pub fn damage(folder: &Path) -> Vec<String> {
    let raw = Raw::open(&Location::Folder(folder.to_owned()));
    let mut found: Vec<String> = raw
        .rows("PRAGMA integrity_check")
        .concat()
        .into_iter()
        .filter(|words| words != "ok")
        .collect();
    let broken = raw.rows("PRAGMA foreign_key_check");
    found.extend(
        broken
            .iter()
            .map(|row| format!("a broken reference: {row:?}")),
    );
    found
}

/// Changes a store past all rules, so that a test can see whether it would be found out.
///
/// # Panics
/// The statement fails.
pub fn sabotage(location: &Location, sql: &str) {
    let raw = Raw::open(location);
    if let Raw::Postgres(..) = raw {
        raw.run("SET slotbridge.practice_id = '0'");
    }
    raw.run(sql);
}
