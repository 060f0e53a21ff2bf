//! The appointments of the book.

use crate::Entry;
use jiff::civil::DateTime;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use slotbridge_agent::adapter::{Fate, Inserted};

/// Whether the practice is open from an entry's start to its end.
pub(crate) fn is_open(
    tx: &Transaction<'_>,
    entry: &Entry,
    end: DateTime,
) -> rusqlite::Result<bool> {
    let weekday = i64::from(entry.start.weekday().to_monday_one_offset());
    let (start, end) = (entry.start.to_string(), end.to_string());
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM hours WHERE resource = ?1 AND weekday = ?2
            AND start <= time(?3) AND time(?4) <= stop AND date(?3) = date(?4))",
        params![entry.resource, weekday, start, end],
        |row| row.get(0),
    )
}

/// Whether somebody has the time, or a part of it.
pub(crate) fn is_taken(
    tx: &Transaction<'_>,
    entry: &Entry,
    end: DateTime,
) -> rusqlite::Result<bool> {
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM appointments WHERE resource = ?1 AND state = 'booked'
            AND start < ?3 AND stop > ?2)",
        params![entry.resource, entry.start.to_string(), end.to_string()],
        |row| row.get(0),
    )
}

/// Writes an appointment down and gives its id.
pub(crate) fn add(
    tx: &Transaction<'_>,
    change: i64,
    entry: &Entry,
    end: DateTime,
    booking: Option<i64>,
) -> rusqlite::Result<String> {
    let id = format!("A{change}");
    tx.execute(
        "INSERT INTO appointments (id, resource, start, stop, minutes, patient_id, booking_id,
            state, changed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'booked', ?8)",
        params![
            id,
            entry.resource,
            entry.start.to_string(),
            end.to_string(),
            entry.minutes,
            entry.patient_id,
            booking,
            change
        ],
    )?;
    Ok(id)
}

/// The appointment of a booking.
pub(crate) fn of_booking(tx: &Transaction<'_>, booking: i64) -> rusqlite::Result<Option<Inserted>> {
    tx.query_row(
        "SELECT id, patient_id FROM appointments WHERE booking_id = ?1 AND state = 'booked'",
        params![booking],
        |row| {
            Ok(Inserted {
                appointment_ids: vec![row.get(0)?],
                patient_id: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            })
        },
    )
    .optional()
}

/// Whether the desk has dealt with a booking in a way that ends it.
pub(crate) fn was_taken_out(tx: &Transaction<'_>, booking: i64) -> rusqlite::Result<bool> {
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM appointments WHERE booking_id = ?1 AND state <> 'booked')",
        params![booking],
        |row| row.get(0),
    )
}

/// The appointments in the book, cancelled ones too, of a booking or of these ids.
pub(crate) fn ids(
    tx: &Transaction<'_>,
    booking: i64,
    named: &[String],
) -> rusqlite::Result<Vec<String>> {
    let mut found = Vec::new();
    for id in named {
        let there = tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM appointments WHERE id = ?1)",
            params![id],
            |row| row.get(0),
        )?;
        if there {
            found.push(id.clone());
        }
    }
    let mut own = tx.prepare("SELECT id FROM appointments WHERE booking_id = ?1")?;
    for id in own.query_map(params![booking], |row| row.get::<_, String>(0))? {
        let id = id?;
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok(found)
}

pub(crate) fn fate_of(row: &Row<'_>, from: usize) -> rusqlite::Result<Fate> {
    let state: String = row.get(from)?;
    Ok(match state.as_str() {
        "booked" => Fate::Stands,
        "absent" => Fate::DidNotAttend,
        _ => Fate::Off,
    })
}

/// What became of a booking: of its appointment, or of the last of these.
pub(crate) fn fate(
    tx: &Transaction<'_>,
    booking: i64,
    named: &[String],
) -> rusqlite::Result<Option<Fate>> {
    let mut last = None;
    for id in ids(tx, booking, named)? {
        last = tx
            .query_row(
                "SELECT state FROM appointments WHERE id = ?1",
                params![id],
                |row| fate_of(row, 0),
            )
            .optional()?;
    }
    Ok(last)
}
