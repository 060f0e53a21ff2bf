//! Backups: a whole store as one stream, from either engine to either engine.
//!
//! A backup is one consistent picture of every table, read beside a running server. What the
//! tables are is asked of the migrations themselves ([`schema`]), never of a list that somebody
//! would have to keep. The stream ([`frames`], [`document`]) is the same for both engines, so a
//! restore is also the way from the one to the other. Nothing of it is used before its digest has
//! been checked, and nothing of a restore is visible before the last digest has.

mod document;
mod error;
mod frames;
mod postgres;
mod rows;
pub(crate) mod schema;
mod sqlite;

#[cfg(test)]
mod tests;

pub use document::{Header, Summary};
pub use error::{Result, TransferError};

use crate::migrate::{MIGRATIONS, Migration};
use crate::open::{Location, MASTER_KEY_CHECK, MASTER_KEY_FINGERPRINT};
use crate::seal::MasterKey;
use crate::sql::Arg;
use document::{BackupWriter, Sink};
use jiff::Timestamp;
use schema::{Schema, Table};
use std::io::{Read, Write};

/// Is told how many rows are done, and of how many.
pub type Watch<'w> = &'w mut dyn FnMut(u64, u64);

/// Where the objects are kept that rows name.
pub trait ObjectFiles {
    /// Reads one; `None` if it is not there.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, name: &str) -> std::io::Result<Option<Vec<u8>>>;

    /// Writes one, to last.
    ///
    /// # Errors
    /// It cannot be written.
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()>;
}

