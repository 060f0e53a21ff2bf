//! The statements that spread a PostgreSQL store over the machines of Citus.
//!
//! What they are is read off the schema: a table whose key begins with the practice lies with its
//! practice, what belongs to no practice lies on every machine.

use crate::transfer::schema::Schema;
use crate::{Result, SCHEMA_VERSION, StoreError, migrate};
use std::fmt::Write;

/// Whose rows lie together.
const PRACTICES: &str = "practices";
const PRACTICE_ID: &str = "practice_id";
/// Written at every delivery and joined with nothing: it is spread by its own key.
const LANES: (&str, &str) = ("delivery_lanes", "lane");

const BEFORE: &str = "\
-- Distributes the tables of Slotbridge over Citus. Run it once, as the role that slotbridge connects
-- as, on the coordinator, after `slotbridge migrate` and while no node serves.
--
-- Row-level security asks for a setting of the transaction, of which the machines must be told, or they
-- see no rows: end each node's database URL with
--     ?options=-c%20citus.propagate_set_commands%3Dlocal
-- Which statements Citus is known not to take stands in docs/OPERATIONS.md.

";

/// The statements, as one text.
///
/// # Errors
/// [`StoreError::Corrupt`] if the schema cannot be read, which would be a mistake of ours.
pub fn distribution() -> Result<String> {
    let schema = Schema::of(migrate::MIGRATIONS, SCHEMA_VERSION)
        .map_err(|_| StoreError::Corrupt("the schema"))?;
    let mut text = BEFORE.to_owned();
    let names = || schema.tables.iter().map(|table| table.name.as_str());
    let by_practice = |name: &&str| *name != PRACTICES && schema.is_of_practice(name);
    let mut add = |comment: &str, statements: Vec<String>| {
        // Writing to a text does not fail.
        let _ = writeln!(text, "-- {comment}\n{}\n", statements.join("\n"));
    };
    add(
        "What belongs to no practice, on every machine.",
        std::iter::once("schema_migrations")
            .chain(names().filter(|name| !schema.is_of_practice(name) && *name != LANES.0))
            .map(|name| format!("SELECT create_reference_table('{name}');"))
            .collect(),
    );
    let (lanes, lane) = LANES;
    add(
        "What waits for a host, by host.",
        vec![format!(
            "SELECT create_distributed_table('{lanes}', '{lane}', colocate_with => 'none');"
        )],
    );
    let with = |name: &str, with: &str| {
        format!(
            "SELECT create_distributed_table('{name}', '{PRACTICE_ID}', colocate_with => '{with}');"
        )
    };
    let practices = std::iter::once(with(PRACTICES, "none"));
    add(
        "Each practice with all that is its own; a table after those that it refers to.",
        practices
            .chain(
                names()
                    .filter(by_practice)
                    .map(|name| with(name, PRACTICES)),
            )
            .collect(),
    );
    Ok(text)
}
