//! Deliveries: what is to be told to which subscription, and what became of it (SUB-2, SUB-3).
//!
//! A waiting one has a `due_at`: its next attempt, or, while somebody makes one, the end of the
//! lease. Whoever ends an attempt says which lease it was made under, so that one that has run out
//! changes nothing.

use crate::sql::{Row, statements};
use crate::{Listed, Result, Tx, Window, args, consumers};
use jiff::Timestamp;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, ConsumerId, PracticeId, RequestId, SubscriptionId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::topic::Topic;

macro_rules! of {
    () => {
        " WHERE practice_id = $1 AND request_id = $2 AND subscription_id = $3"
    };
}

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

statements! {
    /// A delivery for each subscription in force whose consumer has the practice's consent, and
    /// the feature if one is needed.
    RAISE = "INSERT INTO deliveries (practice_id, request_id, subscription_id, consumer_id, lane,
            state, attempts, created_at, due_at)
        SELECT s.practice_id, CAST($2 AS BIGINT), s.subscription_id, s.consumer_id, s.lane,
            'waiting', 0, CAST($3 AS BIGINT), CAST($3 AS BIGINT)
        FROM subscriptions s JOIN consents c ON c.practice_id = s.practice_id
            AND c.consumer_id = s.consumer_id AND c.revoked_at IS NULL
        WHERE s.practice_id = $1 AND s.topic IN ('requests.*', $4) AND s.start_at <= $3
            AND (s.expire_at IS NULL OR s.expire_at > $3)
            AND (CAST($5 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM features f
                WHERE f.practice_id = s.practice_id AND f.consumer_id = s.consumer_id
                    AND f.feature = $5))";
    /// Of all practices; jumps from lane to lane in the index.
    LANES = "WITH RECURSIVE lanes (lane) AS (
            SELECT MIN(lane) FROM deliveries WHERE due_at IS NOT NULL
            UNION ALL
            SELECT (SELECT MIN(d.lane) FROM deliveries d
                WHERE d.due_at IS NOT NULL AND d.lane > lanes.lane)
            FROM lanes WHERE lanes.lane IS NOT NULL)
        SELECT lane, (SELECT MIN(d.due_at) FROM deliveries d
                WHERE d.due_at IS NOT NULL AND d.lane = lanes.lane)
        FROM lanes WHERE lane IS NOT NULL";
    /// Of all practices.
    DUE = "SELECT practice_id, request_id, subscription_id FROM deliveries
        WHERE lane = $1 AND due_at <= $2
        ORDER BY due_at, practice_id, request_id, subscription_id LIMIT $3";
    OPEN = "SELECT d.attempts, d.payload, r.type, r.booking_id, r.resolved_at, s.topic,
            s.callback_url, s.client_id, s.expire_at, s.consumer_id
        FROM deliveries d
        LEFT JOIN requests r ON r.practice_id = d.practice_id AND r.request_id = d.request_id
        LEFT JOIN subscriptions s ON s.practice_id = d.practice_id
            AND s.subscription_id = d.subscription_id
        WHERE d.practice_id = $1 AND d.request_id = $2 AND d.subscription_id = $3
            AND d.due_at <= $4";
    /// Who may be told anything of the practice: as for calls, a test consumer reaches test
    /// practices only (AUTH-4). A row for each feature that it has enabled, or one.
    TOLD = "SELECT c.consumer_id, k.webhook_secret, k.previous_webhook_secret,
            k.previous_secret_until, f.feature
        FROM consents c
        JOIN consumers k ON k.consumer_id = c.consumer_id AND k.deactivated_at IS NULL
        JOIN practices p ON p.practice_id = c.practice_id AND p.deactivated_at IS NULL
            AND p.test >= k.test
        LEFT JOIN features f ON f.practice_id = c.practice_id AND f.consumer_id = c.consumer_id
        WHERE c.practice_id = $1 AND c.revoked_at IS NULL";
    CLAIM = concat!("UPDATE deliveries SET due_at = $4, payload = $5", of!());
    END = concat!("UPDATE deliveries SET state = $5, attempts = $6, due_at = NULL, ended_at = $7", of!(),
        " AND due_at = $4");
    RETRY = concat!("UPDATE deliveries SET attempts = $5, due_at = $6", of!(), " AND due_at = $4");
    CLOSE = concat!("UPDATE deliveries SET state = $4, due_at = NULL, ended_at = $5", of!(),
        " AND due_at IS NOT NULL");
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
    LIST = concat!("SELECT d.request_id, d.subscription_id, d.consumer_id, r.type, d.state, d.attempts, d.created_at,
            d.due_at, d.ended_at", wanted!(), "
        ORDER BY d.request_id, d.subscription_id LIMIT $5 OFFSET $6");
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

/// A line of deliveries.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// When the first in it is due.
    pub due_at: Timestamp,
}

/// A delivery that is due, with what must be known to make an attempt. What is gone is `None`.
#[derive(Clone, Debug)]
pub struct Open {
    /// How many attempts have been made and have failed.
    pub attempts: i64,
    /// What was sent, if an attempt was made.
    pub payload: Option<String>,
    /// The request.
    pub request: Option<OpenRequest>,
    /// The subscription.
    pub subscription: Option<OpenSubscription>,
}

/// What must be known of the request.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// Its type.
    pub kind: RequestType,
    /// The booking, if it is about one.
    pub booking_id: Option<BookingId>,
    /// Whether it has been resolved.
    pub is_resolved: bool,
}

