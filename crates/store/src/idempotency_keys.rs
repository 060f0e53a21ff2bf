//! The first answers to calls with an `Idempotency-Key`, sealed, kept for a day.

use crate::sql::statements;
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::PracticeId;

statements! {
    FIND = "SELECT body_hash, answer FROM idempotency_keys
        WHERE practice_id = $1 AND key_hash = $2 AND created_at > $3";
    PUT = "INSERT INTO idempotency_keys (practice_id, key_hash, body_hash, answer, created_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (practice_id, key_hash) DO UPDATE
        SET body_hash = excluded.body_hash, answer = excluded.answer,
            created_at = excluded.created_at";
    FORGET = "DELETE FROM idempotency_keys WHERE practice_id = $1 AND created_at <= $2";
}

/// A first answer.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The hash of the body that it answered.
    pub body_hash: Vec<u8>,
    /// The answer, sealed.
    pub answer: Vec<u8>,
}

fn practice(tx: &Tx<'_>) -> i64 {
    tx.practice().map_or(0, PracticeId::get)
}

/// The first answer under that key, if it was given after `since`.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, key_hash: &[u8; 32], since: Timestamp) -> Result<Option<Kept>> {
    let practice = practice(tx);
    tx.query_opt(&FIND, args![practice, key_hash, since], |row| {
        Ok(Kept {
            body_hash: row.blob(0)?,
            answer: row.blob(1)?,
        })
    })
}

/// Keeps a first answer, and forgets those that were given before `since`.
///
/// # Errors
/// The store's.
pub fn put(tx: &mut Tx<'_>, key_hash: &[u8; 32], kept: &Kept, since: Timestamp) -> Result<()> {
    let (practice, now) = (practice(tx), tx.now());
    tx.push(&FORGET, args![practice, since])?;
    tx.push(
        &PUT,
        args![practice, key_hash, &kept.body_hash, &kept.answer, now],
    )
}
