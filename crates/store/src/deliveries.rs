//! Deliveries: what is to be told to which subscription, and what became of it (SUB-2, SUB-3).
//!
//! A waiting one has a `due_at`, its next attempt. Who attempts it is a matter of its lane.

use crate::sql::statements;
use crate::{Listed, Result, Tx, Window, args};
use jiff::Timestamp;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{ConsumerId, RequestId, SubscriptionId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::topic::Topic;

/// What a delivery must be to be listed.
macro_rules! wanted {
    () => {
        " FROM deliveries d JOIN requests r
                ON r.practice_id = d.practice_id AND r.request_id = d.request_id
            WHERE d.practice_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR d.consumer_id = $2)
                AND (CAST($3 AS TEXT) IS NULL OR d.state = $3)
                AND (CAST($4 AS BIGINT) IS NULL OR d.request_id = $4)"
    };
}

macro_rules! columns {
    () => {
        "SELECT d.request_id, d.subscription_id, d.consumer_id, r.type, d.state, d.attempts, d.created_at,
            d.due_at, d.ended_at"
    };
}

statements! {
    /// A delivery for each subscription in force whose consumer has the practice's consent, and
    /// the feature if one is needed. The node that took a subscription may have a clock half a second
    /// ahead of this one's: what it has answered is in force.
    RAISE = "INSERT INTO deliveries (practice_id, request_id, subscription_id, consumer_id, lane,
            state, attempts, created_at, due_at)
        SELECT s.practice_id, CAST($2 AS BIGINT), s.subscription_id, s.consumer_id, s.lane,
            'waiting', 0, CAST($3 AS BIGINT), CAST($3 AS BIGINT)
        FROM subscriptions s JOIN consents c ON c.practice_id = s.practice_id
            AND c.consumer_id = s.consumer_id AND c.revoked_at IS NULL
        WHERE s.practice_id = $1 AND s.topic IN ('requests.*', $4) AND s.start_at < $3 + 500000
            AND (s.expire_at IS NULL OR s.expire_at > $3)
            AND (CAST($5 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM features f
                WHERE f.practice_id = s.practice_id AND f.consumer_id = s.consumer_id
                    AND f.feature = $5))";
    REDIRECT = "UPDATE deliveries SET lane = $3
        WHERE practice_id = $1 AND subscription_id = $2 AND due_at IS NOT NULL";
    CANCEL = "UPDATE deliveries SET state = 'cancelled', due_at = NULL, ended_at = $3
        WHERE practice_id = $1 AND subscription_id = $2 AND due_at IS NOT NULL";
    CANCEL_ALL = "UPDATE deliveries SET state = 'cancelled', due_at = NULL, ended_at = $3
        WHERE practice_id = $1 AND consumer_id = $2 AND due_at IS NOT NULL";
    AGAIN = "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = $4, ended_at = NULL
        WHERE practice_id = $1 AND request_id = $2
            AND (CAST($3 AS BIGINT) IS NULL OR subscription_id = $3) AND due_at IS NULL";
    FORGET = "DELETE FROM deliveries WHERE practice_id = $1 AND ended_at < $2
        AND request_id IN (SELECT request_id FROM deliveries
            WHERE practice_id = $1 AND ended_at < $2 ORDER BY request_id LIMIT $3)";
    LIST = concat!(columns!(), wanted!(), "
        ORDER BY d.request_id, d.subscription_id LIMIT $5 OFFSET $6");
    LIST_NEWEST = concat!(columns!(), wanted!(), "
        ORDER BY d.request_id DESC, d.subscription_id DESC LIMIT $5 OFFSET $6");
    COUNT = concat!("SELECT COUNT(*)", wanted!());
    /// Of all practices.
    OVERVIEW = "SELECT COUNT(*), MIN(due_at) FROM deliveries WHERE due_at IS NOT NULL";
}

/// Which delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    /// The request that is told.
    pub request_id: RequestId,
    /// The subscription that is told.
    pub subscription_id: SubscriptionId,
}

