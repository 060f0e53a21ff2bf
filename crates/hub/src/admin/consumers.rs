//! Consumers (PMS vendors), their keys and their webhook secrets.

use crate::auth::{Operator, hash};
use crate::{Error, Hub, Once, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slotbridge_domain::ids::ConsumerId;
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::consumers::{self, Consumer, ConsumerKey};
use slotbridge_store::{Listed, StoreError, Tx, Window, settings};
use zeroize::Zeroizing;

/// The setting on which changes of consumers wait for each other.
const TURN: &str = "consumers_turn";
/// How many live keys a consumer can have: enough to rotate without an outage.
const MOST_KEYS: usize = 5;
/// How long a webhook secret still signs after another has taken its place (SUB-6).
const BOTH_SIGN: SignedDuration = SignedDuration::from_hours(24);

/// A consumer to be made.
#[derive(Clone, Debug)]
pub struct NewConsumer {
    /// Its name.
    pub name: String,
    /// Whom to write to.
    pub contact_email: String,
    /// Whether it reaches test practices only (AUTH-4).
    pub test: bool,
    /// How its answers are written (WIRE-9).
    pub wire_profile: String,
}

/// What is shown once.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The key for the header `api-key`.
    pub api_key: String,
    /// The secret that signs its webhooks, in the form of Standard Webhooks.
    pub webhook_secret: String,
}

fn webhook_secret(hub: &Hub) -> String {
    format!("whsec_{}", STANDARD.encode(hub.random().bytes::<32>()))
}

fn seal_secret(tx: &Tx<'_>, consumer: ConsumerId, secret: &str) -> Result<Vec<u8>> {
    let context = consumers::webhook_secret_context(consumer);
    Ok(tx.keyring().seal(&context, secret.as_bytes())?)
}

/// A consumer's webhook secrets (SUB-6), unsealed.
pub(crate) fn open_secrets(
    tx: &Tx<'_>,
    consumer: ConsumerId,
    sealed: &[Vec<u8>],
) -> Result<Vec<Zeroizing<String>>> {
    let context = consumers::webhook_secret_context(consumer);
    let open = |sealed: &Vec<u8>| {
        let plain = tx.keyring().open(&context, sealed)?;
        let text = std::str::from_utf8(&plain)
            .map_err(|_| StoreError::Corrupt("a webhook secret that is no text"))?;
        Ok(Zeroizing::new(text.to_owned()))
    };
    sealed.iter().map(open).collect()
}

/// A consumer that is about to change: as every change before has left it.
fn to_change(tx: &mut Tx<'_>, id: ConsumerId) -> Result<Consumer> {
    settings::set(tx, TURN, "")?;
    found(tx, id)
}

fn found(tx: &mut Tx<'_>, id: ConsumerId) -> Result<Consumer> {
    consumers::get(tx, id)?.ok_or(Error::NotFound("consumer"))
}

/// Makes a consumer with its first key.
///
/// # Errors
/// The store's.
pub async fn create(
    hub: &Hub,
    _: &Operator,
    new: NewConsumer,
    once: Once<(Consumer, Secrets)>,
) -> Result<Value> {
    let secrets = Secrets {
        api_key: hub.new_key(KeyKind::Consumer),
        webhook_secret: webhook_secret(hub),
    };
    let (key_hash, secret) = (hash(&secrets.api_key), secrets.webhook_secret.clone());
    hub.write_global(move |tx| {
        once.run(tx, |tx| {
            let consumer = Consumer {
                consumer_id: consumers::next_id(tx)?,
                name: new.name.clone(),
                contact_email: new.contact_email.clone(),
                test: new.test,
                wire_profile: new.wire_profile.clone(),
                created_at: tx.now(),
                deactivated_at: None,
            };
            let sealed = seal_secret(tx, consumer.consumer_id, &secret)?;
            consumers::insert(tx, &consumer, &sealed)?;
            consumers::insert_key(tx, consumer.consumer_id, &key_hash)?;
            Ok((consumer, secrets.clone()))
        })
    })
    .await
}

