//! Deliveries: where they stand, and sending them again.

use crate::admin::practice;
use crate::auth::{Manages, Operator};
use crate::{Context, Error, Hub, Result};
use jiff::Timestamp;
use serde_json::json;
use slotbridge_domain::ids::{ConsumerId, PracticeId, RequestId, SubscriptionId};
use slotbridge_domain::staff::Right;
use slotbridge_store::deliveries::{self, Delivery, Wanted};
use slotbridge_store::lanes::{self, Lane};
use slotbridge_store::{Listed, Tx, Window, requests};

/// A lane: what waits for one host of one consumer.
#[derive(Clone, Debug)]
pub struct LaneView {
    /// Whose callbacks wait.
    pub consumer_id: Option<ConsumerId>,
    /// The host, with its port.
    pub host: String,
    /// When the first of them is due: it is late if that is over.
    pub due_at: Timestamp,
}

/// The lanes in which something waits, the latest first.
///
/// # Errors
/// The store's.
pub async fn lanes(hub: &Hub, _: &Operator) -> Result<Vec<LaneView>> {
    let mut all = hub.read_global(|tx| Ok(lanes::all(tx)?)).await?;
    all.sort_by_key(|lane| lane.due_at);
    let view = |lane: Lane| {
        let (consumer, host) = lane.name.split_once(' ').unwrap_or(("", &lane.name));
        LaneView {
            consumer_id: consumer.parse().ok().and_then(ConsumerId::new),
            host: host.to_owned(),
            due_at: lane.due_at,
        }
    };
    Ok(all.into_iter().map(view).collect())
}

/// The deliveries that are wanted.
///
/// # Errors
/// No such practice.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    wanted: Wanted,
    window: Window,
) -> Result<Listed<Delivery>> {
    practice(tx, who, Right::Settings, id)?;
    Ok(deliveries::list(tx, wanted, window)?)
}

/// Lets the settled deliveries of a request begin anew, to one subscription or to all that were
/// told of it, with the same bytes. Says how many.
///
/// # Errors
/// No such practice or request; it has been resolved, or nothing of it is settled.
pub fn again(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    id: PracticeId,
    request_id: RequestId,
    subscription: Option<SubscriptionId>,
) -> Result<u64> {
    practice(tx, who, Right::Settings, id)?;
    let request = requests::get(tx, request_id)?.ok_or(Error::NotFound("request"))?;
    if request.resolved_at.is_some() {
        return Err(Error::Conflict(
            "the request has been resolved: nobody is told of it any more".into(),
        ));
    }
    let begun = deliveries::again(tx, request_id, subscription)?;
    if begun == 0 {
        return Err(Error::Conflict(
            "no delivery of this request is settled: there is none, or it is waiting".into(),
        ));
    }
    let detail = json!({"requestId": request_id.get(), "deliveries": begun});
    context.record(tx, "resendDeliveries", None, &detail, None)?;
    Ok(begun)
}
