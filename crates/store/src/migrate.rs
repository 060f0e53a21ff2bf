//! The schema: numbered migrations, one text for both engines, each applied once: on SQLite in a
//! transaction of its own, on PostgreSQL all that are missing in one.
//!
//! What differs on PostgreSQL: the type word `BLOB` is `BYTEA`; texts are compared by their bytes,
//! as SQLite does, whatever the database's language (an index then also outlives an upgrade of the
//! system's collations); and afterwards every table of a practice gets row-level security, so that
//! a transaction begun for one practice sees no other's rows even if a statement forgot to ask.
//!
//! A migration says which is the oldest program that goes on working beside it, so that the nodes of
//! a service can be replaced one after the other. Such a one only adds: what a program of before
//! needs is taken away by a later release, when none of it runs any more. A test reads this.

use crate::engine::postgres::PgConnection;
use crate::tx::Failure;
use crate::{Result, StoreError};
use std::time::Duration;

/// A step of the schema.
#[derive(Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    /// The oldest schema whose programs go on working beside it; its own: none of before does.
    pub(crate) works_with: i64,
    pub(crate) text: &'static str,
}

/// All of them, in order and without a gap: the first leads to version 1.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration::alone(1, include_str!("../migrations/0001_main_job.sql")),
    Migration::alone(2, include_str!("../migrations/0002_changes.sql")),
    Migration::alone(3, include_str!("../migrations/0003_features.sql")),
    Migration::alone(4, include_str!("../migrations/0004_subscriptions.sql")),
    Migration::alone(5, include_str!("../migrations/0005_health.sql")),
    Migration::alone(6, include_str!("../migrations/0006_documents.sql")),
    Migration::alone(7, include_str!("../migrations/0007_client_snapshots.sql")),
    Migration::alone(8, include_str!("../migrations/0008_personal_data.sql")),
    Migration::alone(9, include_str!("../migrations/0009_delivery_leases.sql")),
    Migration::alone(10, include_str!("../migrations/0010_booking.sql")),
    Migration::alone(11, include_str!("../migrations/0011_staff.sql")),
    Migration::alone(12, include_str!("../migrations/0012_delivery_lanes.sql")),
    Migration::beside(
        12,
        13,
        include_str!("../migrations/0013_rolling_upgrade.sql"),
    ),
    Migration::beside(12, 14, include_str!("../migrations/0014_configuration.sql")),
    Migration::beside(12, 15, include_str!("../migrations/0015_due_nodes.sql")),
];

/// The version from which on the schema says what works beside it.
const SAYS_WHAT_WORKS: i64 = 13;

impl Migration {
    /// One that no program of before works beside.
    pub(crate) const fn alone(version: i64, text: &'static str) -> Self {
        Self::beside(version, version, text)
    }

    /// One beside which programs work that know the schema `works_with`, or a later one.
    pub(crate) const fn beside(works_with: i64, version: i64, text: &'static str) -> Self {
        Self {
            version,
            works_with,
            text,
        }
    }

    /// The statement that says that it has been applied.
    fn record(&self) -> String {
        let (version, works_with) = (self.version, self.works_with);
        if version < SAYS_WHAT_WORKS {
            return format!("INSERT INTO schema_migrations (version) VALUES ({version})");
        }
        format!(
            "INSERT INTO schema_migrations (version, works_with) VALUES ({version}, {works_with})"
        )
    }

    /// The text as PostgreSQL takes it, and its record. What it makes has no row-level security yet.
    pub(crate) fn on_postgres(&self) -> String {
        let text = self
            .text
            .replace(" BLOB", " BYTEA")
            .replace(" TEXT", " TEXT COLLATE \"C\"");
        format!("{text}; {}", self.record())
    }

    /// Applies it to SQLite, in a transaction of its own.
    pub(crate) fn on_sqlite(&self, connection: &mut rusqlite::Connection) -> rusqlite::Result<()> {
        let tx = connection.transaction()?;
        tx.execute_batch(self.text)?;
        tx.execute_batch(&self.record())?;
        tx.commit()
    }
}

/// The version of the schema that this program works with.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Tells schemas apart that have the same version, as they do while one is being written.
#[must_use]
pub fn schema_digest() -> u64 {
    let texts = MIGRATIONS.iter().map(|migration| migration.text);
    let texts: String = texts.chain([ROW_LEVEL_SECURITY]).collect();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, texts.as_bytes());
    digest
        .as_ref()
        .iter()
        .take(8)
        .fold(0, |all, byte| all << 8 | u64::from(*byte))
}

