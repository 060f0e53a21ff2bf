//! Consumers and their keys. Only the keys' hashes are kept.

use crate::sql::{Row, statements};
use crate::{Asked, Listed, Result, Tx, Window, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::ids::ConsumerId;

macro_rules! columns {
    () => {
        "c.consumer_id, c.name, c.contact_email, c.test, c.wire_profile, c.created_at, \
         c.deactivated_at"
    };
}

statements! {
    INSERT = "INSERT INTO consumers (consumer_id, name, contact_email, test, wire_profile,
            webhook_secret, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    GET = concat!("SELECT ", columns!(), " FROM consumers c WHERE consumer_id = $1");
    LIST = concat!("SELECT ", columns!(), " FROM consumers c ORDER BY consumer_id LIMIT $1 OFFSET $2");
    COUNT = "SELECT COUNT(*) FROM consumers";
    UPDATE = "UPDATE consumers SET name = $2, contact_email = $3, wire_profile = $4,
            deactivated_at = $5
        WHERE consumer_id = $1";
    SET_SECRET = "UPDATE consumers SET webhook_secret = $2,
            previous_webhook_secret = webhook_secret, previous_secret_until = $3
        WHERE consumer_id = $1";
    INSERT_KEY = "INSERT INTO consumer_keys (key_id, consumer_id, key_hash, created_at)
        VALUES ($1, $2, $3, $4)";
    KEYS = "SELECT key_id, created_at, revoked_at FROM consumer_keys WHERE consumer_id = $1
        ORDER BY key_id";
    REVOKE_KEY = "UPDATE consumer_keys SET revoked_at = $3 WHERE consumer_id = $1 AND key_id = $2
        AND revoked_at IS NULL";
    FIND_BY_KEY = concat!("SELECT ", columns!(), " FROM consumer_keys k JOIN consumers c ON c.consumer_id = k.consumer_id
        WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND c.deactivated_at IS NULL");
    CALLER = "SELECT c.consumer_id, c.test, c.wire_profile, n.key_hash,
            (SELECT COUNT(*) FROM health h WHERE h.practice_id = $2 AND h.state = 'unhealthy'),
            (SELECT COUNT(*) FROM late_features l WHERE l.practice_id = $2)
        FROM consumer_keys k JOIN consumers c ON c.consumer_id = k.consumer_id
        LEFT JOIN consents n ON n.practice_id = $2 AND n.consumer_id = c.consumer_id
            AND n.revoked_at IS NULL
        WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND c.deactivated_at IS NULL";
}

/// A consumer: a PMS vendor.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// Its id.
    pub consumer_id: ConsumerId,
    /// Its name.
    pub name: String,
    /// Whom to write to.
    pub contact_email: String,
    /// Whether it reaches test practices only (AUTH-4).
    pub test: bool,
    /// How its answers are written (WIRE-9).
    pub wire_profile: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deactivated; its keys open nothing then.
    pub deactivated_at: Option<Timestamp>,
}

/// The consumer whose key a call brings, as the practice that it calls for knows it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Its id.
    pub consumer_id: ConsumerId,
    /// Whether it reaches test practices only (AUTH-4).
    pub test: bool,
    /// How its answers are written (WIRE-9).
    pub wire_profile: String,
    /// The hash of the practice key, if the practice has given it its consent.
    pub practice_key_hash: Option<Vec<u8>>,
    /// Whether the practice's integration was found unhealthy, or late with a feature.
    pub wanting: bool,
}

/// A consumer's key, without its secret.
#[derive(Clone, Debug)]
pub struct ConsumerKey {
    /// Its number.
    pub key_id: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> Result<Consumer> {
    Ok(Consumer {
        consumer_id: row.id(0, ConsumerId::new)?,
        name: row.text(1)?,
        contact_email: row.text(2)?,
        test: row.bool(3)?,
        wire_profile: row.text(4)?,
        created_at: row.timestamp(5)?,
        deactivated_at: row.opt_timestamp(6)?,
    })
}

/// A fresh consumer id.
///
/// # Errors
/// The store's.
pub fn next_id(tx: &mut Tx<'_>) -> Result<ConsumerId> {
    ConsumerId::new(numbers::take_global(tx, "consumers")?)
        .ok_or(crate::StoreError::Corrupt("the consumers' counter"))
}

/// Adds a consumer with its sealed webhook secret.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, consumer: &Consumer, webhook_secret: &[u8]) -> Result<()> {
    let args = args![
        consumer.consumer_id,
        &consumer.name,
        &consumer.contact_email,
        consumer.test,
        &consumer.wire_profile,
        webhook_secret,
        consumer.created_at
    ];
    tx.execute(&INSERT, args).map(drop)
}

