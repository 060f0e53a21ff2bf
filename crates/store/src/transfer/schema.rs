//! What a version's tables are: read off its migrations, which are applied to an empty database
//! in memory. A table that a later migration adds is in the backups from then on.

use super::error::{Result, TransferError};
use crate::StoreError;
use crate::migrate::{CREATE_VERSIONS, Migration};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that end like this hold the engine's own number of a transaction, which means nothing in
/// another database.
const XID: &str = "_xid";

/// A column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    BigInt,
    Text,
    Blob,
}

/// A column.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(super) name: String,
    pub(super) ty: Type,
}

/// A table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(super) columns: Vec<Column>,
    key: Vec<String>,
}

/// The tables of a version: each after those that it refers to, else by name.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(super) version: i64,
    pub(crate) tables: Vec<Table>,
}

fn quoted<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

impl Table {
    /// Its columns, as a statement lists them.
    pub(super) fn list(&self) -> String {
        quoted(self.columns.iter().map(|column| &column.name))
    }

    /// The query of all its rows. Both engines compare texts by their bytes, so that the order is
    /// the same on both.
    pub(super) fn select(&self) -> String {
        let (list, name, key) = (self.list(), &self.name, quoted(self.key.iter()));
        format!("SELECT {list} FROM \"{name}\" ORDER BY {key}")
    }
}

impl Schema {
    /// The tables at a version that these migrations lead to.
    pub(crate) fn of(migrations: &[Migration], version: i64) -> Result<Self> {
        let newest = migrations.last().map_or(0, |migration| migration.version);
        if version > newest {
            return Err(TransferError::refused(format!(
                "it was made by a newer version of slotbridge (its schema is {version}, this \
                 program knows up to {newest}): use that version"
            )));
        }
        if version < 1 {
            return Err(TransferError::Damaged("its schema has no such version"));
        }
        let in_memory =
            |error: rusqlite::Error| StoreError::Unavailable(format!("the schema: {error}"));
        let read = || -> rusqlite::Result<_> {
            let mut connection = rusqlite::Connection::open_in_memory()?;
            connection.execute_batch(CREATE_VERSIONS)?;
            for migration in through(migrations, version) {
                migration.on_sqlite(&mut connection)?;
            }
            tables(&connection)
        };
        let (tables, parents) = read().map_err(in_memory)?;
        Ok(Self {
            version,
            tables: in_order(tables, &parents)?,
        })
    }

    /// Whether the rows of a table are a practice's each: its key begins with it.
    pub(crate) fn is_of_practice(&self, name: &str) -> bool {
        let mut tables = self.tables.iter();
        tables.any(|table| {
            table.name == name
                && table
                    .key
                    .first()
                    .is_some_and(|first| first == "practice_id")
        })
    }

    /// The statements that empty all tables: the rows that a migration begins with are in the
    /// backup, as they have become.
    pub(super) fn clear(&self) -> String {
        let children_first = self.tables.iter().rev();
        children_first
            .map(|table| format!("DELETE FROM \"{}\"; ", table.name))
            .collect()
    }
}

/// The migrations that lead to a version.
pub(super) fn through(migrations: &[Migration], version: i64) -> &[Migration] {
    let (done, _) = split(migrations, version);
    done
}

/// The migrations that lead on from a version.
pub(super) fn after(migrations: &[Migration], version: i64) -> &[Migration] {
    let (_, to_come) = split(migrations, version);
    to_come
}

fn split(migrations: &[Migration], version: i64) -> (&[Migration], &[Migration]) {
    migrations.split_at(migrations.partition_point(|migration| migration.version <= version))
}

type Parents = BTreeMap<String, BTreeSet<String>>;

/// All tables but the one that the header stands for, and to which others each refers.
fn tables(connection: &rusqlite::Connection) -> rusqlite::Result<(Vec<Table>, Parents)> {
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name <> 'schema_migrations' ORDER BY name",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?;
    let (mut tables, mut parents) = (Vec::new(), Parents::new());
    for name in names {
        let name = name?;
        let mut refers =
            connection.prepare("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)")?;
        let refers = refers.query_map([&name], |row| row.get::<_, String>(0))?;
        let refers = refers.collect::<rusqlite::Result<BTreeSet<_>>>()?;
        parents.insert(
            name.clone(),
            refers
                .into_iter()
                .filter(|parent| *parent != name)
                .collect(),
        );
        tables.push(table(connection, name)?);
    }
    Ok((tables, parents))
}

fn table(connection: &rusqlite::Connection, name: String) -> rusqlite::Result<Table> {
    let mut info =
        connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let mut rows = info.query([&name])?;
    let (mut columns, mut key) = (Vec::new(), BTreeMap::new());
    while let Some(row) = rows.next()? {
        let (column, place): (String, i64) = (row.get(0)?, row.get(2)?);
        let ty = match row.get_ref(1)?.as_str()? {
            "BIGINT" => Type::BigInt,
            "TEXT" => Type::Text,
            "BLOB" => Type::Blob,
            _ => return Err(rusqlite::Error::InvalidQuery),
        };
        if column.ends_with(XID) {
            continue;
        }
        if place > 0 {
            key.insert(place, column.clone());
        }
        columns.push(Column { name: column, ty });
    }
    drop(rows);
    drop(info);
    Ok(Table {
        name,
        columns,
        key: key.into_values().collect(),
    })
}

/// Puts parents before children.
fn in_order(mut tables: Vec<Table>, parents: &Parents) -> Result<Vec<Table>> {
    let mut ordered: Vec<Table> = Vec::with_capacity(tables.len());
    while !tables.is_empty() {
        let is_next = |table: &Table| {
            let placed = |parent: &String| ordered.iter().any(|table| table.name == *parent);
            parents
                .get(&table.name)
                .is_none_or(|parents| parents.iter().all(placed))
        };
        let next = tables
            .iter()
            .position(is_next)
            .ok_or(StoreError::Corrupt("tables that refer to each other"))?;
        ordered.push(tables.remove(next));
    }
    Ok(ordered)
}
