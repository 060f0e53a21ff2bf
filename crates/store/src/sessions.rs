//! Sessions of staff and of operators. Only their hashes are kept; what has ended is gone.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::ids::StaffId;

macro_rules! columns {
    () => {
        "session_id, staff_id, token_id, created_at, last_seen_at, expires_at"
    };
}

statements! {
    INSERT = "INSERT INTO sessions (session_id, session_hash, staff_id, token_id, created_at,
            last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6)";
    FIND = concat!("SELECT ", columns!(), " FROM sessions
        WHERE session_hash = $1 AND last_seen_at > $2 AND expires_at > $3");
    LIST = concat!("SELECT ", columns!(), " FROM sessions
        WHERE staff_id = $1 AND last_seen_at > $2 AND expires_at > $3 ORDER BY session_id");
    SEEN = "UPDATE sessions SET last_seen_at = $2 WHERE session_id = $1 AND last_seen_at < $2";
    END = "DELETE FROM sessions WHERE session_hash = $1";
    END_ONE = "DELETE FROM sessions WHERE staff_id = $1 AND session_id = $2";
    END_ALL = "DELETE FROM sessions WHERE staff_id = $1";
    FORGET = "DELETE FROM sessions WHERE expires_at <= $1";
}

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// An account's of staff.
    Staff(StaffId),
    /// An operator's, by the number of the token.
    Operator(i64),
}

/// A session, without its secret.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its number.
    pub session_id: i64,
    /// Whose.
    pub holder: Holder,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
}

fn read(row: &Row<'_>) -> Result<Session> {
    let holder = match row.opt_int(1)?.and_then(StaffId::new) {
        Some(id) => Holder::Staff(id),
        None => Holder::Operator(row.int(2)?),
    };
    Ok(Session {
        session_id: row.int(0)?,
        holder,
        created_at: row.timestamp(3)?,
        last_seen_at: row.timestamp(4)?,
        expires_at: row.timestamp(5)?,
    })
}

/// Begins a session that ends at `expires_at`, and forgets those that have ended.
///
/// # Errors
/// The store's.
pub fn begin(
    tx: &mut Tx<'_>,
    holder: Holder,
    hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<Session> {
    let now = tx.now();
    tx.execute(&FORGET, args![now])?;
    let session_id = numbers::take_global(tx, "sessions")?;
    let (staff, token) = match holder {
        Holder::Staff(id) => (Some(id), None),
        Holder::Operator(token) => (None, Some(token)),
    };
    tx.execute(
        &INSERT,
        args![session_id, hash, staff, token, now, expires_at],
    )?;
    Ok(Session {
        session_id,
        holder,
        created_at: now,
        last_seen_at: now,
        expires_at,
    })
}

/// The session of a hash, if it was used after `since` and has not ended.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, hash: &[u8; 32], since: Timestamp) -> Result<Option<Session>> {
    let now = tx.now();
    tx.query_opt(&FIND, args![hash, since, now], read)
}

/// The sessions of an account that were used after `since` and have not ended, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, id: StaffId, since: Timestamp) -> Result<Vec<Session>> {
    let now = tx.now();
    tx.query(&LIST, args![id, since, now], read)
}

/// Notes that a session is used.
///
/// # Errors
/// The store's.
pub fn seen(tx: &mut Tx<'_>, session_id: i64) -> Result<()> {
    let now = tx.now();
    tx.execute(&SEEN, args![session_id, now]).map(drop)
}

/// Ends the session of a hash.
///
/// # Errors
/// The store's.
pub fn end(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<()> {
    tx.execute(&END, args![hash]).map(drop)
}

/// Ends a session of an account; `false` if there was none to end.
///
/// # Errors
/// The store's.
pub fn end_one(tx: &mut Tx<'_>, id: StaffId, session_id: i64) -> Result<bool> {
    Ok(tx.execute(&END_ONE, args![id, session_id])? > 0)
}

/// Ends all sessions of an account.
///
/// # Errors
/// The store's.
pub fn end_all(tx: &mut Tx<'_>, id: StaffId) -> Result<()> {
    tx.execute(&END_ALL, args![id]).map(drop)
}
