//! What is free in the book.

use jiff::civil::{Date, Time};
use rusqlite::{Row, Transaction, params};
use slotbridge_client::wire::availability::AvailabilityRange;

/// From when to when, in seconds since midnight.
type Span = (u32, u32);

/// The working hours of a day without its appointments.
pub(crate) fn on(
    tx: &Transaction<'_>,
    resource: &str,
    day: Date,
) -> rusqlite::Result<Vec<AvailabilityRange>> {
    let taken = taken(tx, resource, day)?;
    let mut free = Vec::new();
    for (hours, slot_length) in hours(tx, resource, day)? {
        let spans = without(hours, &taken).into_iter();
        free.extend(spans.map(|(start, end)| AvailabilityRange {
            start,
            end,
            slot_length,
            pms_appointment_type_ids: Vec::new(),
        }));
    }
    Ok(free)
}

/// What is left of the hours.
fn without((open, close): Span, taken: &[Span]) -> Vec<Span> {
    let mut free = Vec::new();
    let mut from = open;
    for (start, end) in taken {
        if *end > open && *start < close {
            free.push((from, *start));
            from = from.max(*end);
        }
    }
    free.push((from, close));
    free.retain(|(start, end)| start < end);
    free
}

/// The working hours of a day, and how long a slot takes in them.
fn hours(tx: &Transaction<'_>, resource: &str, day: Date) -> rusqlite::Result<Vec<(Span, i64)>> {
    let weekday = i64::from(day.weekday().to_monday_one_offset());
    let mut hours = tx.prepare(
        "SELECT start, stop, slot_seconds FROM hours WHERE resource = ?1 AND weekday = ?2
         ORDER BY start",
    )?;
    let hours = hours.query_map(params![resource, weekday], |row| {
        let span = (seconds(row, 0)?, seconds(row, 1)?);
        Ok((span, row.get(2)?))
    })?;
    hours.collect()
}

/// The appointments of a day.
fn taken(tx: &Transaction<'_>, resource: &str, day: Date) -> rusqlite::Result<Vec<Span>> {
    let mut taken = tx.prepare(
        "SELECT time(start), time(stop) FROM appointments
         WHERE resource = ?1 AND start >= ?2 AND start < ?3 AND state = 'booked' ORDER BY start",
    )?;
    let next = day.tomorrow().unwrap_or(day);
    let key = params![resource, day.to_string(), next.to_string()];
    let taken = taken.query_map(key, |row| Ok((seconds(row, 0)?, seconds(row, 1)?)))?;
    taken.collect()
}

/// Seconds since midnight of a column.
fn seconds(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    Ok(seconds_of(&row.get::<_, String>(column)?))
}

/// Seconds since midnight of `HH:MM` or `HH:MM:SS`.
fn seconds_of(text: &str) -> u32 {
    let time: Time = text.parse().unwrap_or(Time::midnight());
    let seconds = i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60;
    u32::try_from(seconds + i32::from(time.second())).unwrap_or_default()
}
