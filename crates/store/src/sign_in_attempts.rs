//! Attempts to sign in that went wrong, by the blind index of the mail that was tried.

use crate::sql::statements;
use crate::{Result, Tx, args};
use jiff::Timestamp;

statements! {
    // One statement, so that of many at once no two are the same attempt.
    COUNT = "INSERT INTO sign_in_attempts (email_index, failures, last_at, blocked_until)
        VALUES ($1, 1, $2, $2)
        ON CONFLICT (email_index) DO UPDATE SET
            failures = CASE WHEN sign_in_attempts.last_at <= $3 THEN 1
                ELSE sign_in_attempts.failures + 1 END,
            last_at = excluded.last_at
        WHERE sign_in_attempts.blocked_until <= $2
        RETURNING failures";
    BLOCKED_UNTIL = "SELECT blocked_until FROM sign_in_attempts WHERE email_index = $1";
    BLOCK = "UPDATE sign_in_attempts SET blocked_until = $2 WHERE email_index = $1";
    CLEAR = "DELETE FROM sign_in_attempts WHERE email_index = $1";
    FORGET = "DELETE FROM sign_in_attempts WHERE last_at <= $1";
}

/// Counts an attempt, as if it had gone wrong, beside those since `since`: how many that makes.
/// `None` if nobody may try now.
///
/// # Errors
/// The store's.
pub fn count(tx: &mut Tx<'_>, email_index: &[u8], since: Timestamp) -> Result<Option<i64>> {
    let now = tx.now();
    tx.execute(&FORGET, args![since])?;
    tx.query_opt(&COUNT, args![email_index, now, since], |row| row.int(0))
}

/// Until when nobody may try.
///
/// # Errors
/// The store's.
pub fn blocked_until(tx: &mut Tx<'_>, email_index: &[u8]) -> Result<Option<Timestamp>> {
    tx.query_opt(&BLOCKED_UNTIL, args![email_index], |row| row.timestamp(0))
}

/// Lets nobody try until then.
///
/// # Errors
/// The store's.
pub fn block(tx: &mut Tx<'_>, email_index: &[u8], until: Timestamp) -> Result<()> {
    tx.execute(&BLOCK, args![email_index, until]).map(drop)
}

/// Forgets the attempts: one went well, or a link was used.
///
/// # Errors
/// The store's.
pub fn clear(tx: &mut Tx<'_>, email_index: &[u8]) -> Result<()> {
    tx.execute(&CLEAR, args![email_index]).map(drop)
}
