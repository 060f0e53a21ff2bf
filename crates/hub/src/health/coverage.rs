//! Whether an integration is called back for all that is urgent (HEALTH-1).

use crate::Result;
use jiff::Timestamp;
use slotbridge_domain::health::URGENT;
use slotbridge_domain::ids::ConsumerId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Tx, subscriptions};

/// What its subscriptions come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coverage {
    /// Whether those in force cover bookings, bookingUpdates and availability.
    pub(super) covers: bool,
    /// When that can change by itself: one of them begins or ends.
    pub(super) until: Option<Timestamp>,
}

/// What the subscriptions of a consumer come to at the transaction's instant.
pub(super) fn of(tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<Coverage> {
    let now = tx.now();
    let mut all = subscriptions::list(tx, consumer)?;
    all.retain(|subscription| !subscription.has_expired(now));
    let covers = |kind: RequestType| {
        let mut in_force = all.iter().filter(|one| one.start_at <= now);
        in_force.any(|one| one.topic.covers(kind))
    };
    let begin = all.iter().map(|one| one.start_at);
    let end = all.iter().filter_map(|one| one.expire_at);
    Ok(Coverage {
        covers: URGENT.into_iter().all(covers),
        until: begin.chain(end).filter(|at| *at > now).min(),
    })
}
