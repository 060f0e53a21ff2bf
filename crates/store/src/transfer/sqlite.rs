//! The embedded store, read beside its server and written as a file that appears when it is whole.
//!
//! Reading is one read transaction on a connection of its own: it neither takes the folder's lock
//! nor makes the writer wait. While it lasts, the write-ahead log grows by what is written.

use super::document::Header;
use super::error::{Result, TransferError};
use super::schema::{Schema, Table, after, through};
use crate::StoreError;
use crate::engine::sqlite::{failure, open_reader};
use crate::migrate::{CREATE_VERSIONS, Migration, READ_VERSION};
use crate::open::{FILE, lock, unavailable};
use crate::sql::Arg;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempPath;

fn error(what: &'static str) -> impl Fn(rusqlite::Error) -> TransferError {
    move |error| failure(what, &error).error().into()
}

/// A picture of an embedded store.
pub(super) struct Source {
    connection: Connection,
    version: i64,
}

impl Source {
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Err(no_store(folder));
        }
        let connection = open_reader(&path).map_err(|error| unreadable(&path, &error))?;
        // The first query fixes the picture that all later ones see.
        let version = connection
            .execute_batch("BEGIN")
            .and_then(|()| version(&connection))
            .map_err(|error| unreadable(&path, &error))?;
        if version == 0 {
            return Err(no_store(folder));
        }
        Ok(Self {
            connection,
            version,
        })
    }
}

/// The version of the schema; 0 if there is none.
fn version(connection: &Connection) -> rusqlite::Result<i64> {
    const IS_STORE: &str =
        "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'";
    let number = |text| connection.query_row(text, [], |row| row.get::<_, i64>(0));
    match number(IS_STORE)? {
        0 => Ok(0),
        _ => number(READ_VERSION),
    }
}

/// Even a reader writes beside the file: the index of the write-ahead log, which the server must
/// be able to write as well.
fn unreadable(path: &Path, error: &rusqlite::Error) -> TransferError {
    TransferError::refused(format!(
        "{} cannot be read: {error}; run this as the user that the server runs as",
        path.display()
    ))
}

fn no_store(folder: &Path) -> TransferError {
    TransferError::refused(format!("there is no store in {}", folder.display()))
}

impl super::Source for Source {
    fn engine(&self) -> &'static str {
        "sqlite"
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn setting(&mut self, name: &str) -> Result<Option<String>> {
        self.connection
            .query_row(
                "SELECT value FROM settings WHERE name = ?1",
                [name],
                |row| row.get(0),
            )
            .optional()
            .map_err(error("setting"))
    }

    fn count(&mut self, table: &Table) -> Result<u64> {
        let text = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
        let rows: i64 = self
            .connection
            .query_row(&text, [], |row| row.get(0))
            .map_err(error("count"))?;
        Ok(rows.unsigned_abs())
    }

    fn rows(
        &mut self,
        table: &Table,
        each: &mut dyn FnMut(&[Arg<'_>]) -> Result<()>,
    ) -> Result<()> {
        let fails = error("rows");
        let mut query = self.connection.prepare(&table.select()).map_err(&fails)?;
        let mut rows = query.query([]).map_err(&fails)?;
        while let Some(row) = rows.next().map_err(&fails)? {
            let value = |at| -> Result<Arg<'_>> {
                Ok(match row.get_ref(at).map_err(&fails)? {
                    ValueRef::Null => Arg::Null,
                    ValueRef::Integer(number) => Arg::Int(number),
                    ValueRef::Text(text) => {
                        Arg::Text(std::str::from_utf8(text).map_err(|_| WRONG)?)
                    }
                    ValueRef::Blob(bytes) => Arg::Blob(bytes),
                    ValueRef::Real(_) => return Err(WRONG.into()),
                })
            };
            let values: Vec<Arg<'_>> =
                (0..table.columns.len()).map(value).collect::<Result<_>>()?;
            each(&values)?;
        }
        Ok(())
    }
}

const WRONG: StoreError = StoreError::Corrupt("a column of an unexpected type");

/// An embedded store that is yet to be.
pub(super) struct Sink<'m> {
    folder: PathBuf,
    migrations: &'m [Migration],
    open: Option<Open>,
}