/// What must be known of the subscription.
#[derive(Clone, Debug)]
pub struct OpenSubscription {
    /// Whose it is.
    pub consumer_id: ConsumerId,
    /// What it is for.
    pub topic: Topic,
    /// Where the callback goes.
    pub callback_url: String,
    /// What the consumer calls it.
    pub client_id: Option<String>,
    /// Until when it is in force.
    pub expire_at: Option<Timestamp>,
}

/// Who may be told of a practice's requests.
#[derive(Clone, Debug)]
pub struct Told {
    /// The consumer.
    pub consumer_id: ConsumerId,
    /// Its webhook secrets in force, sealed, the present one first.
    pub sealed_secrets: Vec<Vec<u8>>,
    /// The features that it has enabled.
    pub features: Vec<Feature>,
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
    /// The next attempt, or the end of the lease under which one is made.
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
    tx.push(&RAISE, args![practice, request, now, &topic, feature])?;
    tx.wake();
    Ok(())
}

/// The lines that have something waiting, by name. Runs globally.
///
/// # Errors
/// The store's.
pub fn lanes(tx: &mut Tx<'_>) -> Result<Vec<Lane>> {
    tx.query(&LANES, args![], |row| {
        Ok(Lane {
            name: row.text(0)?,
            due_at: row.timestamp(1)?,
        })
    })
}

/// The first in a line that are due. Runs globally.
///
/// # Errors
/// The store's.
pub fn due(
    tx: &mut Tx<'_>,
    lane: &str,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<(PracticeId, DeliveryKey)>> {
    tx.query(&DUE, args![lane, at, limit], |row| {
        let key = DeliveryKey {
            request_id: row.id(1, RequestId::new)?,
            subscription_id: row.id(2, SubscriptionId::new)?,
        };
        Ok((row.id(0, PracticeId::new)?, key))
    })
}

/// Deliveries, each if it is (still) due.
///
/// # Errors
/// The store's.
pub fn open(tx: &mut Tx<'_>, keys: &[DeliveryKey]) -> Result<Vec<Option<Open>>> {
    let (practice, now) = (tx.practice()?, tx.now());
    let all: Vec<_> = keys
        .iter()
        .map(|key| {
            [
                practice.into(),
                key.request_id.into(),
                key.subscription_id.into(),
                now.into(),
            ]
        })
        .collect();
    tx.query_each(&OPEN, &all, |row: &Row<'_>| {
        let request = match row.opt_text(2)? {
            Some(_) => Some(OpenRequest {
                kind: row.named(2, |name| name.parse().ok())?,
                booking_id: row.opt_int(3)?.and_then(BookingId::new),
                is_resolved: row.opt_int(4)?.is_some(),
            }),
            None => None,
        };
        let subscription = match row.opt_text(5)? {
            Some(_) => Some(OpenSubscription {
                topic: row.named(5, |name| name.parse().ok())?,
                callback_url: row.text(6)?,
                client_id: row.opt_text(7)?,
                expire_at: row.opt_timestamp(8)?,
                consumer_id: row.id(9, ConsumerId::new)?,
            }),
            None => None,
        };
        Ok(Open {
            attempts: row.int(0)?,
            payload: row.opt_text(1)?,
            request,
            subscription,
        })
    })
}

/// Who may be told of the practice's requests at the moment, asked in one question.
///
/// # Errors
/// The store's.
pub fn told(tx: &mut Tx<'_>) -> Result<Option<Told>> {
    let (practice, now) = (tx.practice()?, tx.now());
    let mut told = None;
    tx.query(&TOLD, args![practice], |row| {
        let told = match &mut told {
            Some(told) => told,
            None => told.insert(Told {
                consumer_id: row.id(0, ConsumerId::new)?,
                sealed_secrets: consumers::secrets_in_force(row, 1, now)?,
                features: Vec::new(),
            }),
        };
        if row.opt_text(4)?.is_some() {
            told.features.push(row.named(4, |name| name.parse().ok())?);
        }
        Ok(())
    })?;
    Ok(told)
}

/// Takes an open delivery until the end of a lease, and keeps what is sent.
///
/// # Errors
/// The store's.
pub fn claim(tx: &mut Tx<'_>, key: DeliveryKey, lease: Timestamp, payload: &str) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        key.request_id,
        key.subscription_id,
        lease,
        payload
    ];
    tx.push(&CLAIM, args)
}

/// Settles a delivery after its last attempt, unless the lease has run out.
///
/// # Errors
/// The store's.
pub fn end(
    tx: &mut Tx<'_>,
    key: DeliveryKey,
    lease: Timestamp,
    state: DeliveryState,
    attempts: i64,
) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let args = args![
        practice,
        key.request_id,
        key.subscription_id,
        lease,
        state.as_str(),
        attempts,
        now
    ];
    tx.push(&END, args)
}

/// Plans the attempt after a failed one, unless the lease has run out.
///
/// # Errors
/// The store's.
pub fn retry(
    tx: &mut Tx<'_>,
    key: DeliveryKey,
    lease: Timestamp,
    attempts: i64,
    next: Timestamp,
) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        key.request_id,
        key.subscription_id,
        lease,
        attempts,
        next
    ];
    tx.push(&RETRY, args)
}

/// Settles a waiting delivery without an attempt.
///
/// # Errors
/// The store's.
pub fn close(tx: &mut Tx<'_>, key: DeliveryKey, state: DeliveryState) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let args = args![
        practice,
        key.request_id,
        key.subscription_id,
        state.as_str(),
        now
    ];
    tx.push(&CLOSE, args)
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
    tx.wake();
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
}

/// The deliveries that are wanted, oldest request first.
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
    let entries = tx.query(&LIST, which, |row| {
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
