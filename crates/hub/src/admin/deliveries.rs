//! Deliveries: where they stand, and sending them again.

use crate::admin::practice;
use crate::auth::{Manages, Operator};
use crate::outgoing::CallbackFailure;
use crate::{Context, Error, Hub, Result};
use jiff::Timestamp;
use serde_json::{Value, json};
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::ids::{ConsumerId, PracticeId, RequestId, SubscriptionId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::staff::Right;
use slotbridge_store::callback_errors::{self, CallbackError};
use slotbridge_store::deliveries::{self, Delivery, DeliveryKey, Wanted};
use slotbridge_store::lanes::{self, Lane};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Listed, Tx, Window};
use std::collections::{BTreeMap, HashMap};

/// How many entries of a subscription's error log are looked through for the deliveries of a page.
const MOST_ERRORS: i64 = 1_000;

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

/// Why the last attempt at a delivery failed: never what was sent or answered.
#[derive(Clone, Debug)]
pub struct LastFailure {
    /// Of which kind it was, as the error log has it (SUB-4).
    pub error_type: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
}

impl LastFailure {
    fn of(error: &CallbackError) -> Self {
        Self {
            error_type: error.error_type.clone(),
            status: CallbackFailure::status_in(&error.error_message),
        }
    }
}

/// What a callback was about, as it says itself (SUB-2): one of a new booking names the booking, all
/// others the request.
fn told(payload: &str) -> Option<(&'static str, i64)> {
    let payload: Value = serde_json::from_str(payload).ok()?;
    let data = payload.get("data")?;
    let id = |name: &str| data.get(name).and_then(Value::as_i64);
    let request = id("requestId").map(|id| ("request", id));
    request.or_else(|| Some(("booking", id("bookingId")?)))
}

/// Why the last attempts at deliveries failed, of those that are not delivered and of which the error
/// log has something.
///
/// # Errors
/// No such practice.
pub fn failures(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    of: &[Delivery],
) -> Result<HashMap<DeliveryKey, LastFailure>> {
    practice(tx, who, Right::Settings, id)?;
    let failed = |one: &&Delivery| one.attempts > 0 && one.state != DeliveryState::Delivered;
    let failed: Vec<&Delivery> = of.iter().filter(failed).collect();
    let now = tx.now();
    // One look at the log for each subscription, over the time of all of its deliveries.
    let mut spans = BTreeMap::<SubscriptionId, (Timestamp, Timestamp)>::new();
    for one in &failed {
        let (from, to) = (one.created_at, one.ended_at.unwrap_or(now));
        let span = spans.entry(one.key.subscription_id).or_insert((from, to));
        *span = (span.0.min(from), span.1.max(to));
    }
    let mut log = HashMap::new();
    for (subscription, (from, to)) in spans {
        for error in callback_errors::latest(tx, subscription, from, to, MOST_ERRORS)? {
            if let Some(about) = told(&error.payload) {
                log.entry((subscription, about))
                    .or_insert_with(|| LastFailure::of(&error));
            }
        }
    }
    let mut found = HashMap::new();
    for one in failed {
        let request = one.key.request_id;
        let about = match one.kind {
            RequestType::Bookings => match requests::get(tx, request)?.map(|found| found.target) {
                Some(Target::Booking(booking)) => ("booking", booking.get()),
                _ => continue,
            },
            _ => ("request", request.get()),
        };
        if let Some(failure) = log.get(&(one.key.subscription_id, about)) {
            found.insert(one.key, failure.clone());
        }
    }
    Ok(found)
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
