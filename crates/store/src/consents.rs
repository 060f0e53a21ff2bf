//! Consents: a practice lets a consumer act for it. At most one is live (AUTH-0).

use crate::sql::{Row, statements};
use crate::{Result, Tx, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::ids::ConsumerId;

macro_rules! columns {
    () => {
        "consumer_id, key_hash, granted_at, revoked_at"
    };
}

statements! {
    INSERT = "INSERT INTO consents (practice_id, consent_id, consumer_id, key_hash, granted_at)
        VALUES ($1, $2, $3, $4, $5)";
    LIVE = concat!("SELECT ", columns!(), " FROM consents
        WHERE practice_id = $1 AND revoked_at IS NULL");
    LIST = concat!("SELECT ", columns!(), " FROM consents
        WHERE practice_id = $1 ORDER BY consent_id");
    COUNT_LIVE = "SELECT COUNT(*) FROM consents WHERE revoked_at IS NULL";
    REVOKE = "UPDATE consents SET revoked_at = $3
        WHERE practice_id = $1 AND consumer_id = $2 AND revoked_at IS NULL";
}

/// A consent, live or not.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Who may act.
    pub consumer_id: ConsumerId,
    /// The hash of the practice key.
    pub key_hash: Vec<u8>,
    /// Since when.
    pub granted_at: Timestamp,
    /// Until when.
    pub revoked_at: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> Result<Consent> {
    Ok(Consent {
        consumer_id: row.id(0, ConsumerId::new)?,
        key_hash: row.blob(1)?,
        granted_at: row.timestamp(2)?,
        revoked_at: row.opt_timestamp(3)?,
    })
}

/// Adds a consent; the one before must have been revoked.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, consumer: ConsumerId, key_hash: &[u8; 32]) -> Result<()> {
    let (practice, now, consent) = (tx.practice()?, tx.now(), numbers::plain(tx)?);
    tx.execute(&INSERT, args![practice, consent, consumer, key_hash, now])
        .map(drop)
}

/// The live consent.
///
/// # Errors
/// The store's.
pub fn live(tx: &mut Tx<'_>) -> Result<Option<Consent>> {
    let practice = tx.practice()?;
    tx.query_opt(&LIVE, args![practice], read)
}

/// All consents, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Consent>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice], read)
}

/// Revokes a consumer's live consent; `false` if there was none.
///
/// # Errors
/// The store's.
pub fn revoke(tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<bool> {
    let (practice, now) = (tx.practice()?, tx.now());
    Ok(tx.execute(&REVOKE, args![practice, consumer, now])? > 0)
}

/// How many practices have a live consent. Runs globally.
///
/// # Errors
/// The store's.
pub fn count_live(tx: &mut Tx<'_>) -> Result<i64> {
    tx.query_one(&COUNT_LIVE, args![], |row| row.int(0))
}