/// A consumer.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: ConsumerId) -> Result<Option<Consumer>> {
    tx.query_opt(&GET, args![id], read)
}

/// Consumers, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Consumer>> {
    let entries = tx.query(&LIST, args![window.limit, window.offset], read)?;
    Ok(Listed {
        entries,
        total: tx.query_one(&COUNT, args![], |row| row.int(0))?,
    })
}

/// Writes what can change of a consumer.
///
/// # Errors
/// The store's.
pub fn update(tx: &mut Tx<'_>, consumer: &Consumer) -> Result<()> {
    let args = args![
        consumer.consumer_id,
        &consumer.name,
        &consumer.contact_email,
        &consumer.wire_profile,
        consumer.deactivated_at
    ];
    tx.execute(&UPDATE, args).map(drop)
}

/// What a consumer's webhook secret is sealed as.
#[must_use]
pub fn webhook_secret_context(id: ConsumerId) -> String {
    format!("webhook secret {id}")
}

/// Replaces the sealed webhook secret; the one before signs as well until then (SUB-6).
///
/// # Errors
/// The store's.
pub fn set_webhook_secret(
    tx: &mut Tx<'_>,
    id: ConsumerId,
    sealed: &[u8],
    previous_until: Timestamp,
) -> Result<()> {
    tx.execute(&SET_SECRET, args![id, sealed, previous_until])
        .map(drop)
}

/// The sealed webhook secrets in force, the present one first, of a row that has from one column
/// on: the present one, the one before, and until when that signs too.
pub(crate) fn secrets_in_force(row: &Row<'_>, from: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
    let until = row.opt_timestamp(from + 2)?;
    let previous = row.opt_blob(from + 1)?;
    let previous = previous.filter(|_| until.is_some_and(|until| now < until));
    Ok([Some(row.blob(from)?), previous]
        .into_iter()
        .flatten()
        .collect())
}

/// Adds a key and gives its number.
///
/// # Errors
/// The store's.
pub fn insert_key(tx: &mut Tx<'_>, id: ConsumerId, hash: &[u8; 32]) -> Result<i64> {
    let key_id = numbers::take_global(tx, "consumer_keys")?;
    let now = tx.now();
    tx.execute(&INSERT_KEY, args![key_id, id, hash, now])?;
    Ok(key_id)
}

/// A consumer's keys, oldest first.
///
/// # Errors
/// The store's.
pub fn keys(tx: &mut Tx<'_>, id: ConsumerId) -> Result<Vec<ConsumerKey>> {
    tx.query(&KEYS, args![id], |row| {
        Ok(ConsumerKey {
            key_id: row.int(0)?,
            created_at: row.timestamp(1)?,
            revoked_at: row.opt_timestamp(2)?,
        })
    })
}

/// Revokes a key; `false` if there was none to revoke.
///
/// # Errors
/// The store's.
pub fn revoke_key(tx: &mut Tx<'_>, id: ConsumerId, key_id: i64) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(&REVOKE_KEY, args![id, key_id, now])? > 0)
}

/// The active consumer that a live key opens.
///
/// # Errors
/// The store's.
pub fn find_by_key(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<Consumer>> {
    tx.query_opt(&FIND_BY_KEY, args![hash], read)
}

/// Asks for the same as a practice knows it.
///
/// # Errors
/// The store's.
pub fn ask_caller(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Asked<Caller>> {
    let practice = tx.practice()?;
    tx.ask(&CALLER, args![hash, practice], |row| {
        Ok(Caller {
            consumer_id: row.id(0, ConsumerId::new)?,
            test: row.bool(1)?,
            wire_profile: row.text(2)?,
            practice_key_hash: row.opt_blob(3)?,
            wanting: row.int(4)? > 0 || row.int(5)? > 0,
        })
    })
}