/// A store that is read: one picture of it.
trait Source {
    /// The engine's name.
    fn engine(&self) -> &'static str;
    /// The version of its schema.
    fn version(&self) -> i64;
    /// A setting.
    fn setting(&mut self, name: &str) -> Result<Option<String>>;
    /// How many rows a table has.
    fn count(&mut self, table: &Table) -> Result<u64>;
    /// Gives every row of a table, in the order of its key.
    fn rows(&mut self, table: &Table, each: &mut dyn FnMut(&[Arg<'_>]) -> Result<()>)
    -> Result<()>;
}

/// Writes a backup of a store, which may be in use meanwhile. Blocks; not for use on an async
/// thread. Rows are counted first only if somebody watches.
///
/// # Errors
/// There is no store, it is a newer version's, it cannot be read, or `out` cannot be written.
pub fn backup(
    from: &Location,
    now: Timestamp,
    out: impl Write,
    watch: Option<Watch<'_>>,
) -> Result<Summary> {
    backup_with(MIGRATIONS, from, None, now, out, watch)
}

/// [`backup`], with the objects that the rows name.
///
/// # Errors
/// As [`backup`]; or an object cannot be read or is not there.
pub fn backup_with_objects(
    from: &Location,
    objects: &dyn ObjectFiles,
    now: Timestamp,
    out: impl Write,
    watch: Option<Watch<'_>>,
) -> Result<Summary> {
    backup_with(MIGRATIONS, from, Some(objects), now, out, watch)
}

fn backup_with(
    migrations: &[Migration],
    from: &Location,
    objects: Option<&dyn ObjectFiles>,
    now: Timestamp,
    out: impl Write,
    watch: Option<Watch<'_>>,
) -> Result<Summary> {
    match from {
        Location::Folder(folder) => {
            let mut source = sqlite::Source::open(folder)?;
            write(migrations, &mut source, objects, now, out, watch)
        }
        Location::Postgres(url) => {
            let mut source = postgres::Source::open(url, migrations)?;
            write(migrations, &mut source, objects, now, out, watch)
        }
    }
}

fn write(
    migrations: &[Migration],
    source: &mut dyn Source,
    objects: Option<&dyn ObjectFiles>,
    now: Timestamp,
    out: impl Write,
    mut watch: Option<Watch<'_>>,
) -> Result<Summary> {
    let schema = Schema::of(migrations, source.version())?;
    let mut total = 0;
    if watch.is_some() {
        for table in &schema.tables {
            total += source.count(table)?;
        }
    }
    let header = Header::new(
        &schema,
        now,
        source.engine(),
        source.setting(MASTER_KEY_FINGERPRINT)?,
    );
    let mut writer = BackupWriter::new(out, &schema, header)?;
    for table in &schema.tables {
        writer.table(table, |writer| {
            source.rows(table, &mut |values| {
                writer.row(table, values)?;
                if let Some(watch) = &mut watch {
                    watch(writer.rows(), total);
                }
                Ok(())
            })
        })?;
    }
    // Objects never change, and go a day after the last row that named them: they are all there.
    for name in writer.take_named() {
        let Some(objects) = objects else { break };
        let bytes = objects.read(&name).map_err(TransferError::Read)?;
        let gone =
            || TransferError::refused(format!("the content {name} of a document is not there"));
        writer.object(&name, &bytes.ok_or_else(gone)?)?;
    }
    writer.finish()
}

/// Reads a backup to its end and checks all of it, without a store and without a key.
///
/// # Errors
/// It is no backup, a newer version's, or damaged; or it cannot be read.
pub fn verify(input: impl Read) -> Result<Summary> {
    struct Nowhere;
    impl Sink for Nowhere {
        fn begin(&mut self, _: &Header, _: &Schema) -> Result<()> {
            Ok(())
        }
        fn table(&mut self, _: &Table) -> Result<()> {
            Ok(())
        }
        fn row(&mut self, _: &Table, _: &[Arg<'_>]) -> Result<()> {
            Ok(())
        }
    }
    document::read(MIGRATIONS, input, &mut Nowhere)
}

/// Restores a backup into a store that is yet to be, and brings it to this program's schema.
/// Blocks; not for use on an async thread. Unless this answers `Ok`, there is no store afterwards
/// (but see [`crate::StoreError::OutcomeUnknown`]).
///
/// # Errors
/// There is a store already, the master key is another, or as for [`verify`].
pub fn restore(to: &Location, key: &MasterKey, input: impl Read) -> Result<Summary> {
    restore_with(MIGRATIONS, to, None, key, input)
}

/// [`restore`], with the objects that the rows name.
///
/// # Errors
/// As [`restore`]; or an object cannot be written.
pub fn restore_with_objects(
    to: &Location,
    objects: &dyn ObjectFiles,
    key: &MasterKey,
    input: impl Read,
) -> Result<Summary> {
    restore_with(MIGRATIONS, to, Some(objects), key, input)
}

fn restore_with(
    migrations: &[Migration],
    to: &Location,
    objects: Option<&dyn ObjectFiles>,
    key: &MasterKey,
    input: impl Read,
) -> Result<Summary> {
    match to {
        Location::Folder(folder) => {
            let sink = sqlite::Sink::new(folder, migrations);
            let (summary, sink) = fill(migrations, sink, objects, key, input)?;
            sink.finish()?;
            Ok(summary)
        }
        Location::Postgres(url) => {
            let sink = postgres::Sink::new(url, migrations);
            let (summary, sink) = fill(migrations, sink, objects, key, input)?;
            sink.finish()?;
            Ok(summary)
        }
    }
}

fn fill<S: Sink>(
    migrations: &[Migration],
    sink: S,
    objects: Option<&dyn ObjectFiles>,
    key: &MasterKey,
    input: impl Read,
) -> Result<(Summary, S)> {
    let mut keyed = Keyed { sink, objects, key };
    let summary = document::read(migrations, input, &mut keyed)?;
    Ok((summary, keyed.sink))
}

/// Lets only a backup through whose personal data the master key opens.
struct Keyed<'k, S> {
    sink: S,
    objects: Option<&'k dyn ObjectFiles>,
    key: &'k MasterKey,
}

impl<S: Sink> Sink for Keyed<'_, S> {
    fn begin(&mut self, header: &Header, schema: &Schema) -> Result<()> {
        let ours = self.key.fingerprint();
        if let Some(theirs) = &header.master_key
            && *theirs != ours
        {
            return Err(other_key(&format!(
                ": its key has the fingerprint {theirs}, the one given {ours}"
            )));
        }
        self.sink.begin(header, schema)
    }

    fn table(&mut self, table: &Table) -> Result<()> {
        self.sink.table(table)
    }

    fn row(&mut self, table: &Table, values: &[Arg<'_>]) -> Result<()> {
        // The fingerprint names the key; this proves it.
        if table.name == "settings"
            && let [Arg::Text(MASTER_KEY_CHECK), Arg::Text(check)] = values
            && !self.key.made(check)?
        {
            return Err(other_key(""));
        }
        self.sink.row(table, values)
    }

    fn object(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        match self.objects {
            Some(objects) => objects.write(name, bytes).map_err(TransferError::Write),
            None => Ok(()),
        }
    }
}

fn other_key(which: &str) -> TransferError {
    TransferError::refused(format!(
        "the master key is not the one that this backup was made with{which}; give the right one \
         in SLOTBRIDGE_MASTER_KEY or the key file; without it the personal data in the backup \
         cannot be read"
    ))
}
