//! Forgetting what is no longer to be kept. Each statement takes the oldest rows first and a bounded
//! number of them.

use crate::sql::statements;
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::BookingId;

statements! {
    UNTIL = "SELECT bookings_until FROM retention WHERE practice_id = $1";
    SET_UNTIL = "INSERT INTO retention (practice_id, bookings_until) VALUES ($1, $2)
        ON CONFLICT (practice_id) DO UPDATE SET bookings_until = excluded.bookings_until";
    BOOKINGS = "SELECT booking_id, start_at FROM bookings
        WHERE practice_id = $1 AND start_at >= $2 AND start_at < $3 AND data_key IS NOT NULL
        ORDER BY start_at, booking_id LIMIT $4";
    // The newest stays: the numbers go on from it.
    AUDIT = "DELETE FROM audit WHERE practice_id = $1 AND at < $2 AND audit_id IN (
            SELECT audit_id FROM audit WHERE practice_id = $1 ORDER BY audit_id LIMIT $3)
        AND audit_id < (SELECT MAX(audit_id) FROM audit WHERE practice_id = $1)";
    REQUESTS = "DELETE FROM requests WHERE practice_id = $1 AND resolved_at < $2 AND request_id IN (
            SELECT request_id FROM requests WHERE practice_id = $1 AND resolved_at IS NOT NULL
            ORDER BY request_id LIMIT $3)";
    MESSAGES = "DELETE FROM messages
        WHERE practice_id = $1 AND created_at < $2 AND state <> 'waiting'";
    CLIENT_SNAPSHOTS = "DELETE FROM client_snapshots WHERE practice_id = $1 AND received_at < $2";
    REMINDERS = "DELETE FROM reminders WHERE practice_id = $1 AND start_at < $2";
    FIRST_ANSWERS = "DELETE FROM idempotency_keys WHERE practice_id = $1 AND created_at < $2";
}

/// The oldest bookings that began before `until` and still hold a person, with their starts.
///
/// # Errors
/// The store's.
pub fn old_bookings(
    tx: &mut Tx<'_>,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<(BookingId, Timestamp)>> {
    let practice = tx.practice()?;
    let from = tx.query_opt(&UNTIL, args![practice], |row| row.int(0))?;
    let from = from.unwrap_or(i64::MIN);
    tx.query(&BOOKINGS, args![practice, from, until, limit], |row| {
        Ok((row.id(0, BookingId::new)?, row.timestamp(1)?))
    })
}

/// Notes that all bookings which began before `until` have been gone through.
///
/// # Errors
/// The store's.
pub fn gone_through(tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&SET_UNTIL, args![practice, until])
}

/// Forgets the oldest entries of the audit trail from before `until`; says how many.
///
/// # Errors
/// The store's.
pub fn forget_audit(tx: &mut Tx<'_>, until: Timestamp, limit: i64) -> Result<u64> {
    let practice = tx.practice()?;
    tx.execute(&AUDIT, args![practice, until, limit])
}

/// Forgets the oldest requests that were resolved before `until`; says how many.
///
/// # Errors
/// The store's.
pub fn forget_requests(tx: &mut Tx<'_>, until: Timestamp, limit: i64) -> Result<u64> {
    let practice = tx.practice()?;
    tx.execute(&REQUESTS, args![practice, until, limit])
}

/// Forgets first answers to calls with an `Idempotency-Key` from before `until`.
///
/// # Errors
/// The store's.
pub fn forget_first_answers(tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&FIRST_ANSWERS, args![practice, until])
}

/// Forgets messages that were written before `until` and are settled.
///
/// # Errors
/// The store's.
pub fn forget_messages(tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&MESSAGES, args![practice, until])
}

/// Forgets client snapshots that came before `until`.
///
/// # Errors
/// The store's.
pub fn forget_client_snapshots(tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&CLIENT_SNAPSHOTS, args![practice, until])
}

/// Forgets which appointments from before `until` were recalled.
///
/// # Errors
/// The store's.
pub fn forget_reminders(tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&REMINDERS, args![practice, until])
}
