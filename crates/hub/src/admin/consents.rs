//! Consents: granted, replaced, revoked (AUTH-0).

use crate::admin::practice;
use crate::auth::{Manages, hash};
use crate::client_snapshots::daily;
use crate::{Context, Error, Hub, Once, Result, health, raise};
use serde_json::{Value, json};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::request::RequestType;
use slotbridge_domain::staff::Right;
use slotbridge_store::consents::{self, Consent};
use slotbridge_store::contacts::Contact;
use slotbridge_store::requests::Target;
use slotbridge_store::{
    Tx, Window, consumers, deliveries, pms_appointment_types, pms_resources, practices,
};

/// The most consumers that are shown to choose from.
const MOST_CONSUMERS: Window = Window {
    limit: 1_000,
    offset: 0,
};

/// Grants a consumer the practice's consent and gives the practice key, which is never shown
/// again. Granting to the same consumer again ends the key before.
///
/// # Errors
/// No such practice or consumer; another consumer's consent is live and `replace` is not said; a
/// test consumer and a practice that is none (AUTH-4).
pub async fn grant(
    hub: &Hub,
    who: &impl Manages,
    context: Context,
    practice: PracticeId,
    consumer: ConsumerId,
    replace: bool,
    once: Once<(PracticeId, String)>,
) -> Result<Value> {
    who.may(Right::Settings, practice)?;
    let key = hub.new_key(KeyKind::Practice);
    let hash = hash(&key);
    hub.write(practice, move |tx| {
        once.run(tx, |tx| {
            write(tx, &context, practice, consumer, replace, &hash)?;
            Ok((practice, key.clone()))
        })
    })
    .await
}

fn write(
    tx: &mut Tx<'_>,
    context: &Context,
    practice_id: PracticeId,
    consumer_id: ConsumerId,
    replace: bool,
    hash: &[u8; 32],
) -> Result<()> {
    let practice = practices::get(tx, practice_id)?.ok_or(Error::NotFound("practice"))?;
    let consumer = consumers::get(tx, consumer_id)?
        .filter(|consumer| consumer.deactivated_at.is_none())
        .ok_or_else(|| Error::field("consumerId", "is no active consumer"))?;
    if consumer.test && !practice.test {
        return Err(Error::Conflict(
            "a test consumer reaches test practices only, and this practice is none".into(),
        ));
    }
    if let Some(live) = consents::live(tx)? {
        if live.consumer_id != consumer_id && !replace {
            return Err(Error::Conflict(
                "the practice has given its consent to another consumer: revoke it first, or say \
                 `\"replace\": true`"
                    .into(),
            ));
        }
        consents::revoke(tx, live.consumer_id)?;
        if live.consumer_id != consumer_id {
            deliveries::cancel_all(tx, live.consumer_id)?;
        }
    }
    consents::insert(tx, consumer_id, hash)?;
    health::soon(tx)?;
    if pms_resources::list(tx)?.is_empty() {
        raise::request(tx, RequestType::PmsResources, &Target::Practice)?;
    }
    if pms_appointment_types::list(tx)?.is_empty() {
        raise::request(tx, RequestType::PmsAppointmentTypes, &Target::Practice)?;
    }
    daily::ask(tx, &practice)?;
    let detail = json!({"consumerId": consumer_id.get()});
    context.record(tx, "grantConsent", None, &detail, None)
}

/// Revokes a consumer's consent, and cancels what waits to be told to it (SUB-3).
///
/// # Errors
/// It has none.
pub fn revoke(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    consumer: ConsumerId,
) -> Result<()> {
    who.may(Right::Settings, tx.practice()?)?;
    if !consents::revoke(tx, consumer)? {
        return Err(Error::NotFound("live consent"));
    }
    health::soon(tx)?;
    deliveries::cancel_all(tx, consumer)?;
    context.record(
        tx,
        "revokeConsent",
        None,
        &json!({"consumerId": consumer.get()}),
        None,
    )
}

/// The practice's consents, oldest first, and when each consumer was last heard of (AUTH-5).
///
/// # Errors
/// No such practice.
pub async fn list(
    hub: &Hub,
    who: &impl Manages,
    id: PracticeId,
) -> Result<(Vec<Consent>, Vec<Contact>)> {
    who.may(Right::Settings, id)?;
    let consents = hub
        .read(id, move |tx| {
            practices::get(tx, id)?.ok_or(Error::NotFound("practice"))?;
            Ok(consents::list(tx)?)
        })
        .await?;
    Ok((consents, hub.contacts_of(id).await?))
}

/// A consumer as a practice knows it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its id.
    pub consumer_id: ConsumerId,
    /// Its name.
    pub name: String,
    /// Whether the practice can give it its consent.
    pub available: bool,
}

/// The consumers to which the practice can give its consent, and those that have had it.
///
/// # Errors
/// No such practice.
pub fn consumers(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Vec<Known>> {
    let practice = practice(tx, who, Right::Settings, id)?;
    let given = consents::list(tx)?;
    let known = consumers::list(tx, MOST_CONSUMERS)?.entries.into_iter();
    let known = known.map(|consumer| Known {
        available: consumer.deactivated_at.is_none() && (practice.test || !consumer.test),
        consumer_id: consumer.consumer_id,
        name: consumer.name,
    });
    let had = |known: &Known| given.iter().any(|one| one.consumer_id == known.consumer_id);
    Ok(known
        .filter(|known| known.available || had(known))
        .collect())
}
