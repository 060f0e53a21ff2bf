//! Messages to people. Receiver and text come and go sealed.

use crate::due::Until;
use crate::sql::{Row, statements};
use crate::{Asked, Listed, Result, Tx, Window, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::message::State;

macro_rules! columns {
    () => {
        "kind, subject, booking_id, channel, sealed, state, attempts, created_at, expires_at, \
         settled_at, why"
    };
}

statements! {
    INSERT = "INSERT INTO messages (practice_id, kind, subject, booking_id, channel, sealed, state,
            attempts, created_at, expires_at, next_at, node)
        VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $8, $7, $9)
        ON CONFLICT (practice_id, kind, subject) DO NOTHING";
    /// Of all practices.
    NEXT = "SELECT practice_id, kind, subject, next_at FROM messages
        WHERE next_at <= $1 AND (node = $3 OR next_at <= $4)
        ORDER BY next_at, practice_id, kind, subject LIMIT $2";
    /// Of all practices.
    EARLIEST = "SELECT next_at FROM messages WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1";
    CLAIM = concat!("UPDATE messages SET next_at = $5, attempts = attempts + 1
        WHERE practice_id = $1 AND kind = $2 AND subject = $3 AND next_at = $4
        RETURNING ", columns!());
    SETTLE = "UPDATE messages SET state = $4, settled_at = $5, why = $6, next_at = NULL
        WHERE practice_id = $1 AND kind = $2 AND subject = $3 AND state = 'waiting'";
    /// Only by whoever made the last attempt.
    POSTPONE = "UPDATE messages SET next_at = $5, why = $6
        WHERE practice_id = $1 AND kind = $2 AND subject = $3 AND attempts = $4
            AND state = 'waiting'";
    WITHDRAW = "DELETE FROM messages
        WHERE practice_id = $1 AND kind = $2 AND subject = $3 AND state = 'waiting'";
    DELETE = "DELETE FROM messages WHERE practice_id = $1 AND kind = $2 AND subject = $3";
    FORGET = "DELETE FROM messages WHERE practice_id = $1 AND booking_id = $2";
    FORGET_ALL = "DELETE FROM messages WHERE practice_id = $1";
    LIST = concat!("SELECT ", columns!(), " FROM messages WHERE practice_id = $1
        ORDER BY created_at DESC, kind, subject LIMIT $2 OFFSET $3");
    COUNT = "SELECT COUNT(*) FROM messages WHERE practice_id = $1";
    ABOUT_NO_BOOKING = concat!("SELECT ", columns!(), " FROM messages
        WHERE practice_id = $1 AND booking_id IS NULL");
}

/// What a message is sealed as, so that one moved to another row does not open: under the key of its
/// booking if it is about one, else under the practice's.
#[must_use]
pub fn sealed_as(kind: &str, subject: &str) -> String {
    format!("message {kind} {subject}")
}

/// Which message: what it is about, within its practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageKey {
    /// Its kind.
    pub kind: String,
    /// What it is about within the kind; nothing personal.
    pub subject: String,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Which.
    pub key: MessageKey,
    /// The booking, if it is about one.
    pub booking_id: Option<BookingId>,
    /// By which way it goes: `mail` or `sms`.
    pub channel: String,
    /// Receiver and text, sealed.
    pub sealed: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is too late to send it.
    pub expires_at: Timestamp,
    /// When it was sent, kept or given up.
    pub settled_at: Option<Timestamp>,
    /// Why the last attempt failed; nothing personal.
    pub why: Option<String>,
}

/// A message to be written.
#[derive(Clone, Debug)]
pub struct New<'m> {
    /// Its kind.
    pub kind: &'m str,
    /// What it is about within the kind; nothing personal.
    pub subject: &'m str,
    /// The booking, if it is about one.
    pub booking_id: Option<BookingId>,
    /// By which way it goes: `mail` or `sms`.
    pub channel: &'m str,
    /// Receiver and text, sealed.
    pub sealed: &'m [u8],
    /// When it is too late to send it.
    pub expires_at: Timestamp,
}

