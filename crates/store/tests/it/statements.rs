//! Every statement of the store, on the engine in use.

use crate::support::{Fixture, Raw, RawPostgres, raw_sqlite};
use slotbridge_store::statements;
use std::collections::BTreeSet;
use tokio_postgres::types::Type;

/// What is wrong with a statement on SQLite.
fn faults_on_sqlite(reader: &rusqlite::Connection, text: &str) -> Vec<String> {
    let statement = match reader.prepare(text) {
        Ok(statement) => statement,
        Err(error) => return vec![error.to_string()],
    };
    (1..=statement.parameter_count())
        .filter(|place| statement.parameter_name(*place) != Some(&format!("?{place}")))
        .map(|place| {
            let name = statement.parameter_name(place);
            format!("argument {place} goes to {name:?}")
        })
        .collect()
}

/// What is wrong with a statement on PostgreSQL: arguments and columns are BIGINT, TEXT or BYTEA;
/// a literal that nobody reads has no name of its own.
fn faults_on_postgres(raw: &RawPostgres, text: &str) -> Vec<String> {
    let statement = match raw.runtime.block_on(raw.client.prepare(text)) {
        Ok(statement) => statement,
        Err(error) => return vec![format!("{error:?}")],
    };
    let ours = |ty: &Type| [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty);
    let params = statement.params().iter().enumerate();
    let params = params
        .filter(|(_, ty)| !ours(ty))
        .map(|(place, ty)| format!("${} is {ty}: CAST it", place + 1));
    let columns = statement.columns().iter();
    let columns = columns
        .filter(|column| !ours(column.type_()) && column.name() != "?column?")
        .map(|column| format!("column {} is {}: CAST it", column.name(), column.type_()));
    params.chain(columns).collect()
}

fn faults(raw: &Raw, text: &str) -> Vec<String> {
    match raw {
        Raw::Sqlite(reader) => faults_on_sqlite(reader, text),
        Raw::Postgres(raw) => faults_on_postgres(raw, text),
    }
}

/// As the store's readers are: a connection that may not write prepares everything.
fn raw(fixture: &Fixture) -> Raw {
    if fixture.is_sqlite() {
        Raw::Sqlite(raw_sqlite(&fixture.database))
    } else {
        Raw::open(&fixture.database)
    }
}

#[test]
fn every_statement_prepares_with_each_argument_in_its_place_and_of_our_types() {
    let fixture = Fixture::new();
    let raw = raw(&fixture);
    let found: Vec<String> = statements()
        .iter()
        .flat_map(|sql| {
            let text = if fixture.is_sqlite() {
                sql.sqlite()
            } else {
                sql.text
            };
            let faults = faults(&raw, text).into_iter();
            faults.map(|fault| format!("{}: {fault}", sql.name))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_faulty_statement_would_be_seen() {
    let fixture = Fixture::new();
    let raw = raw(&fixture);
    let (both, sqlite, postgres) = (true, fixture.is_sqlite(), !fixture.is_sqlite());
    for (seen, text) in [
        (both, "SELECT nothing FROM practices"),
        (both, "DELETE FROM bookings WHERE"),
        // SQLite takes $n for a name and numbers it by its first use.
        (
            sqlite,
            "SELECT name FROM settings WHERE value = $2 AND name = $1",
        ),
        // An argument that nobody uses.
        (both, "SELECT name FROM settings WHERE name = ?2"),
        // PostgreSQL infers int4, and an i64 does not fit.
        (
            postgres,
            "SELECT practice_id FROM practices WHERE created_at > ?1 - 28800000",
        ),
        (postgres, "SELECT CAST(?1 AS INTEGER) AS n"),
        (
            postgres,
            "SELECT SUM(last_number) AS total FROM practice_counters",
        ),
        (postgres, "SELECT COUNT(*) > 0 AS any_at_all FROM practices"),
    ] {
        let text = if sqlite {
            text.to_owned()
        } else {
            text.replace('?', "$")
        };
        assert_eq!(!faults(&raw, &text).is_empty(), seen, "{text}");
    }
}

#[test]
fn the_list_has_every_module_and_no_name_twice() {
    let listed: Vec<&str> = statements().iter().map(|sql| sql.name).collect();
    let names: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), names.len());

    let modules = |names: &BTreeSet<&str>| -> BTreeSet<String> {
        let module = |name: &&str| name.rsplit("::").nth(1).unwrap().to_owned();
        names.iter().map(module).collect()
    };
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let declaring: BTreeSet<String> = std::fs::read_dir(source)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter(|path| {
            std::fs::read_to_string(path)
                .unwrap()
                .contains("\nstatements! {")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(declaring.len() > 15, "{declaring:?}");
    assert_eq!(modules(&names), declaring);
}
