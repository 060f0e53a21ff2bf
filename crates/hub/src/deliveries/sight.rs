//! What is due in a lane: looked at without writing, before it is taken.

use super::attempt::signing_keys;
use super::payload;
use crate::Result;
use crate::admin::consumers::open_secrets;
use aws_lc_rs::hmac;
use jiff::Timestamp;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::Tx;
use slotbridge_store::lanes::{self, Due, DueRequest, DueSubscription, Leased, Told, Which};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

type Keys = Arc<[hmac::Key]>;

/// A delivery that was taken.
pub(super) struct Claimed {
    pub(super) leased: Leased,
    pub(super) subscription: DueSubscription,
    pub(super) payload: String,
    pub(super) secrets: Keys,
    /// How many attempts have failed.
    pub(super) failed: i64,
}

/// What is due in a lane.
#[derive(Default)]
pub(super) struct Sight {
    /// What is to be attempted.
    ready: Vec<Ready>,
    /// What needs no attempt any more.
    closing: Vec<(Which, DeliveryState)>,
    /// Whether there may be more.
    pub(super) more: bool,
}

struct Ready {
    due: Due,
    request: DueRequest,
    subscription: DueSubscription,
    secrets: Keys,
}

impl Sight {
    /// The first in a lane, up to `room`.
    pub(super) fn of(tx: &mut Tx<'_>, lane: &str, room: usize) -> Result<Self> {
        let due = lanes::due(tx, lane, i64::try_from(room).unwrap_or(i64::MAX))?;
        let more = due.len() >= room;
        let practices: BTreeSet<_> = due.iter().map(|one| one.which.practice_id).collect();
        let practices: Vec<_> = practices.into_iter().collect();
        let told: BTreeMap<PracticeId, _> = practices
            .iter()
            .copied()
            .zip(lanes::told(tx, &practices)?)
            .collect();
        let mut secrets = BTreeMap::<ConsumerId, Keys>::new();
        let mut sight = Self {
            more,
            ..Self::default()
        };
        for one in due {
            let told = told.get(&one.which.practice_id).and_then(Option::as_ref);
            match judge(one, told, tx.now()) {
                Ok((due, request, subscription, told)) => {
                    let secrets = match secrets.get(&told.consumer_id) {
                        Some(keys) => Arc::clone(keys),
                        None => {
                            let keys = keys(tx, told)?;
                            secrets.insert(told.consumer_id, Arc::clone(&keys));
                            keys
                        }
                    };
                    sight.ready.push(Ready {
                        due,
                        request,
                        subscription,
                        secrets,
                    });
                }
                Err(closing) => sight.closing.push(closing),
            }
        }
        Ok(sight)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.closing.is_empty()
    }

    pub(super) fn due(&self) -> Vec<Which> {
        self.ready.iter().map(|ready| ready.due.which).collect()
    }

    pub(super) fn closing(&self) -> Vec<(Which, DeliveryState)> {
        self.closing.clone()
    }

    /// What is taken of it, at an instant until the end of a lease.
    pub(super) fn claimed(
        self,
        at: Timestamp,
        until: Timestamp,
        taken: &HashSet<Which>,
    ) -> Vec<Claimed> {
        let all = self.ready.into_iter();
        all.filter(|ready| taken.contains(&ready.due.which))
            .map(|ready| {
                let Ready {
                    due,
                    request,
                    subscription,
                    secrets,
                } = ready;
                let first = due.first_attempt_at.unwrap_or(at);
                let which = due.which;
                let payload = due
                    .payload
                    .unwrap_or_else(|| payload::write(first, which.key, &subscription, &request));
                Claimed {
                    leased: Leased { which, until },
                    subscription,
                    payload,
                    secrets,
                    failed: due.attempts,
                }
            })
            .collect()
    }
}

fn keys(tx: &Tx<'_>, told: &Told) -> Result<Keys> {
    let secrets = open_secrets(tx, told.consumer_id, &told.sealed_secrets)?;
    Ok(signing_keys(secrets.iter().map(|secret| secret.as_str())))
}

/// What an attempt takes, or how the delivery ends without one.
fn judge(
    mut due: Due,
    told: Option<&Told>,
    now: Timestamp,
) -> Result<(Due, DueRequest, DueSubscription, &Told), (Which, DeliveryState)> {
    let cancelled = (due.which, DeliveryState::Cancelled);
    let (Some(request), Some(subscription)) = (due.request.take(), due.subscription.take()) else {
        return Err(cancelled);
    };
    if request.is_resolved {
        return Err((due.which, DeliveryState::Resolved));
    }
    let has_expired = subscription.expire_at.is_some_and(|end| end <= now);
    let told = told.filter(|told| !has_expired && may_tell(told, &subscription, &request));
    let told = told.ok_or(cancelled)?;
    Ok((due, request, subscription, told))
}

/// Whether a subscription is (still) to be told of requests of that kind.
fn may_tell(told: &Told, subscription: &DueSubscription, request: &DueRequest) -> bool {
    let feature = request.kind.feature();
    told.consumer_id == subscription.consumer_id
        && feature.is_none_or(|feature| told.features.contains(&feature))
}
