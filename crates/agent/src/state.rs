//! What the agent remembers on disk: how far it has come, so that a restart neither repeats nor
//! forgets. Nothing in it is of a patient: ids, digests and times.
//!
//! A booking's row is written before and after each step that somebody else sees:
//!
//! ```text
//! (none) -> inserting -> inserted -> confirmed        -> off
//!                     \-> rejecting -> rejected
//! ```
//!
//! A row that says `inserting` after a restart means: ask the PMS whether it has the booking. A row
//! that is settled is kept as long as its appointment may be changed ([`KEPT`]).

mod step;

pub use step::{Remembered, Step};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use std::path::Path;
use std::sync::Arc;

/// Why the state cannot be read or written. Without it the agent must not go on.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another process has it.
    #[error("another agent has the agent's state")]
    Taken,
    /// Anything else.
    #[error("the agent's state cannot be used: {0}")]
    Unusable(String),
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Taken,
            _ => Self::Unusable(error.to_string()),
        }
    }
}

/// How long it is remembered what became of a booking: until nobody tells of its appointment any more.
/// Free times are sent for a year ahead at most, so that is how far off the appointment may be; a month
/// after it, what the practice still notes of it is no cancellation. Forgotten earlier, a rejected
/// booking of which the PMS tells once more would be cancelled for its patient.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * (366 + 31));

