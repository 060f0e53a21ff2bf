//! The schema can be spread by practice, and is the same on both engines.

use crate::support::{Fixture, RawPostgres, raw_sqlite};
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine, TestRandom};
use std::collections::{BTreeMap, BTreeSet};

/// The tables that are no practice's, and why.
const GLOBAL: [(&str, &str); 14] = [
    ("schema_migrations", "the schema's own version"),
    (
        "counters",
        "numbers of what is global: practices, consumers, keys, tokens",
    ),
    ("global_changes", "who wrote last for none of the practices"),
    ("settings", "the store's own settings"),
    ("operator_tokens", "operators stand above the practices"),
    ("consumers", "a PMS vendor serves many practices"),
    (
        "consumer_keys",
        "a key is looked up before the practice is known",
    ),
    ("staff", "an account may work for several practices"),
    ("staff_recovery_codes", "and so do its recovery codes"),
    ("staff_links", "the links that set it up"),
    ("sessions", "and its sessions; an operator's too"),
    (
        "sign_in_attempts",
        "they are counted whether or not there is an account",
    ),
    (
        "delivery_lanes",
        "what waits for a host is of all practices",
    ),
    (
        "practices",
        "the list of practices; its key is practice_id itself",
    ),
];

/// The index that does not begin with practice_id, and why.
const ACROSS: [(&str, &str); 4] = [
    ("due", "work of all practices is found by its time"),
    (
        "deliveries",
        "and so are deliveries, by their lane and time",
    ),
    ("messages", "those to be sent are found by their time"),
    ("memberships", "an account's are found by its id"),
];

#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Type and whether it must have a value.
    columns: BTreeMap<String, (String, bool)>,
    primary_key: Vec<String>,
    /// Columns, and whether it is unique; the primary key apart.
    indexes: BTreeSet<(Vec<String>, bool, bool)>,
    foreign_keys: BTreeSet<(Vec<String>, String)>,
}

type Schema = BTreeMap<String, Table>;

fn list<T>(
    connection: &rusqlite::Connection,
    text: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut statement = connection.prepare(text).unwrap();
    let rows = statement.query_map([], read).unwrap();
    rows.map(Result::unwrap).collect()
}

fn of_sqlite(connection: &rusqlite::Connection) -> Schema {
    let tables = list(
        connection,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        |row| row.get::<_, String>(0),
    );
    let table = |name: &str| {
        let mut table = Table::default();
        let mut key = BTreeMap::new();
        let text = format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}')");
        for (column, ty, not_null, place) in list(connection, &text, |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, bool>(2)?,
                row.get::<_, i64>(3)?,
            ))
        }) {
            if place > 0 {
                key.insert(place, column.clone());
            }
            table.columns.insert(column, (ty, not_null));
        }
        table.primary_key = key.into_values().collect();

        let text = format!(
            "SELECT name, \"unique\", partial FROM pragma_index_list('{name}') WHERE origin <> 'pk'"
        );
        for (index, unique, partial) in list(connection, &text, |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
        }) {
            let text = format!("SELECT name FROM pragma_index_info('{index}') ORDER BY seqno");
            let columns = list(connection, &text, |row| row.get(0));
            table.indexes.insert((columns, unique, partial));
        }

        let text = format!(
            "SELECT id, \"table\", \"from\" FROM pragma_foreign_key_list('{name}') ORDER BY id, seq"
        );
        let mut keys: BTreeMap<i64, (Vec<String>, String)> = BTreeMap::new();
        for (id, parent, column) in list(connection, &text, |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
        }) {
            let key = keys.entry(id).or_default();
            key.0.push(column);
            key.1 = parent;
        }
        table.foreign_keys = keys.into_values().collect();
        table
    };
    tables
        .iter()
        .map(|name| (name.clone(), table(name)))
        .collect()
}

fn of_postgres(raw: &RawPostgres) -> Schema {
    let mut schema = Schema::new();
    for row in raw.query(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO'
         FROM information_schema.columns WHERE table_schema = current_schema()",
    ) {
        let ty = match row.get(2) {
            "bigint" => "BIGINT",
            "text" => "TEXT",
            "bytea" => "BLOB",
            other => other,
        };
        let table = schema.entry(row.get(0)).or_default();
        table
            .columns
            .insert(row.get(1), (ty.to_owned(), row.get(3)));
    }
    for row in raw.query(
        "SELECT t.relname::text, i.indisprimary, i.indisunique, i.indpred IS NOT NULL,
             ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k (n, place)
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.place)
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
         WHERE t.relnamespace = current_schema()::regnamespace",
    ) {
        let table = schema.get_mut(row.get::<_, &str>(0)).unwrap();
        if row.get(1) {
            table.primary_key = row.get(4);
        } else {
            table.indexes.insert((row.get(4), row.get(2), row.get(3)));
        }
    }
    for row in raw.query(
        "SELECT t.relname::text, p.relname::text,
             ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k (n, place)
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.place)
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
         JOIN pg_class p ON p.oid = c.confrelid
         WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace",
    ) {
        let table = schema.get_mut(row.get::<_, &str>(0)).unwrap();
        table.foreign_keys.insert((row.get(2), row.get(1)));
    }
    schema
}

