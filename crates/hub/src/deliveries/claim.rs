//! What a lane does in the store: writing down what came of attempts, and taking what is due.

use super::attempt::{Landed, signing_keys};
use super::payload;
use crate::admin::consumers::open_secrets;
use crate::{Hub, Result, health};
use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::delivery::{DeliveryState, next_attempt};
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::callback_errors::{self, CallbackError};
use slotbridge_store::deliveries::{self, DeliveryKey, Open, OpenRequest, OpenSubscription, Told};
use slotbridge_store::{Tx, numbers};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How long a delivery is whoever's who took it: much longer than an attempt, with those that were
/// taken before it.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// A delivery that was taken.
pub(super) struct Claimed {
    pub(super) practice_id: PracticeId,
    pub(super) key: DeliveryKey,
    pub(super) subscription: OpenSubscription,
    pub(super) payload: String,
    pub(super) secrets: Arc<[hmac::Key]>,
    /// How many attempts have failed.
    failed: i64,
    /// The lease under which it was taken.
    lease: Timestamp,
}

/// What is to be done for a practice.
#[derive(Default)]
struct Job {
    landed: Vec<Landed>,
    due: Vec<DeliveryKey>,
}

/// Writes down what has landed, and takes up to `room` that are due: one transaction for each
/// practice. Says whether there may be more.
pub(super) async fn exchange(
    hub: Hub,
    lane: String,
    landed: Vec<Landed>,
    room: usize,
) -> Result<(Vec<Claimed>, bool)> {
    let mut jobs = BTreeMap::<PracticeId, Job>::new();
    for one in landed {
        let job = jobs.entry(one.claimed.practice_id).or_default();
        job.landed.push(one);
    }
    let mut more = false;
    if room > 0 {
        let (now, limit) = (hub.now(), i64::try_from(room).unwrap_or(i64::MAX));
        let due = hub
            .read_global(move |tx| Ok(deliveries::due(tx, &lane, now, limit)?))
            .await?;
        more = due.len() >= room;
        for (practice, key) in due {
            jobs.entry(practice).or_default().due.push(key);
        }
    }
    let mut running = JoinSet::<Result<Vec<Claimed>>>::new();
    for (practice, job) in jobs {
        let hub = hub.clone();
        running.spawn(async move {
            let answered = job.landed.iter().filter(|one| one.outcome.is_ok());
            let last = answered
                .map(|one| (one.at, one.claimed.subscription.consumer_id))
                .max();
            let (claimed, heard) = hub
                .write(practice, move |tx| {
                    record(tx, &job.landed)?;
                    let heard = last.map(|(_, consumer)| health::answered(tx, consumer));
                    Ok((claim(tx, practice, &job.due)?, heard.transpose()?))
                })
                .await?;
            if let (Some((at, consumer)), Some(heard)) = (last, heard) {
                hub.called_back(practice, consumer, at, heard).await;
            }
            Ok(claimed)
        });
    }
    let mut claimed = Vec::new();
    while let Some(done) = running.join_next().await {
        if let Ok(taken) = done {
            claimed.extend(taken?);
        }
    }
    Ok((claimed, more))
}

/// Writes down what came of attempts.
fn record(tx: &mut Tx<'_>, landed: &[Landed]) -> Result<()> {
    for Landed {
        claimed,
        at,
        outcome,
    } in landed
    {
        let (key, lease, attempt) = (claimed.key, claimed.lease, claimed.failed + 1);
        let Err(failure) = outcome else {
            deliveries::end(tx, key, lease, DeliveryState::Delivered, attempt)?;
            continue;
        };
        match next_attempt(attempt, *at) {
            Some(next) => deliveries::retry(tx, key, lease, attempt, next)?,
            None => deliveries::end(tx, key, lease, DeliveryState::Failed, attempt)?,
        }
        let subscription = &claimed.subscription;
        let error = CallbackError {
            error_id: numbers::callback_error(tx)?,
            consumer_id: subscription.consumer_id,
            subscription_id: key.subscription_id,
            at: *at,
            topic: subscription.topic,
            client_id: subscription.client_id.clone(),
            callback_url: subscription.callback_url.clone(),
            payload: claimed.payload.clone(),
            attempt,
            error_type: failure.error_type.as_str().to_owned(),
            error_message: failure.message.clone(),
        };
        callback_errors::insert(tx, &error)?;
    }
    Ok(())
}

/// Whether a subscription is (still) to be told of requests of that kind.
fn may_tell(told: &Told, subscription: &OpenSubscription, request: &OpenRequest) -> bool {
    let feature = request.kind.feature();
    told.consumer_id == subscription.consumer_id
        && feature.is_none_or(|feature| told.features.contains(&feature))
}

/// Takes what is (still) due. What needs no attempt any more is settled here.
fn claim(tx: &mut Tx<'_>, id: PracticeId, due: &[DeliveryKey]) -> Result<Vec<Claimed>> {
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let lease = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    let told = deliveries::told(tx)?;
    let secrets = match &told {
        Some(told) => {
            let secrets = open_secrets(tx, told.consumer_id, &told.sealed_secrets)?;
            signing_keys(secrets.iter().map(|secret| secret.as_str()))
        }
        None => Arc::default(),
    };
    let may_tell = |subscription: &OpenSubscription, request: &OpenRequest| {
        let told = told.as_ref();
        told.is_some_and(|told| may_tell(told, subscription, request))
    };
    let mut claimed = Vec::with_capacity(due.len());
    let all = deliveries::open(tx, due)?;
    for (key, open) in due.iter().copied().zip(all) {
        let Some(open) = open else { continue };
        let Open {
            attempts,
            payload,
            request: Some(request),
            subscription: Some(subscription),
        } = open
        else {
            deliveries::close(tx, key, DeliveryState::Cancelled)?;
            continue;
        };
        if request.is_resolved {
            deliveries::close(tx, key, DeliveryState::Resolved)?;
            continue;
        }
        let has_expired = subscription.expire_at.is_some_and(|end| end <= now);
        if has_expired || !may_tell(&subscription, &request) {
            deliveries::close(tx, key, DeliveryState::Cancelled)?;
            continue;
        }
        let payload = payload.unwrap_or_else(|| {
            let (id, request_id) = (key.subscription_id, key.request_id);
            payload::write(now, id, &subscription, request_id, &request)
        });
        deliveries::claim(tx, key, lease, &payload)?;
        claimed.push(Claimed {
            practice_id: id,
            key,
            subscription,
            payload,
            secrets: Arc::clone(&secrets),
            failed: attempts,
            lease,
        });
    }
    Ok(claimed)
}