type Result<T, E = StateError> = std::result::Result<T, E>;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS clinics (
    clinic TEXT NOT NULL PRIMARY KEY,
    practice_id INTEGER NOT NULL,
    -- Tells one consent from the next.
    key_digest TEXT NOT NULL,
    mark TEXT,
    configuration TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS days (
    clinic TEXT NOT NULL,
    resource TEXT NOT NULL,
    day TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (clinic, resource, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bookings (
    clinic TEXT NOT NULL,
    booking_id INTEGER NOT NULL,
    step TEXT NOT NULL,
    appointment_ids TEXT NOT NULL DEFAULT '[]',
    patient_id TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (clinic, booking_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bookings_unsettled ON bookings (clinic, booking_id)
    WHERE step IN ('inserting', 'inserted', 'rejecting');
";

/// The state of all clinics of an agent.
#[derive(Clone)]
pub struct State(Arc<Mutex<Connection>>);

impl State {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// It cannot be opened, or another agent has it.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        // Two agents on one state would answer everything twice.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The part of one clinic. At another practice than before it begins anew, since that one's ids
    /// mean nothing there. With another practice key, there may have been another integration in the
    /// meantime: what the hub was sent is forgotten, and not what became of its bookings.
    ///
    /// # Errors
    /// The file's.
    pub fn clinic(
        &self,
        clinic: &str,
        practice_id: i64,
        practice_key: &str,
    ) -> Result<ClinicState> {
        let key = hex_digest(practice_key.as_bytes());
        let mut connection = self.0.lock();
        let tx = connection.transaction()?;
        let sql = "SELECT practice_id, key_digest FROM clinics WHERE clinic = ?1";
        let known: Option<(i64, String)> = tx
            .query_row(sql, params![clinic], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let forgets: &[&str] = match &known {
            Some((practice, _)) if *practice != practice_id => &["clinics", "days", "bookings"],
            Some((_, known)) if *known != key => &["days"],
            _ => &[],
        };
        for table in forgets {
            let sql = format!("DELETE FROM {table} WHERE clinic = ?1");
            tx.execute(&sql, params![clinic])?;
        }
        tx.execute(
            "INSERT INTO clinics (clinic, practice_id, key_digest) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET key_digest = excluded.key_digest,
                configuration = CASE WHEN key_digest = excluded.key_digest THEN configuration END",
            params![clinic, practice_id, key],
        )?;
        tx.commit()?;
        drop(connection);
        Ok(ClinicState {
            state: self.clone(),
            clinic: clinic.to_owned(),
        })
    }
}

/// What tells two values apart, in hexadecimal.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    let bytes = digest.as_ref().iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The state of one clinic.
#[derive(Clone)]
pub struct ClinicState {
    state: State,
    clinic: String,
}

impl ClinicState {
    fn text(&self, column: &str) -> Result<Option<String>> {
        let sql = format!("SELECT {column} FROM clinics WHERE clinic = ?1");
        let connection = self.state.0.lock();
        Ok(connection
            .query_row(&sql, params![self.clinic], |row| row.get(0))
            .optional()?
            .flatten())
    }

    fn set_text(&self, column: &str, value: Option<&str>) -> Result<()> {
        let sql = format!("UPDATE clinics SET {column} = ?2 WHERE clinic = ?1");
        let connection = self.state.0.lock();
        connection.execute(&sql, params![self.clinic, value])?;
        Ok(())
    }

    /// The adapter's mark.
    ///
    /// # Errors
    /// The file's.
    pub fn mark(&self) -> Result<Option<String>> {
        self.text("mark")
    }

    /// Keeps the adapter's mark: all that changed before it has been dealt with.
    ///
    /// # Errors
    /// The file's.
    pub fn set_mark(&self, mark: &str) -> Result<()> {
        self.set_text("mark", Some(mark))
    }

    /// The digest of the configuration that the hub has.
    ///
    /// # Errors
    /// The file's.
    pub fn configuration(&self) -> Result<Option<String>> {
        self.text("configuration")
    }

    /// Keeps the digest of the configuration that the hub has.
    ///
    /// # Errors
    /// The file's.
    pub fn set_configuration(&self, digest: &str) -> Result<()> {
        self.set_text("configuration", Some(digest))
    }

    /// Forgets what the hub has been sent: all of it is sent again.
    ///
    /// # Errors
    /// The file's.
    pub fn forget_sent(&self) -> Result<()> {
        self.set_text("configuration", None)?;
        let connection = self.state.0.lock();
        connection.execute("DELETE FROM days WHERE clinic = ?1", params![self.clinic])?;
        Ok(())
    }

    /// The digest of a day as the hub has it.
    ///
    /// # Errors
    /// The file's.
    pub fn day(&self, resource: &str, day: Date) -> Result<Option<String>> {
        let connection = self.state.0.lock();
        let sql = "SELECT digest FROM days WHERE clinic = ?1 AND resource = ?2 AND day = ?3";
        let key = params![self.clinic, resource, day.to_string()];
        Ok(connection
            .query_row(sql, key, |row| row.get(0))
            .optional()?)
    }

    /// Keeps what the hub has of some days, and forgets those before `today`.
    ///
    /// # Errors
    /// The file's.
    pub fn set_days<'d>(
        &self,
        sent: impl IntoIterator<Item = (&'d str, Date, String)>,
        today: Date,
    ) -> Result<()> {
        let mut connection = self.state.0.lock();
        let tx = connection.transaction()?;
        {
            let mut put = tx.prepare_cached(
                "INSERT INTO days (clinic, resource, day, digest) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET digest = excluded.digest",
            )?;
            for (resource, day, digest) in sent {
                put.execute(params![self.clinic, resource, day.to_string(), digest])?;
            }
        }
        tx.execute(
            "DELETE FROM days WHERE clinic = ?1 AND day < ?2",
            params![self.clinic, today.to_string()],
        )?;
        Ok(tx.commit()?)
    }

    /// Forgets what the hub had of resources that it no longer has: it drops their days.
    ///
    /// # Errors
    /// The file's.
    pub fn keep_days_of(&self, resources: &[&str]) -> Result<()> {
        let kept = serde_json::json!(resources).to_string();
        let connection = self.state.0.lock();
        connection.execute(
            "DELETE FROM days WHERE clinic = ?1
                AND resource NOT IN (SELECT value FROM json_each(?2))",
            params![self.clinic, kept],
        )?;
        Ok(())
    }

    /// The bookings of which it is not known that both sides agree.
    ///
    /// # Errors
    /// The file's.
    pub fn unsettled(&self) -> Result<Vec<i64>> {
        let connection = self.state.0.lock();
        let mut bookings = connection.prepare_cached(
            "SELECT booking_id FROM bookings
             WHERE clinic = ?1 AND step IN ('inserting', 'inserted', 'rejecting')",
        )?;
        let bookings = bookings.query_map(params![self.clinic], |row| row.get(0))?;
        Ok(bookings.collect::<rusqlite::Result<_>>()?)
    }

    /// What is remembered of a booking.
    ///
    /// # Errors
    /// The file's.
    pub fn booking(&self, booking: i64) -> Result<Option<Remembered>> {
        let connection = self.state.0.lock();
        let sql = "SELECT step, appointment_ids, patient_id FROM bookings
            WHERE clinic = ?1 AND booking_id = ?2";
        let row = connection
            .query_row(sql, params![self.clinic, booking], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((step, ids, patient_id)): Option<(String, String, String)> = row else {
            return Ok(None);
        };
        let damaged = || StateError::Unusable(format!("booking {booking} has a step that is none"));
        Ok(Some(Remembered {
            step: Step::of_name(&step).ok_or_else(damaged)?,
            appointment_ids: serde_json::from_str(&ids).map_err(|_| damaged())?,
            patient_id,
        }))
    }

    /// Forgets the bookings that have been settled for longer than [`KEPT`].
    ///
    /// # Errors
    /// The file's.
    pub fn forget_settled(&self, now: Timestamp) -> Result<()> {
        let before = now
            .as_microsecond()
            .saturating_sub(KEPT.as_secs() * 1_000_000);
        let connection = self.state.0.lock();
        connection.execute(
            "DELETE FROM bookings WHERE clinic = ?1 AND changed_at < ?2
                AND step NOT IN ('inserting', 'inserted', 'rejecting')",
            params![self.clinic, before],
        )?;
        Ok(())
    }

    /// Writes down how far a booking has come.
    ///
    /// # Errors
    /// The file's.
    pub fn set_booking(&self, booking: i64, remembered: &Remembered, now: Timestamp) -> Result<()> {
        let ids = serde_json::json!(remembered.appointment_ids).to_string();
        let connection = self.state.0.lock();
        connection.execute(
            "INSERT INTO bookings (clinic, booking_id, step, appointment_ids, patient_id, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET step = excluded.step,
                appointment_ids = excluded.appointment_ids, patient_id = excluded.patient_id,
                changed_at = excluded.changed_at",
            params![
                self.clinic,
                booking,
                remembered.step.name(),
                ids,
                remembered.patient_id,
                now.as_microsecond()
            ],
        )?;
        Ok(())
    }
}