/// A delivery as operators see it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Which.
    pub key: DeliveryKey,
    /// Whose subscription it is.
    pub consumer_id: ConsumerId,
    /// The type of the request.
    pub kind: RequestType,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many attempts have been made and are over.
    pub attempts: i64,
    /// When the request was raised.
    pub created_at: Timestamp,
    /// The next attempt.
    pub due_at: Option<Timestamp>,
    /// When it was settled.
    pub ended_at: Option<Timestamp>,
}

/// Writes a delivery for each subscription that is in force for a request just raised.
///
/// # Errors
/// The store's.
pub fn raise(tx: &mut Tx<'_>, request: RequestId, kind: RequestType) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let topic = Topic::Of(kind).to_string();
    let feature = kind.feature().map(Feature::as_str);
    tx.push_waking(&RAISE, args![practice, request, now, &topic, feature])
}

/// Lets what waits for a subscription wait in another line.
///
/// # Errors
/// The store's.
pub fn redirect(tx: &mut Tx<'_>, id: SubscriptionId, lane: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&REDIRECT, args![practice, id, lane])
}

/// Cancels what waits for a subscription.
///
/// # Errors
/// The store's.
pub fn cancel(tx: &mut Tx<'_>, id: SubscriptionId) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&CANCEL, args![practice, id, now])
}

/// Cancels what waits for a consumer.
///
/// # Errors
/// The store's.
pub fn cancel_all(tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&CANCEL_ALL, args![practice, consumer, now])
}

/// Lets a request's settled deliveries begin anew, to one subscription or to all; says how many.
///
/// # Errors
/// The store's.
pub fn again(
    tx: &mut Tx<'_>,
    request: RequestId,
    subscription: Option<SubscriptionId>,
) -> Result<u64> {
    let (practice, now) = (tx.practice()?, tx.now());
    let changed = tx.execute(&AGAIN, args![practice, request, subscription, now])?;
    tx.wakes |= changed > 0;
    Ok(changed)
}

/// Forgets deliveries of the oldest requests that were settled before `until`; says how many.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>, until: Timestamp, limit: i64) -> Result<u64> {
    let practice = tx.practice()?;
    tx.execute(&FORGET, args![practice, until, limit])
}

/// Which deliveries are wanted; `None`: whichever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Whose.
    pub consumer_id: Option<ConsumerId>,
    /// Where they stand.
    pub state: Option<DeliveryState>,
    /// Of which request.
    pub request_id: Option<RequestId>,
    /// Whether the newest request comes first, not the oldest.
    pub newest_first: bool,
}

/// The deliveries that are wanted.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, wanted: Wanted, window: Window) -> Result<Listed<Delivery>> {
    let practice = tx.practice()?;
    let (consumer, request) = (wanted.consumer_id, wanted.request_id);
    let state = wanted.state.map(DeliveryState::as_str);
    let which = args![practice, consumer, state, request];
    let total = tx.query_one(&COUNT, which, |row| row.int(0))?;
    let (limit, offset) = (window.limit, window.offset);
    let which = args![practice, consumer, state, request, limit, offset];
    let sql = if wanted.newest_first {
        &LIST_NEWEST
    } else {
        &LIST
    };
    let entries = tx.query(sql, which, |row| {
        Ok(Delivery {
            key: DeliveryKey {
                request_id: row.id(0, RequestId::new)?,
                subscription_id: row.id(1, SubscriptionId::new)?,
            },
            consumer_id: row.id(2, ConsumerId::new)?,
            kind: row.named(3, |name| name.parse().ok())?,
            state: row.named(4, |name| name.parse().ok())?,
            attempts: row.int(5)?,
            created_at: row.timestamp(6)?,
            due_at: row.opt_timestamp(7)?,
            ended_at: row.opt_timestamp(8)?,
        })
    })?;
    Ok(Listed { entries, total })
}

/// How many wait, and when the first of them is due. Runs globally.
///
/// # Errors
/// The store's.
pub fn overview(tx: &mut Tx<'_>) -> Result<(i64, Option<Timestamp>)> {
    tx.query_one(&OVERVIEW, args![], |row| {
        Ok((row.int(0)?, row.opt_timestamp(1)?))
    })
}
