//! The schema: numbered migrations, one text for both engines, each applied once: on SQLite in a
//! transaction of its own, on PostgreSQL all that are missing in one.
//!
//! What differs on PostgreSQL: the type word `BLOB` is `BYTEA`; texts are compared by their bytes,
//! as SQLite does, whatever the database's language (an index then also outlives an upgrade of the
//! system's collations); and afterwards every table of a practice gets row-level security, so that
//! a transaction begun for one practice sees no other's rows even if a statement forgot to ask.

use crate::engine::postgres::PgConnection;
use crate::tx::Failure;
use crate::{Result, StoreError};

/// A step of the schema.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) text: &'static str,
}

/// All of them, in order and without a gap: the first leads to version 1.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        text: include_str!("../migrations/0001_main_job.sql"),
    },
    Migration {
        version: 2,
        text: include_str!("../migrations/0002_changes.sql"),
    },
    Migration {
        version: 3,
        text: include_str!("../migrations/0003_features.sql"),
    },
    Migration {
        version: 4,
        text: include_str!("../migrations/0004_subscriptions.sql"),
    },
    Migration {
        version: 5,
        text: include_str!("../migrations/0005_health.sql"),
    },
    Migration {
        version: 6,
        text: include_str!("../migrations/0006_documents.sql"),
    },
    Migration {
        version: 7,
        text: include_str!("../migrations/0007_client_snapshots.sql"),
    },
    Migration {
        version: 8,
        text: include_str!("../migrations/0008_personal_data.sql"),
    },
    Migration {
        version: 9,
        text: include_str!("../migrations/0009_delivery_leases.sql"),
    },
    Migration {
        version: 10,
        text: include_str!("../migrations/0010_booking.sql"),
    },
    Migration {
        version: 11,
        text: include_str!("../migrations/0011_staff.sql"),
    },
    Migration {
        version: 12,
        text: include_str!("../migrations/0012_delivery_lanes.sql"),
    },
];

impl Migration {
    /// The statement that says that it has been applied.
    fn record(&self) -> String {
        let version = self.version;
        format!("INSERT INTO schema_migrations (version) VALUES ({version})")
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
pub(crate) const READ_VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM schema_migrations";

fn check(version: i64) -> Result<()> {
    if version <= SCHEMA_VERSION {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "the store was made by a newer version of slotbridge (its schema is {version}, this \
         program knows up to {SCHEMA_VERSION}): start that version, or restore a backup that was \
         made before the upgrade"
    )))
}

pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<()> {
    let run = |connection: &mut rusqlite::Connection| {
        connection.execute_batch(CREATE_VERSIONS)?;
        connection.query_row(READ_VERSION, [], |row| row.get::<_, i64>(0))
    };
    let unavailable = |error: rusqlite::Error| StoreError::Unavailable(error.to_string());
    let version = run(connection).map_err(unavailable)?;
    check(version)?;
    for migration in MIGRATIONS
        .iter()
        .filter(|migration| migration.version > version)
    {
        migration.on_sqlite(connection).map_err(unavailable)?;
    }
    Ok(())
}

/// Only one node migrates at a time; the others wait for it here.
const LOCK: &str = "SELECT pg_advisory_lock(7106938410)";
/// The same until the end of a transaction.
pub(crate) const LOCK_IN_TRANSACTION: &str = "SELECT pg_advisory_xact_lock(7106938410)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7106938410)";

/// A migration sees and writes what is every practice's.
const OF_ALL: &str = "SET LOCAL slotbridge.practice_id = '0'";

pub(crate) const ROW_LEVEL_SECURITY: &str = "
DO $$
DECLARE t TEXT;
BEGIN
    FOR t IN SELECT table_name FROM information_schema.columns
        WHERE column_name = 'practice_id' AND table_schema = current_schema()
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('DROP POLICY IF EXISTS of_practice ON %I', t);
        EXECUTE format('CREATE POLICY of_practice ON %I USING (
            current_setting(''slotbridge.practice_id'', true) IN (''0'', practice_id::text))', t);
    END LOOP;
END $$";

pub(crate) fn postgres(connection: &mut PgConnection) -> Result<()> {
    let error = |failure: Failure| failure.error();
    connection.batch(LOCK).map_err(error)?;
    let result = postgres_locked(connection);
    // After a failed migration the connection refuses this, and gives the lock up as it closes.
    let unlocked = connection.batch(UNLOCK).map_err(error);
    result.and(unlocked)
}

fn postgres_locked(connection: &mut PgConnection) -> Result<()> {
    let error = |failure: Failure| failure.error();
    connection.batch(CREATE_VERSIONS).map_err(error)?;
    let version = connection.read_int(READ_VERSION).map_err(error)?;
    check(version)?;
    let missing = MIGRATIONS.iter().filter(|one| one.version > version);
    let texts: Vec<String> = missing.map(Migration::on_postgres).collect();
    if !texts.is_empty() {
        let texts = texts.join(";\n");
        let all = format!("BEGIN; {OF_ALL}; {texts}; {ROW_LEVEL_SECURITY}; COMMIT");
        connection.batch(&all).map_err(error)?;
    }
    if connection.read_int(READ_BYPASSES).map_err(error)? != 0 {
        tracing::warn!(
            "the PostgreSQL role bypasses row-level security, the second guard between practices: \
             give slotbridge a role of its own, without SUPERUSER and BYPASSRLS"
        );
    }
    Ok(())
}
