//! What stands in the book, for whoever looks into it.

use crate::{Book, schema};
use jiff::civil::{Date, DateTime};
use rusqlite::{Row, Transaction, params};
use slotbridge_agent::adapter::{PmsPatient, Trouble};

/// How an appointment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is to take place, or did.
    Booked,
    /// It was cancelled or moved.
    Cancelled,
    /// The patient did not come.
    Absent,
}

/// An appointment as it stands in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Whose book.
    pub resource: String,
    /// From when, on the wall clock.
    pub start: DateTime,
    /// How long.
    pub minutes: i64,
    /// The patient's id, if it is for one.
    pub patient_id: Option<String>,
    /// The hub's booking, if it is of one.
    pub booking_id: Option<i64>,
    /// How it stands.
    pub standing: Standing,
}

impl Book {
    /// The appointments of a day, or all, by their time; those that are off too.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn appointments(&self, day: Option<Date>) -> Result<Vec<Listed>, Trouble> {
        self.read(|tx| appointments(tx, day))
    }

    /// All patients.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn people(&self) -> Result<Vec<PmsPatient>, Trouble> {
        Ok(self.read(|tx| schema::patients(tx, 0))?.changed)
    }
}

fn appointments(tx: &Transaction<'_>, day: Option<Date>) -> rusqlite::Result<Vec<Listed>> {
    let day = day.map(|day| day.to_string());
    let mut rows = tx.prepare(
        "SELECT id, resource, start, minutes, patient_id, booking_id, state FROM appointments
         WHERE ?1 IS NULL OR date(start) = ?1 ORDER BY start, resource, changed",
    )?;
    let rows = rows.query_map(params![day], listed)?;
    rows.collect()
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let (start, state): (String, String) = (row.get(2)?, row.get(6)?);
    let standing = match state.as_str() {
        "booked" => Standing::Booked,
        "absent" => Standing::Absent,
        _ => Standing::Cancelled,
    };
    Ok(Listed {
        id: row.get(0)?,
        resource: row.get(1)?,
        // Nothing but times was ever written there.
        start: start.parse().unwrap_or_default(),
        minutes: row.get(3)?,
        patient_id: row.get(4)?,
        booking_id: row.get(5)?,
        standing,
    })
}
