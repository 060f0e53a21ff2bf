//! `/subscription`: who is to be called back, and where (SUB-1).

use crate::auth::Consented;
use crate::{Context, Error, Result};
use jiff::Timestamp;
use serde_json::json;
use slotbridge_domain::callback_url::CallbackUrl;
use slotbridge_domain::ids::SubscriptionId;
use slotbridge_domain::topic::Topic;
use slotbridge_store::subscriptions::{self, Subscription};
use slotbridge_store::{Tx, deliveries, numbers};

/// How many subscriptions a consumer can have at a practice: many times the topics there are.
const MOST: usize = 100;

/// A subscription as it is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is for.
    pub topic: Topic,
    /// Where the callbacks go.
    pub callback_url: CallbackUrl,
    /// What the consumer calls it.
    pub client_id: Option<String>,
    /// From when on it is in force; `None`: from now on.
    pub start_at: Option<Timestamp>,
    /// Until when; `None`: for good.
    pub expire_at: Option<Timestamp>,
}

impl Wanted {
    fn written(&self, tx: &Tx<'_>, caller: &Consented, id: SubscriptionId) -> Result<Subscription> {
        let start_at = self.start_at.unwrap_or(tx.now());
        if self.expire_at.is_some_and(|end| end <= start_at) {
            return Err(Error::field(
                "expireAt",
                "must be after startAt, which is now if it is not given",
            ));
        }
        Ok(Subscription {
            subscription_id: id,
            consumer_id: caller.consumer_id(),
            topic: self.topic,
            callback_url: self.callback_url.as_str().to_owned(),
            lane: self.callback_url.lane(caller.consumer_id()),
            client_id: self.client_id.clone(),
            start_at,
            expire_at: self.expire_at,
        })
    }
}

fn record(tx: &mut Tx<'_>, context: &Context, action: &str, of: &Subscription) -> Result<()> {
    let detail = json!({
        "subscriptionId": of.subscription_id.get(),
        "topic": of.topic.to_string(),
    });
    context.record(tx, action, None, &detail, None)
}

/// A subscription of the caller's: another's is 404 (AUTH-3).
fn own(tx: &mut Tx<'_>, caller: &Consented, id: SubscriptionId) -> Result<Subscription> {
    subscriptions::get(tx, id)?
        .filter(|found| found.consumer_id == caller.consumer_id())
        .ok_or(Error::NotFound("subscription"))
}

/// Those that have not expired, in the order in which they were made.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, caller: &Consented) -> Result<Vec<Subscription>> {
    let now = tx.now();
    let mut found = subscriptions::list(tx, caller.consumer_id())?;
    found.retain(|one| !one.has_expired(now));
    Ok(found)
}

/// One of the caller's subscriptions.
///
/// # Errors
/// It has no such one.
pub fn get(tx: &mut Tx<'_>, caller: &Consented, id: SubscriptionId) -> Result<Subscription> {
    own(tx, caller, id)
}

/// Makes a subscription; the same topic, URL and client id again writes the first one anew.
///
/// # Errors
/// It would end before it begins; there are as many as there may be.
pub fn create(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    wanted: &Wanted,
) -> Result<Subscription> {
    let known = subscriptions::list(tx, caller.consumer_id())?;
    let same = known.iter().find(|one| {
        one.topic == wanted.topic
            && one.callback_url == wanted.callback_url.as_str()
            && one.client_id == wanted.client_id
    });
    if let Some(same) = same {
        let changed = wanted.written(tx, caller, same.subscription_id)?;
        subscriptions::update(tx, &changed)?;
        record(tx, context, "updateSubscription", &changed)?;
        return Ok(changed);
    }
    if known.len() >= MOST {
        return Err(Error::Conflict(format!(
            "there are {MOST} subscriptions, expired ones included: delete one first"
        )));
    }
    let id = numbers::subscription(tx)?;
    let new = wanted.written(tx, caller, id)?;
    subscriptions::insert(tx, &new)?;
    record(tx, context, "createSubscription", &new)?;
    Ok(new)
}

/// Writes a subscription anew. What waits for it goes to its new URL (SUB-3).
///
/// # Errors
/// The caller has no such one; it would end before it begins.
pub fn replace(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: SubscriptionId,
    wanted: &Wanted,
) -> Result<Subscription> {
    own(tx, caller, id)?;
    let changed = wanted.written(tx, caller, id)?;
    subscriptions::update(tx, &changed)?;
    deliveries::redirect(tx, id, &changed.lane)?;
    record(tx, context, "updateSubscription", &changed)?;
    Ok(changed)
}

/// Deletes a subscription, and cancels what waits for it (SUB-3).
///
/// # Errors
/// The caller has no such one.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: SubscriptionId,
) -> Result<()> {
    let deleted = own(tx, caller, id)?;
    subscriptions::delete(tx, id)?;
    deliveries::cancel(tx, id)?;
    record(tx, context, "deleteSubscription", &deleted)
}
