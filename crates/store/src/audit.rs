//! The audit trail: every change with its cause, time and actor, written with it (BOOK-2).

use crate::sql::{Row, statements};
use crate::{Listed, Result, Tx, Window, args};
use jiff::Timestamp;
use slotbridge_domain::ids::BookingId;

macro_rules! columns {
    () => {
        "audit_id, at, actor, action, booking_id, detail, note, call_id"
    };
}

macro_rules! last {
    () => {
        "SELECT audit_id FROM audit WHERE practice_id = $1 ORDER BY audit_id DESC LIMIT 1"
    };
}

statements! {
    // Within a practice no two transactions write at once, so the next number is free. The last is not
    // asked for as a maximum: PostgreSQL would plan to read the whole trail for it while that is short.
    RECORD = concat!("INSERT INTO audit (practice_id, audit_id, at, actor, action, booking_id, detail,
            note, call_id)
        VALUES ($1, COALESCE((", last!(), "), 0) + 1, $2, $3, $4, $5, $6, $7, $8)");
    FORGET_NOTES = "UPDATE audit SET note = NULL
        WHERE practice_id = $1 AND booking_id = $2 AND note IS NOT NULL";
    FORGET_ALL_NOTES = "UPDATE audit SET note = NULL WHERE practice_id = $1 AND note IS NOT NULL";
    LIST = concat!("SELECT ", columns!(), " FROM audit
        WHERE practice_id = $1 ORDER BY audit_id DESC LIMIT $2 OFFSET $3");
    COUNT = "SELECT COUNT(*) FROM audit WHERE practice_id = $1";
    LIST_BOOKING = concat!("SELECT ", columns!(), " FROM audit WHERE practice_id = $1 AND booking_id = $2
        ORDER BY audit_id DESC LIMIT $3 OFFSET $4");
    /// Of a stretch of the trail, so that what is rare is not looked for without an end.
    SEARCH = concat!("SELECT ", columns!(), " FROM audit
        WHERE practice_id = $1 AND audit_id > $2 AND audit_id <= $3
            AND (CAST($4 AS BIGINT) IS NULL OR booking_id = $4)
            AND (CAST($5 AS TEXT) IS NULL OR actor = $5)
            AND (CAST($6 AS TEXT) IS NULL OR action = $6)
            AND (CAST($7 AS TEXT) IS NULL OR call_id = $7)
            AND (CAST($8 AS BIGINT) IS NULL OR at >= $8)
            AND (CAST($9 AS BIGINT) IS NULL OR at < $9)
        ORDER BY audit_id DESC LIMIT $10");
    LAST = last!();
    COUNT_BOOKING = "SELECT COUNT(*) FROM audit WHERE practice_id = $1 AND booking_id = $2";
}

/// What a note is sealed as, under the practice's key.
pub const NOTE: &str = "audit note";

/// An entry of the trail.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number within the practice.
    pub audit_id: i64,
    /// When.
    pub at: Timestamp,
    /// Who: `pms:<consumer id>`, `patient`, `operator:<token id>`, `staff:<staff id>` or `hub`.
    pub actor: String,
    /// What, in the words of the API.
    pub action: String,
    /// On which booking.
    pub booking_id: Option<BookingId>,
    /// What else there is to know, as JSON without personal data.
    pub detail: String,
    /// Free text of somebody's, sealed.
    pub note: Option<Vec<u8>>,
    /// The `X-Request-Id` of the call that caused it (WIRE-8).
    pub call_id: String,
}

/// Writes an entry; its number and time are the transaction's to give.
///
/// # Errors
/// The store's.
pub fn record(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let args = args![
        practice,
        now,
        &entry.actor,
        &entry.action,
        entry.booking_id,
        &entry.detail,
        entry.note.as_ref(),
        &entry.call_id
    ];
    tx.push(&RECORD, args)
}

/// Forgets what was said in free text; of one booking or of all.
///
/// # Errors
/// The store's.
pub fn forget_notes(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let practice = tx.practice()?;
    match booking {
        Some(id) => tx.push(&FORGET_NOTES, args![practice, id]),
        None => tx.push(&FORGET_ALL_NOTES, args![practice]),
    }
}

fn read(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        audit_id: row.int(0)?,
        at: row.timestamp(1)?,
        actor: row.text(2)?,
        action: row.text(3)?,
        booking_id: row.opt_int(4)?.and_then(BookingId::new),
        detail: row.text(5)?,
        note: row.opt_blob(6)?,
        call_id: row.text(7)?,
    })
}

/// Entries, newest first; of one booking or of all.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, booking: Option<BookingId>, window: Window) -> Result<Listed<Entry>> {
    let practice = tx.practice()?;
    let (limit, offset) = (window.limit, window.offset);
    let (entries, total) = if let Some(id) = booking {
        (
            tx.query(&LIST_BOOKING, args![practice, id, limit, offset], read)?,
            tx.query_one(&COUNT_BOOKING, args![practice, id], |row| row.int(0))?,
        )
    } else {
        (
            tx.query(&LIST, args![practice, limit, offset], read)?,
            tx.query_one(&COUNT, args![practice], |row| row.int(0))?,
        )
    };
    Ok(Listed { entries, total })
}

/// Which entries are wanted; `None`: whichever.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// On which booking.
    pub booking_id: Option<BookingId>,
    /// Whose, as [`Entry::actor`] says it.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// The `X-Request-Id` of the call.
    pub call_id: Option<String>,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Before then.
    pub to: Option<Timestamp>,
}

/// The number of the last entry; 0 if there is none.
///
/// # Errors
/// The store's.
pub fn last(tx: &mut Tx<'_>) -> Result<i64> {
    let practice = tx.practice()?;
    let last = tx.query_opt(&LAST, args![practice], |row| row.int(0))?;
    Ok(last.unwrap_or(0))
}

/// The entries that are wanted of those numbered above `above` and up to `up_to`, newest first.
///
/// # Errors
/// The store's.
pub fn search(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    (above, up_to): (i64, i64),
    limit: i64,
) -> Result<Vec<Entry>> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        above,
        up_to,
        wanted.booking_id,
        wanted.actor.as_ref(),
        wanted.action.as_ref(),
        wanted.call_id.as_ref(),
        wanted.from,
        wanted.to,
        limit
    ];
    tx.query(&SEARCH, args, read)
}
