//! What is due in a lane: looked at without writing, before the lane is taken.

use super::attempt::signing_keys;
use super::payload;
use crate::Result;
use crate::admin::consumers::open_secrets;
use aws_lc_rs::hmac;
use jiff::Timestamp;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::Tx;
use slotbridge_store::lanes::{self, Due, DueRequest, DueSubscription, Place, Taken, Told, Which};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

type Keys = Arc<[hmac::Key]>;

/// A delivery that was taken.
pub(super) struct Claimed {
    pub(super) taken: Taken,
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
    pub(super) closing: Vec<(Which, DeliveryState)>,
    /// The last that was looked at, if there may be more behind it.
    pub(super) last: Option<Place>,
}

struct Ready {
    due: Due,
    request: DueRequest,
    subscription: DueSubscription,
    secrets: Keys,
}

impl Sight {
    /// The first in a lane, or the first after a place, up to `room`, but for those in the air.
    pub(super) fn of(
        tx: &mut Tx<'_>,
        lane: &str,
        after: Option<Place>,
        room: usize,
        in_the_air: &HashMap<Which, Timestamp>,
    ) -> Result<Self> {
        let limit = match after {
            Some(_) => room,
            None => room + in_the_air.len(),
        };
        let mut due = lanes::due(tx, lane, after, i64::try_from(limit).unwrap_or(i64::MAX))?;
        let last = due.last().filter(|_| due.len() >= limit);
        let last = last.map(|one| one.place);
        due.retain(|one| !in_the_air.contains_key(&one.place.which));
        let practices: BTreeSet<_> = due.iter().map(|one| one.place.which.practice_id).collect();
        let practices: Vec<_> = practices.into_iter().collect();
        let told: BTreeMap<PracticeId, _> = practices
            .iter()
            .copied()
            .zip(lanes::told(tx, &practices)?)
            .collect();
        let mut secrets = BTreeMap::<ConsumerId, Keys>::new();
        let mut sight = Self {
            last,
            ..Self::default()
        };
        for one in due {
            let told = told
                .get(&one.place.which.practice_id)
                .and_then(Option::as_ref);
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

    /// Whether nothing is to be written down for it.
    pub(super) const fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.closing.is_empty()
    }

    /// Whether nothing is to be attempted.
    pub(super) const fn is_idle(&self) -> bool {
        self.ready.is_empty()
    }

    /// Whether something is among what is to be attempted.
    pub(super) fn has(&self, which: Which) -> bool {
        self.ready
            .iter()
            .any(|ready| ready.due.place.which == which)
    }

    /// What is taken of it at an instant, with the time of each first attempt. Those of which somebody
    /// made it who is gone are among `inherited`.
    pub(super) fn taken(&self, at: Timestamp, inherited: &HashMap<Which, Timestamp>) -> Vec<Taken> {
        let all = self.ready.iter();
        all.map(|Ready { due, .. }| {
            let which = due.place.which;
            let before = due.first_attempt_at.or(inherited.get(&which).copied());
            Taken {
                which,
                first_attempt_at: before.unwrap_or(at),
            }
        })
        .collect()
    }

    /// What was taken, with all that an attempt takes.
    pub(super) fn claimed(self, taken: Vec<Taken>) -> Vec<Claimed> {
        let all = self.ready.into_iter().zip(taken);
        all.map(|(ready, taken)| {
            let Ready {
                due,
                request,
                subscription,
                secrets,
            } = ready;
            let payload = due.payload.unwrap_or_else(|| {
                let (first, key) = (taken.first_attempt_at, taken.which.key);
                payload::write(first, key, &subscription, &request)
            });
            Claimed {
                taken,
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
    let which = due.place.which;
    let cancelled = (which, DeliveryState::Cancelled);
    let (Some(request), Some(subscription)) = (due.request.take(), due.subscription.take()) else {
        return Err(cancelled);
    };
    if request.is_resolved {
        return Err((which, DeliveryState::Resolved));
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