struct Open {
    /// Nobody starts on the folder meanwhile.
    _lock: File,
    connection: Connection,
    /// Removed when dropped, unless it becomes the store.
    file: TempPath,
    version: i64,
    insert: String,
}

/// How the file is called until it is whole.
const UNFINISHED: &str = "slotbridge.sqlite.restoring-";

impl<'m> Sink<'m> {
    pub(super) fn new(folder: &Path, migrations: &'m [Migration]) -> Self {
        Self {
            folder: folder.to_owned(),
            migrations,
            open: None,
        }
    }

    fn open(&mut self) -> Result<&mut Open> {
        let unopened = || StoreError::Corrupt("rows before their header").into();
        self.open.as_mut().ok_or_else(unopened)
    }

    /// Brings what was restored to this program's schema and makes it the store.
    pub(super) fn finish(self) -> Result<()> {
        let Some(mut open) = self.open else {
            return Ok(());
        };
        let fails = error("finish");
        open.connection.execute_batch("COMMIT").map_err(&fails)?;
        for migration in after(self.migrations, open.version) {
            migration.on_sqlite(&mut open.connection).map_err(&fails)?;
        }
        open.connection.close().map_err(|(_, error)| fails(error))?;
        let synced = File::open(&open.file).and_then(|file| file.sync_all());
        let path = self.folder.join(FILE);
        synced
            .and_then(|()| {
                open.file
                    .persist_noclobber(&path)
                    .map_err(|error| error.error)
            })
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(|error| unavailable(&path.display().to_string(), &error).into())
    }
}

/// Whether nothing of a store is there. A log without its file would be taken for the log of the
/// next one.
fn refuse_store(folder: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let path = folder.join(format!("{FILE}{ending}"));
        if path.exists() {
            return Err(TransferError::refused(format!(
                "there is a store already: {}; a backup is restored into an empty folder, so name \
                 another with --data-dir, or move all files {FILE}* away first",
                path.display()
            )));
        }
    }
    Ok(())
}

/// Removes what a restore that was killed has left. The lock is held.
fn clear_unfinished(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(UNFINISHED.as_bytes())
        {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl super::document::Sink for Sink<'_> {
    fn begin(&mut self, header: &Header, schema: &Schema) -> Result<()> {
        let io = |error| unavailable(&self.folder.display().to_string(), &error);
        std::fs::create_dir_all(&self.folder).map_err(io)?;
        let lock = lock(&self.folder)?;
        refuse_store(&self.folder)?;
        clear_unfinished(&self.folder).map_err(io)?;
        let file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.folder)
            .map_err(io)?
            .into_temp_path();
        let fails = error("schema");
        let mut connection = Connection::open(&file).map_err(&fails)?;
        // What does not become whole is thrown away: nothing has to be undone, or be durable
        // before its end.
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -32768",
            )
            .and_then(|()| connection.execute_batch(CREATE_VERSIONS))
            .map_err(&fails)?;
        for migration in through(self.migrations, header.schema_version) {
            migration.on_sqlite(&mut connection).map_err(&fails)?;
        }
        connection
            .execute_batch(&format!("BEGIN; {}", schema.clear()))
            .map_err(&fails)?;
        self.open = Some(Open {
            _lock: lock,
            connection,
            file,
            version: header.schema_version,
            insert: String::new(),
        });
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<()> {
        let open = self.open()?;
        let places: Vec<String> = (1..=table.columns.len()).map(|n| format!("?{n}")).collect();
        let (name, list, places) = (&table.name, table.list(), places.join(", "));
        open.insert = format!("INSERT INTO \"{name}\" ({list}) VALUES ({places})");
        Ok(())
    }

    fn row(&mut self, _: &Table, values: &[Arg<'_>]) -> Result<()> {
        let fails = error("row");
        let open = self.open()?;
        open.connection
            .prepare_cached(&open.insert)
            .and_then(|mut insert| insert.execute(params_from_iter(values)))
            .map(drop)
            .map_err(fails)
    }
}