/// A message that is to be tried.
#[derive(Clone, Debug)]
pub struct Due {
    /// Whose.
    pub practice_id: PracticeId,
    /// Which.
    pub key: MessageKey,
    /// Since when.
    pub next_at: Timestamp,
}

fn read(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        key: MessageKey {
            kind: row.text(0)?,
            subject: row.text(1)?,
        },
        booking_id: row.opt_int(2)?.and_then(BookingId::new),
        channel: row.text(3)?,
        sealed: row.blob(4)?,
        state: row.named(5, State::from_name)?,
        attempts: row.int(6)?,
        created_at: row.timestamp(7)?,
        expires_at: row.timestamp(8)?,
        settled_at: row.opt_timestamp(9)?,
        why: row.opt_text(10)?,
    })
}

/// Writes a message to be sent at once, unless there is one of the same kind and subject.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, new: &New<'_>) -> Result<()> {
    let (practice, now, node) = (tx.practice()?, tx.now(), tx.node);
    let args = args![
        practice,
        new.kind,
        new.subject,
        new.booking_id,
        new.channel,
        new.sealed,
        now,
        new.expires_at,
        node
    ];
    tx.push(&INSERT, args)
}

/// What is to be tried by then, of all practices, in the order of times. Runs globally.
///
/// # Errors
/// The store's.
pub fn next(tx: &mut Tx<'_>, until: Until, limit: usize) -> Result<Vec<Due>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(&NEXT, args![until.own, limit, tx.node, until.any], |row| {
        Ok(Due {
            practice_id: row.id(0, PracticeId::new)?,
            key: MessageKey {
                kind: row.text(1)?,
                subject: row.text(2)?,
            },
            next_at: row.timestamp(3)?,
        })
    })
}

/// When the next message of any practice is to be tried. Runs globally.
///
/// # Errors
/// The store's.
pub fn earliest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.query_opt(&EARLIEST, args![], |row| row.timestamp(0))
}

/// Asks for a message to be tried until `until`, when it is anybody's again; nothing if somebody else
/// has taken it, or it is gone.
///
/// # Errors
/// The store's.
pub fn claim(tx: &mut Tx<'_>, due: &Due, until: Timestamp) -> Result<Asked<Stored>> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        &due.key.kind,
        &due.key.subject,
        due.next_at,
        until
    ];
    tx.ask(&CLAIM, args, read)
}

/// Ends a message that is waiting.
///
/// # Errors
/// The store's.
pub fn settle(tx: &mut Tx<'_>, key: &MessageKey, state: State, why: Option<&str>) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let args = args![practice, &key.kind, &key.subject, state.as_str(), now, why];
    tx.push(&SETTLE, args)
}

/// Puts a message off after the attempt of that number failed.
///
/// # Errors
/// The store's.
pub fn postpone(
    tx: &mut Tx<'_>,
    key: &MessageKey,
    attempt: i64,
    next_at: Timestamp,
    why: &str,
) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![practice, &key.kind, &key.subject, attempt, next_at, why];
    tx.push(&POSTPONE, args)
}

/// Takes back a message that is still waiting.
///
/// # Errors
/// The store's.
pub fn withdraw(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&WITHDRAW, args![practice, kind, subject])
}

/// Deletes a message.
///
/// # Errors
/// The store's.
pub fn delete(tx: &mut Tx<'_>, key: &MessageKey) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&DELETE, args![practice, &key.kind, &key.subject])
}

/// The practice's messages, newest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Stored>> {
    let practice = tx.practice()?;
    let entries = tx.query(&LIST, args![practice, window.limit, window.offset], read)?;
    Ok(Listed {
        entries,
        total: tx.query_one(&COUNT, args![practice], |row| row.int(0))?,
    })
}

/// The practice's messages that are about no booking.
///
/// # Errors
/// The store's.
pub fn about_no_booking(tx: &mut Tx<'_>) -> Result<Vec<Stored>> {
    let practice = tx.practice()?;
    tx.query(&ABOUT_NO_BOOKING, args![practice], read)
}

/// Deletes the messages about a booking, or all of the practice.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let practice = tx.practice()?;
    match booking {
        Some(booking) => tx.push(&FORGET, args![practice, booking]),
        None => tx.push(&FORGET_ALL, args![practice]),
    }
}
