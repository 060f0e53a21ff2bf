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

statements! {
    // Within a practice no two transactions write at once, so the next number is free.
    RECORD = "INSERT INTO audit (practice_id, audit_id, at, actor, action, booking_id, detail, note,
            call_id)
        SELECT CAST($1 AS BIGINT), COALESCE(MAX(audit_id), 0) + 1, CAST($2 AS BIGINT),
            CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT), $7,
            CAST($8 AS TEXT)
        FROM audit WHERE practice_id = $1";
    FORGET_NOTES = "UPDATE audit SET note = NULL
        WHERE practice_id = $1 AND booking_id = $2 AND note IS NOT NULL";
    FORGET_ALL_NOTES = "UPDATE audit SET note = NULL WHERE practice_id = $1 AND note IS NOT NULL";
    LIST = concat!("SELECT ", columns!(), " FROM audit
        WHERE practice_id = $1 ORDER BY audit_id DESC LIMIT $2 OFFSET $3");
    COUNT = "SELECT COUNT(*) FROM audit WHERE practice_id = $1";
    LIST_BOOKING = concat!("SELECT ", columns!(), " FROM audit WHERE practice_id = $1 AND booking_id = $2
        ORDER BY audit_id DESC LIMIT $3 OFFSET $4");
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