pub(crate) const CREATE_VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY)";
const READ_BYPASSES: &str = "SELECT COUNT(*) FROM pg_roles
    WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
pub(crate) const HAS_VERSIONS: &str = "SELECT COUNT(*) FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_name = 'schema_migrations'";
pub(crate) const READ_VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM schema_migrations";

/// How many of the migrations that this program does not know it cannot work beside.
fn read_strange() -> String {
    format!(
        "SELECT COUNT(*) FROM schema_migrations WHERE version > {SCHEMA_VERSION}
            AND (works_with IS NULL OR works_with > {SCHEMA_VERSION})"
    )
}

/// Whether a store is of a newer version, `strange` of whose migrations this program cannot work beside.
fn check(version: i64, strange: i64) -> Result<()> {
    if strange == 0 {
        if version > SCHEMA_VERSION {
            tracing::warn!(
                schema = version,
                "the store has been upgraded by a newer version of slotbridge, which this one can work \
                 beside: replace it when the new one has proven itself"
            );
        }
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "the store was made by a newer version of slotbridge (its schema is {version}, this \
         program knows up to {SCHEMA_VERSION}): start that version, or restore a backup that was \
         made before the upgrade"
    )))
}

/// From which schema to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The schema that was found; 0: none.
    pub from: i64,
    /// The one after it.
    pub to: i64,
    /// Whether programs that know the schema that was found go on working beside the one after it.
    pub rolls: bool,
}

impl Upgrade {
    pub(crate) fn of(version: i64) -> Self {
        Self {
            from: version,
            to: version.max(SCHEMA_VERSION),
            rolls: missing(version).all(|migration| migration.works_with <= version),
        }
    }
}

/// What there is to be done on an embedded store.
pub(crate) fn look_at_sqlite(connection: &rusqlite::Connection) -> Result<Upgrade> {
    let read = || {
        connection.execute_batch(CREATE_VERSIONS)?;
        let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0));
        let version = number(READ_VERSION)?;
        let strange = match version > SCHEMA_VERSION {
            true => number(&read_strange())?,
            false => 0,
        };
        Ok((version, strange))
    };
    let (version, strange) = read().map_err(unavailable)?;
    check(version, strange)?;
    Ok(Upgrade::of(version))
}

pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<Upgrade> {
    let upgrade = look_at_sqlite(connection)?;
    for migration in missing(upgrade.from) {
        migration.on_sqlite(connection).map_err(unavailable)?;
    }
    Ok(upgrade)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn unavailable(error: rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn missing(version: i64) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |one| one.version > version)
}

/// Only one node migrates at a time; the others wait for it here.
const LOCK: &str = "SELECT pg_advisory_lock(7106938410)";
/// The same until the end of a transaction.
pub(crate) const LOCK_IN_TRANSACTION: &str = "SELECT pg_advisory_xact_lock(7106938410)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7106938410)";

/// A migration sees and writes what is every practice's. It does not wait for a table for long: who
/// wants it meanwhile, on a node that serves, waits behind it.
const OF_ALL: &str = "SET LOCAL slotbridge.practice_id = '0'; SET LOCAL lock_timeout = '2s';
    SET LOCAL statement_timeout = 0";
/// How often a migration that did not get its tables is tried again, and how long others go on between.
const TRIES: u32 = 60;
const BETWEEN: Duration = Duration::from_secs(1);

pub(crate) const ROW_LEVEL_SECURITY: &str = "
DO $$
DECLARE t TEXT;
BEGIN
    FOR t IN SELECT table_name FROM information_schema.columns
        WHERE column_name = 'practice_id' AND table_schema = current_schema()
            -- Those that have it are left alone: to set it would lock out whoever works on them.
            AND NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = table_schema
                AND tablename = table_name AND policyname = 'of_practice')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_practice ON %I USING (
            current_setting(''slotbridge.practice_id'', true) IN (''0'', practice_id::text))', t);
    END LOOP;
END $$";

/// What there is to be done on PostgreSQL.
pub(crate) fn look_at_postgres(connection: &mut PgConnection) -> Result<Upgrade> {
    let mut number = |text: &str| {
        connection
            .read_one::<i64>(text)
            .map_err(|failure| failure.error())
    };
    let version = match number(HAS_VERSIONS)? {
        0 => 0,
        _ => number(READ_VERSION)?,
    };
    let strange = match version > SCHEMA_VERSION {
        true => number(&read_strange())?,
        false => 0,
    };
    check(version, strange)?;
    Ok(Upgrade::of(version))
}

