//! `Idempotency-Key`: a creating call that is sent again gets its first answer again.
//!
//! The answer is kept in the transaction that does the work, so there is no moment at which the
//! work is done and the answer is not kept. Since transactions of a practice run one by one, fifty
//! equal calls at once do the work once. An answer may hold a secret that is shown once; it is
//! sealed under a key that only the caller's `Idempotency-Key` gives.

use crate::{Error, Result, auth};
use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slotbridge_domain::clock::Random;
use slotbridge_store::idempotency_keys::{self, Kept};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{StoreError, Tx};
use std::sync::Arc;

/// How long a first answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
const CONTEXT: &str = "first answer";

/// A caller's key with what it was sent with.
#[derive(Clone)]
pub struct IdempotencyKey {
    key_hash: [u8; 32],
    body_hash: [u8; 32],
    seal: [u8; 32],
}

impl IdempotencyKey {
    /// `scope` is what the key holds for: the operation and who calls. `body` is in a form in which
    /// equal bodies are equal.
    #[must_use]
    pub fn new(scope: &str, key: &str, body: &str) -> Self {
        let derived = |what: &str| {
            let signed = hmac::sign(
                &hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
                format!("{what}\u{0}{scope}").as_bytes(),
            );
            let mut bytes = [0; 32];
            bytes.copy_from_slice(signed.as_ref());
            bytes
        };
        Self {
            key_hash: derived("find"),
            body_hash: auth::hash(body),
            seal: derived("seal"),
        }
    }
}

/// How the answer to a creating call is made, and under which key it is kept.
pub struct Once<T> {
    key: Option<IdempotencyKey>,
    random: Arc<dyn Random>,
    render: fn(&T) -> Value,
}

impl<T> Once<T> {
    pub(crate) fn new(
        key: Option<IdempotencyKey>,
        random: Arc<dyn Random>,
        render: fn(&T) -> Value,
    ) -> Self {
        Self {
            key,
            random,
            render,
        }
    }

    /// The first answer under the key, or else the one that the use case gives now.
    ///
    /// # Errors
    /// The key came with another body before; or the use case's own.
    pub fn run(
        &self,
        tx: &mut Tx<'_>,
        use_case: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<Value> {
        let Some(key) = &self.key else {
            return Ok((self.render)(&use_case(tx)?));
        };
        let seal = DataKey::of(key.seal, Arc::clone(&self.random))?;
        let since = tx.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        if let Some(kept) = idempotency_keys::find(tx, &key.key_hash, since)? {
            if kept.body_hash != key.body_hash {
                return Err(Error::KeyReused);
            }
            let answer = seal.open(CONTEXT, &kept.answer)?;
            return Ok(serde_json::from_slice(&answer).map_err(|_| unreadable())?);
        }
        let answer = (self.render)(&use_case(tx)?);
        let sealed = seal.seal(CONTEXT, answer.to_string().as_bytes())?;
        let kept = Kept {
            body_hash: key.body_hash.to_vec(),
            answer: sealed,
        };
        idempotency_keys::put(tx, &key.key_hash, &kept, since)?;
        Ok(answer)
    }
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("a first answer that is not in its form")
}