fn of(database: &TestDatabase) -> Schema {
    match database.engine() {
        TestEngine::Sqlite => of_sqlite(&raw_sqlite(database)),
        TestEngine::Postgres => of_postgres(&RawPostgres::open(database)),
    }
}

/// The rules that a schema breaks.
fn faults(schema: &Schema) -> Vec<String> {
    let global = |table: &str| GLOBAL.iter().any(|(name, _)| *name == table);
    let first = |columns: &[String]| columns.first().map(String::as_str) == Some("practice_id");
    let mut found = Vec::new();
    for (name, table) in schema {
        for (column, (ty, _)) in &table.columns {
            if !["BIGINT", "TEXT", "BLOB"].contains(&ty.as_str()) {
                found.push(format!("{name}.{column} is {ty}"));
            }
        }
        if global(name) {
            continue;
        }
        if !first(&table.primary_key) {
            found.push(format!("{name}'s primary key is {:?}", table.primary_key));
        }
        if table.columns.get("practice_id") != Some(&("BIGINT".to_owned(), true)) {
            found.push(format!("{name}.practice_id may be empty"));
        }
        for (columns, unique, _) in &table.indexes {
            let across = ACROSS.iter().any(|(table, _)| table == name);
            if !first(columns) && (*unique || !across) {
                found.push(format!("{name} has an index on {columns:?}"));
            }
        }
        for (columns, parent) in &table.foreign_keys {
            let within = first(columns)
                && schema.get(parent).is_some_and(|parent| {
                    first(&parent.primary_key) && parent.primary_key.len() == columns.len()
                });
            if !within {
                found.push(format!("{name} refers to {parent} by {columns:?}"));
            }
        }
    }
    found
}

#[test]
fn every_key_begins_with_the_practice() {
    let schema = of(&Fixture::new().database);
    assert_eq!(faults(&schema), Vec::<String>::new());
    for (table, reason) in GLOBAL.iter().chain(&ACROSS) {
        assert!(schema.contains_key(*table), "{table} ({reason}) is gone");
    }
    assert!(schema.len() > 20, "{:?}", schema.keys());
    for table in ["bookings", "requests", "due", "audit"] {
        assert!(!schema[table].foreign_keys.is_empty(), "{table}");
    }
}

#[test]
fn a_schema_that_cannot_be_spread_would_be_seen() {
    for (table, fault) in [
        (
            "CREATE TABLE t (practice_id BIGINT NOT NULL, x TEXT, PRIMARY KEY (x, practice_id))",
            "t's primary key",
        ),
        (
            "CREATE TABLE t (practice_id BIGINT NOT NULL, x BIGINT NOT NULL UNIQUE,
             PRIMARY KEY (practice_id, x))",
            "t has an index on [\"x\"]",
        ),
        (
            "CREATE TABLE t (practice_id BIGINT NOT NULL, x TEXT, PRIMARY KEY (practice_id, x));
             CREATE INDEX i ON t (x)",
            "t has an index on [\"x\"]",
        ),
        (
            "CREATE TABLE t (practice_id BIGINT NOT NULL, c BIGINT REFERENCES consumers,
             PRIMARY KEY (practice_id, c))",
            "t refers to consumers",
        ),
        (
            "CREATE TABLE t (practice_id BIGINT, PRIMARY KEY (practice_id))",
            "may be empty",
        ),
        (
            "CREATE TABLE t (practice_id BIGINT NOT NULL PRIMARY KEY, x INTEGER)",
            "t.x is INTEGER",
        ),
    ] {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let consumers = "CREATE TABLE consumers (consumer_id BIGINT NOT NULL PRIMARY KEY)";
        connection
            .execute_batch(&format!("{consumers}; {table}"))
            .unwrap();
        let found = faults(&of_sqlite(&connection));
        assert_eq!(found.len(), 1, "{table}: {found:?}");
        assert!(found[0].contains(fault), "{found:?}");
    }
}

#[test]
fn both_engines_have_the_same_schema() {
    let embedded = TestDatabase::on(TestEngine::Sqlite);
    drop(embedded.open(TestClock::new(), TestRandom::new(1)));
    let (ours, embedded) = (of(&Fixture::new().database), of(&embedded));
    assert_eq!(
        ours.keys().collect::<Vec<_>>(),
        embedded.keys().collect::<Vec<_>>()
    );
    for (name, table) in &ours {
        assert_eq!(table, &embedded[name], "{name}");
    }
}
