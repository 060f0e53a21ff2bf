//! What a lane does in the store: writing down what came of attempts, and taking what is due.

use super::attempt::Landed;
use super::sight::{Claimed, Sight};
use crate::{Hub, Result, health};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::delivery::next_attempt;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::callback_errors::{self, CallbackError};
use slotbridge_store::lanes::{self, Leased};
use slotbridge_store::{Tx, numbers};
use std::collections::{BTreeMap, HashSet};
use tokio::task::JoinSet;

/// How long a delivery is whoever's who took it: much longer than an attempt, with those that were
/// taken before it.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// When it is news that an integration was heard of, after the last time.
const NEWS: SignedDuration = SignedDuration::from_secs(1);

/// Writes down what has landed, and takes up to `room` that are due: one transaction for all that
/// went well, and one for each practice of which something did not, as that counts its errors. Says
/// whether there may be more to take.
pub(super) async fn exchange(
    hub: Hub,
    lane: String,
    landed: Vec<Landed>,
    room: usize,
) -> Result<(Vec<Claimed>, bool)> {
    let mut delivered = Vec::new();
    let mut answered = BTreeMap::<(PracticeId, ConsumerId), Timestamp>::new();
    let mut failed = BTreeMap::<PracticeId, Vec<Landed>>::new();
    for one in landed {
        let practice = one.claimed.leased.which.practice_id;
        if one.outcome.is_ok() {
            let consumer = one.claimed.subscription.consumer_id;
            let heard = hub.contacts().last(practice, consumer);
            if heard.is_none_or(|heard| one.at.duration_since(heard) >= NEWS) {
                let last = answered.entry((practice, consumer)).or_default();
                *last = one.at.max(*last);
            }
            delivered.push(one.claimed.leased);
        } else {
            failed.entry(practice).or_default().push(one);
        }
    }
    let mut recording = JoinSet::new();
    for (practice, failed) in failed {
        let hub = hub.clone();
        recording.spawn(async move { hub.write(practice, move |tx| record(tx, &failed)).await });
    }
    let room = match hub.maintenance().await {
        Some(_) => 0,
        None => room,
    };
    let taken = deliver(&hub, lane, delivered, answered, room).await;
    while let Some(recorded) = recording.join_next().await {
        recorded.unwrap_or(Ok(()))?;
    }
    taken
}

async fn deliver(
    hub: &Hub,
    lane: String,
    delivered: Vec<Leased>,
    answered: BTreeMap<(PracticeId, ConsumerId), Timestamp>,
    room: usize,
) -> Result<(Vec<Claimed>, bool)> {
    let (sight, heard) = hub
        .read_global(move |tx| {
            let mut heard = Vec::with_capacity(answered.len());
            for ((practice, consumer), at) in &answered {
                let answered = tx.within(*practice, |tx| health::answered(tx, *consumer))?;
                heard.push((*practice, *consumer, *at, answered));
            }
            let sight = match room {
                0 => Sight::default(),
                _ => Sight::of(tx, &lane, room)?,
            };
            Ok((sight, heard))
        })
        .await?;
    let more = sight.more;
    let claimed = if delivered.is_empty() && sight.is_empty() {
        Vec::new()
    } else {
        let (due, closing) = (sight.due(), sight.closing());
        let (at, lease, taken) = hub
            .keep_books(move |tx| {
                lanes::delivered(tx, &delivered)?;
                for (which, state) in &closing {
                    lanes::close(tx, *which, *state)?;
                }
                let lease = tx.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
                let taken: HashSet<_> = lanes::take(tx, &due, lease)?.into_iter().collect();
                Ok((tx.now(), lease, taken))
            })
            .await?;
        sight.claimed(at, lease, &taken)
    };
    for (practice, consumer, at, heard) in heard {
        hub.called_back(practice, consumer, at, heard).await;
    }
    Ok((claimed, more))
}

/// Writes down attempts that have failed.
fn record(tx: &mut Tx<'_>, failed: &[Landed]) -> Result<()> {
    for Landed {
        claimed,
        at,
        outcome,
    } in failed
    {
        let Err(failure) = outcome else { continue };
        let attempt = claimed.failed + 1;
        match next_attempt(attempt, *at) {
            Some(next) => lanes::retry(tx, claimed.leased, next, &claimed.payload)?,
            None => lanes::give_up(tx, claimed.leased)?,
        }
        let subscription = &claimed.subscription;
        let error = CallbackError {
            error_id: numbers::callback_error(tx)?,
            consumer_id: subscription.consumer_id,
            subscription_id: claimed.leased.which.key.subscription_id,
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