pub(crate) fn postgres(connection: &mut PgConnection) -> Result<Upgrade> {
    connection.batch(LOCK).map_err(|failure| failure.error())?;
    let result = postgres_locked(connection);
    // After a failed migration the connection refuses this, and gives the lock up as it closes.
    let unlocked = connection.batch(UNLOCK).map_err(|failure| failure.error());
    result.and_then(|upgrade| unlocked.map(|()| upgrade))
}

fn postgres_locked(connection: &mut PgConnection) -> Result<Upgrade> {
    let upgrade = look_at_postgres(connection)?;
    let texts: Vec<String> = missing(upgrade.from).map(Migration::on_postgres).collect();
    if !texts.is_empty() {
        let texts = texts.join(";\n");
        apply(connection, &format!("{CREATE_VERSIONS};\n{texts}"))?;
    }
    let bypasses = connection.read_one::<i64>(READ_BYPASSES);
    if bypasses.map_err(|failure| failure.error())? != 0 {
        tracing::warn!(
            "the PostgreSQL role bypasses row-level security, the second guard between practices: \
             give slotbridge a role of its own, without SUPERUSER and BYPASSRLS"
        );
    }
    Ok(upgrade)
}

/// Applies migrations as a whole, as soon as nobody holds up their tables.
fn apply(connection: &mut PgConnection, texts: &str) -> Result<()> {
    let all = format!("BEGIN; {OF_ALL}; {texts}; {ROW_LEVEL_SECURITY}; COMMIT");
    let mut tries = 1;
    loop {
        let held_up = match connection.batch(&all) {
            Ok(()) => return Ok(()),
            // A deadlock with whoever serves, or a table that was not to be had in time.
            Err(Failure::Retry(error) | Failure::Final(error @ StoreError::Unavailable(_))) => {
                error
            }
            Err(failure) => return Err(failure.error()),
        };
        connection
            .batch("ROLLBACK")
            .map_err(|failure| failure.error())?;
        if tries == TRIES {
            return Err(held_up);
        }
        tracing::info!(error = %held_up, tries, "the migration waits for a table that is in use");
        tries += 1;
        pause(BETWEEN);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "those who serve go on before a migration is tried again"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program of before cannot work beside, in a migration's text.
    fn takes_away(text: &str) -> Vec<&'static str> {
        let text = text.to_uppercase();
        let statements = text.split(';').map(|one| {
            let lines = one
                .lines()
                .map(|line| line.split("--").next().unwrap_or_default());
            lines.collect::<Vec<_>>().join(" ")
        });
        let mut found = Vec::new();
        for statement in statements {
            let has = |word: &str| statement.contains(word);
            for word in [
                "DROP ",
                "RENAME ",
                "ALTER COLUMN ",
                "TRUNCATE ",
                "DELETE FROM ",
            ] {
                found.extend(has(word).then_some(word));
            }
            if has("ADD COLUMN ") && has(" NOT NULL") && !has(" DEFAULT ") {
                found.push("a column that must have a value");
            }
            if has("CREATE UNIQUE INDEX ") {
                found.push("a rule for what is there");
            }
        }
        found
    }

    #[test]
    fn what_works_beside_programs_of_before_takes_nothing_from_them() {
        for (place, migration) in (1..).zip(MIGRATIONS) {
            let Migration {
                version,
                works_with,
                text,
            } = *migration;
            assert_eq!(version, place, "they are in order");
            assert!(works_with <= version && works_with > 0, "{version}");
            if works_with < version {
                assert_eq!(takes_away(text), Vec::<&str>::new(), "{version}");
            }
        }
    }

    #[test]
    fn what_would_take_something_is_seen() {
        for (text, what) in [
            ("ALTER TABLE t DROP COLUMN c;", "DROP "),
            ("CREATE TABLE u (x TEXT);\ndrop table t;", "DROP "),
            ("ALTER TABLE t RENAME TO u", "RENAME "),
            ("ALTER TABLE t ALTER COLUMN c SET NOT NULL", "ALTER COLUMN "),
            (
                "ALTER TABLE t ADD COLUMN c BIGINT NOT NULL",
                "a column that must have a value",
            ),
            ("CREATE UNIQUE INDEX i ON t (c)", "a rule for what is there"),
        ] {
            assert_eq!(takes_away(text), [what], "{text}");
        }
        let added = "-- DROP nothing\nALTER TABLE t ADD COLUMN c BIGINT NOT NULL DEFAULT 0;
            CREATE TABLE u (x TEXT NOT NULL)";
        assert_eq!(takes_away(added), Vec::<&str>::new());
    }
}
