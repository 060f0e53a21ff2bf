//! The log of failed callbacks (SUB-4): every attempt as it was.

use crate::sql::{Row, statements};
use crate::{Listed, Result, Tx, Window, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{CallbackErrorId, ConsumerId, SubscriptionId};
use slotbridge_domain::topic::Topic;

macro_rules! columns {
    () => {
        "error_id, consumer_id, subscription_id, at, topic, client_id, callback_url, payload, \
         attempt, error_type, error_message"
    };
}

/// What an entry must be to be listed; `$5` is after the last of it.
macro_rules! wanted {
    () => {
        " FROM callback_errors WHERE practice_id = $1 AND consumer_id = $2
            AND (CAST($3 AS BIGINT) IS NULL OR subscription_id = $3) AND at >= $4 AND at < $5"
    };
}

statements! {
    INSERT = concat!("INSERT INTO callback_errors (practice_id, ", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
    LIST = concat!("SELECT ", columns!(), wanted!(), " ORDER BY error_id LIMIT $6 OFFSET $7");
    COUNT = concat!("SELECT COUNT(*)", wanted!());
    LATEST = concat!("SELECT ", columns!(), " FROM callback_errors
        WHERE practice_id = $1 AND subscription_id = $2 AND at >= $3 AND at <= $4
        ORDER BY at DESC LIMIT $5");
    FORGET = "DELETE FROM callback_errors WHERE practice_id = $1 AND error_id IN (
            SELECT error_id FROM callback_errors WHERE practice_id = $1 AND at < $2
            ORDER BY at LIMIT $3)";
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct CallbackError {
    /// Its id.
    pub error_id: CallbackErrorId,
    /// Whose callback it was.
    pub consumer_id: ConsumerId,
    /// The subscription, which may be gone.
    pub subscription_id: SubscriptionId,
    /// When it failed.
    pub at: Timestamp,
    /// The subscription's topic then.
    pub topic: Topic,
    /// The subscription's name with its consumer then.
    pub client_id: Option<String>,
    /// Where it went.
    pub callback_url: String,
    /// What was sent: JSON.
    pub payload: String,
    /// Which attempt it was, from 1.
    pub attempt: i64,
    /// Of which kind the failure was.
    pub error_type: String,
    /// The failure in words.
    pub error_message: String,
}

fn read(row: &Row<'_>) -> Result<CallbackError> {
    Ok(CallbackError {
        error_id: row.id(0, CallbackErrorId::new)?,
        consumer_id: row.id(1, ConsumerId::new)?,
        subscription_id: row.id(2, SubscriptionId::new)?,
        at: row.timestamp(3)?,
        topic: row.named(4, |name| name.parse().ok())?,
        client_id: row.opt_text(5)?,
        callback_url: row.text(6)?,
        payload: row.text(7)?,
        attempt: row.int(8)?,
        error_type: row.text(9)?,
        error_message: row.text(10)?,
    })
}

/// Adds an entry.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, error: &CallbackError) -> Result<()> {
    let practice = tx.practice()?;
    let topic = error.topic.to_string();
    let args = args![
        practice,
        error.error_id,
        error.consumer_id,
        error.subscription_id,
        error.at,
        &topic,
        error.client_id.as_ref(),
        &error.callback_url,
        &error.payload,
        error.attempt,
        &error.error_type,
        &error.error_message
    ];
    tx.push(&INSERT, args)
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Whose.
    pub consumer_id: ConsumerId,
    /// Of which subscription; `None`: of all.
    pub subscription_id: Option<SubscriptionId>,
    /// From when on.
    pub from: Timestamp,
    /// Until when, exclusive.
    pub until: Timestamp,
}

/// The entries that are wanted, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, wanted: Wanted, window: Window) -> Result<Listed<CallbackError>> {
    let practice = tx.practice()?;
    let Wanted {
        consumer_id,
        subscription_id,
        from,
        until,
    } = wanted;
    let which = args![practice, consumer_id, subscription_id, from, until];
    let total = tx.query_one(&COUNT, which, |row| row.int(0))?;
    let (limit, offset) = (window.limit, window.offset);
    let which = args![
        practice,
        consumer_id,
        subscription_id,
        from,
        until,
        limit,
        offset
    ];
    let entries = tx.query(&LIST, which, read)?;
    Ok(Listed { entries, total })
}

/// The entries of a subscription from one instant to another, both included, the latest first.
///
/// # Errors
/// The store's.
pub fn latest(
    tx: &mut Tx<'_>,
    subscription_id: SubscriptionId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<CallbackError>> {
    let practice = tx.practice()?;
    let which = args![practice, subscription_id, from, to, limit];
    tx.query(&LATEST, which, read)
}

/// Forgets the oldest entries from before `until`; says how many.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>, until: Timestamp, limit: i64) -> Result<u64> {
    let practice = tx.practice()?;
    tx.execute(&FORGET, args![practice, until, limit])
}