/// Consumers, oldest first.
///
/// # Errors
/// The store's.
pub async fn list(hub: &Hub, _: &Operator, window: Window) -> Result<Listed<Consumer>> {
    hub.read_global(move |tx| Ok(consumers::list(tx, window)?))
        .await
}

/// A consumer with its keys.
///
/// # Errors
/// No such consumer.
pub async fn get(hub: &Hub, _: &Operator, id: ConsumerId) -> Result<(Consumer, Vec<ConsumerKey>)> {
    hub.read_global(move |tx| Ok((found(tx, id)?, consumers::keys(tx, id)?)))
        .await
}

/// What can change of a consumer; absent: as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// Whom to write to.
    pub contact_email: Option<String>,
    /// How its answers are written.
    pub wire_profile: Option<String>,
    /// Whether its keys open anything.
    pub active: Option<bool>,
}

/// Changes a consumer.
///
/// # Errors
/// No such consumer.
pub async fn update(
    hub: &Hub,
    _: &Operator,
    id: ConsumerId,
    change: Change,
) -> Result<(Consumer, Vec<ConsumerKey>)> {
    hub.write_global(move |tx| {
        let mut consumer = to_change(tx, id)?;
        let change = change.clone();
        consumer.name = change.name.unwrap_or(consumer.name);
        consumer.contact_email = change.contact_email.unwrap_or(consumer.contact_email);
        consumer.wire_profile = change.wire_profile.unwrap_or(consumer.wire_profile);
        consumer.deactivated_at = match change.active {
            Some(true) => None,
            Some(false) => consumer.deactivated_at.or(Some(tx.now())),
            None => consumer.deactivated_at,
        };
        consumers::update(tx, &consumer)?;
        Ok((consumer, consumers::keys(tx, id)?))
    })
    .await
}

/// Makes another key, beside those that live. Its text is given here and never again.
///
/// # Errors
/// No such consumer; it has too many live keys.
pub async fn add_key(
    hub: &Hub,
    _: &Operator,
    id: ConsumerId,
    once: Once<(i64, String)>,
) -> Result<Value> {
    let api_key = hub.new_key(KeyKind::Consumer);
    let hash = hash(&api_key);
    hub.write_global(move |tx| {
        once.run(tx, |tx| {
            to_change(tx, id)?;
            let keys = consumers::keys(tx, id)?;
            if keys.iter().filter(|key| key.revoked_at.is_none()).count() >= MOST_KEYS {
                return Err(Error::Conflict(format!(
                    "the consumer has {MOST_KEYS} live keys: revoke one first"
                )));
            }
            Ok((consumers::insert_key(tx, id, &hash)?, api_key.clone()))
        })
    })
    .await
}

/// Revokes a key.
///
/// # Errors
/// No such live key of that consumer.
pub async fn revoke_key(hub: &Hub, _: &Operator, id: ConsumerId, key_id: i64) -> Result<()> {
    hub.write_global(move |tx| {
        if consumers::revoke_key(tx, id, key_id)? {
            return Ok(());
        }
        Err(Error::NotFound("live key of this consumer"))
    })
    .await
}

/// Makes a new webhook secret. Its text is given here and never again. For 24 hours the one before
/// signs as well (SUB-6).
///
/// # Errors
/// No such consumer.
pub async fn rotate_webhook_secret(
    hub: &Hub,
    _: &Operator,
    id: ConsumerId,
    once: Once<String>,
) -> Result<Value> {
    let secret = webhook_secret(hub);
    hub.write_global(move |tx| {
        once.run(tx, |tx| {
            found(tx, id)?;
            let sealed = seal_secret(tx, id, &secret)?;
            let until = tx.now().saturating_add(BOTH_SIGN);
            let until = until.unwrap_or(Timestamp::MAX);
            consumers::set_webhook_secret(tx, id, &sealed, until)?;
            Ok(secret.clone())
        })
    })
    .await
}
