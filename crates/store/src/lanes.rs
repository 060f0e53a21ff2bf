//! Lanes: what waits for one host of one consumer, in the order in which it is due (SUB-3).
//!
//! Whoever makes an attempt takes the delivery under a lease, and says under which when it is
//! over, so that one that has run out changes nothing. A lane holds deliveries of all practices, so
//! all of this runs globally.

use crate::deliveries::DeliveryKey;
use crate::sql::{Arg, Row, Sql, statements};
use crate::{Result, Tx, args, consumers};
use jiff::Timestamp;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, ConsumerId, PracticeId, RequestId, SubscriptionId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::topic::Topic;

/// How many deliveries one statement changes.
const BATCH: usize = 16;
/// How far into a lane the leases are looked at: more than a lane has in the air.
const IN_FRONT: i64 = 2000;

macro_rules! of {
    () => {
        " WHERE practice_id = $1 AND request_id = $2 AND subscription_id = $3"
    };
}

statements! {
    /// Jumps from lane to lane in the index.
    LANES = "WITH RECURSIVE lanes (lane) AS (
            SELECT MIN(lane) FROM deliveries WHERE due_at IS NOT NULL
            UNION ALL
            SELECT (SELECT MIN(d.lane) FROM deliveries d
                WHERE d.due_at IS NOT NULL AND d.lane > lanes.lane)
            FROM lanes WHERE lanes.lane IS NOT NULL)
        SELECT lane, (SELECT MIN(d.due_at) FROM deliveries d
                WHERE d.due_at IS NOT NULL AND d.lane = lanes.lane)
        FROM lanes WHERE lane IS NOT NULL";
    IN_THE_WAY = "SELECT due_at, leased_until FROM deliveries
        WHERE lane = $1 AND due_at IS NOT NULL
        ORDER BY due_at, practice_id, request_id, subscription_id LIMIT $2";
    DUE = "SELECT d.practice_id, d.request_id, d.subscription_id, d.attempts, d.payload,
            d.first_attempt_at, r.type, r.booking_id, r.resolved_at, s.topic, s.callback_url,
            s.client_id, s.expire_at, s.consumer_id
        FROM deliveries d
        LEFT JOIN requests r ON r.practice_id = d.practice_id AND r.request_id = d.request_id
        LEFT JOIN subscriptions s ON s.practice_id = d.practice_id
            AND s.subscription_id = d.subscription_id
        WHERE d.lane = $1 AND d.due_at <= $2
            AND (d.leased_until IS NULL OR d.leased_until <= $2)
        ORDER BY d.due_at, d.practice_id, d.request_id, d.subscription_id LIMIT $3";
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
    TAKE = "WITH t (practice_id, request_id, subscription_id) AS (VALUES
            (CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT)), ($6, $7, $8),
            ($9, $10, $11), ($12, $13, $14), ($15, $16, $17), ($18, $19, $20), ($21, $22, $23),
            ($24, $25, $26), ($27, $28, $29), ($30, $31, $32), ($33, $34, $35), ($36, $37, $38),
            ($39, $40, $41), ($42, $43, $44), ($45, $46, $47), ($48, $49, $50))
        UPDATE deliveries SET leased_until = $2, first_attempt_at = COALESCE(first_attempt_at, $1)
        FROM t WHERE deliveries.practice_id = t.practice_id
            AND deliveries.request_id = t.request_id
            AND deliveries.subscription_id = t.subscription_id
            AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
        RETURNING deliveries.practice_id, deliveries.request_id, deliveries.subscription_id";
    DELIVERED = "WITH t (practice_id, request_id, subscription_id, lease) AS (VALUES
            (CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT)),
            ($6, $7, $8, $9), ($10, $11, $12, $13), ($14, $15, $16, $17), ($18, $19, $20, $21),
            ($22, $23, $24, $25), ($26, $27, $28, $29), ($30, $31, $32, $33), ($34, $35, $36, $37),
            ($38, $39, $40, $41), ($42, $43, $44, $45), ($46, $47, $48, $49), ($50, $51, $52, $53),
            ($54, $55, $56, $57), ($58, $59, $60, $61), ($62, $63, $64, $65))
        UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, due_at = NULL,
            leased_until = NULL, ended_at = $1
        FROM t WHERE deliveries.practice_id = t.practice_id
            AND deliveries.request_id = t.request_id
            AND deliveries.subscription_id = t.subscription_id
            AND leased_until = t.lease AND due_at IS NOT NULL";
    RETRY = concat!("UPDATE deliveries SET attempts = attempts + 1, due_at = $5, leased_until = NULL,
            payload = $6", of!(), " AND leased_until = $4 AND due_at IS NOT NULL");
    GIVE_UP = concat!("UPDATE deliveries SET state = 'failed', attempts = attempts + 1, due_at = NULL,
            leased_until = NULL, ended_at = $5", of!(), " AND leased_until = $4 AND due_at IS NOT NULL");
    CLOSE = concat!("UPDATE deliveries SET state = $4, due_at = NULL, ended_at = $5", of!(),
        " AND due_at IS NOT NULL");
}

/// A lane that has something waiting.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// When the first in it is due.
    pub due_at: Timestamp,
}

/// A delivery, of whichever practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Which {
    /// Whose.
    pub practice_id: PracticeId,
    /// Which of its.
    pub key: DeliveryKey,
}

/// A delivery that was taken.
#[derive(Clone, Copy, Debug)]
pub struct Leased {
    /// Which.
    pub which: Which,
    /// The end of the lease.
    pub until: Timestamp,
}

/// A delivery that is due, with what must be known to make an attempt. What is gone is `None`.
#[derive(Clone, Debug)]
pub struct Due {
    /// Which.
    pub which: Which,
    /// How many attempts have been made and have failed.
    pub attempts: i64,
    /// What was sent, if an attempt has failed.
    pub payload: Option<String>,
    /// When the first attempt was made, if one was.
    pub first_attempt_at: Option<Timestamp>,
    /// The request.
    pub request: Option<DueRequest>,
    /// The subscription.
    pub subscription: Option<DueSubscription>,
}

/// What must be known of the request.
#[derive(Clone, Debug)]
pub struct DueRequest {
    /// Its type.
    pub kind: RequestType,
    /// The booking, if it is about one.
    pub booking_id: Option<BookingId>,
    /// Whether it has been resolved.
    pub is_resolved: bool,
}

/// What must be known of the subscription.
#[derive(Clone, Debug)]
pub struct DueSubscription {
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

/// The lanes that have something waiting, by name.
///
/// # Errors
/// The store's.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Lane>> {
    tx.query(&LANES, args![], |row| {
        Ok(Lane {
            name: row.text(0)?,
            due_at: row.timestamp(1)?,
        })
    })
}

/// When the first in a lane can be taken: it is due and nobody has it. `None`: nothing waits.
///
/// # Errors
/// The store's.
pub fn free_at(tx: &mut Tx<'_>, lane: &str) -> Result<Option<Timestamp>> {
    let all = tx.query(&IN_THE_WAY, args![lane, IN_FRONT], |row| {
        let (due_at, leased_until) = (row.timestamp(0)?, row.opt_timestamp(1)?);
        Ok(leased_until.map_or(due_at, |until| until.max(due_at)))
    })?;
    Ok(all.into_iter().min())
}

/// The first in a lane that are due and that nobody has.
///
/// # Errors
/// The store's.
pub fn due(tx: &mut Tx<'_>, lane: &str, limit: i64) -> Result<Vec<Due>> {
    let now = tx.now();
    tx.query(&DUE, args![lane, now, limit], |row| {
        let request = match row.opt_text(6)? {
            Some(_) => Some(DueRequest {
                kind: row.named(6, |name| name.parse().ok())?,
                booking_id: row.opt_int(7)?.and_then(BookingId::new),
                is_resolved: row.opt_int(8)?.is_some(),
            }),
            None => None,
        };
        let subscription = match row.opt_text(9)? {
            Some(_) => Some(DueSubscription {
                topic: row.named(9, |name| name.parse().ok())?,
                callback_url: row.text(10)?,
                client_id: row.opt_text(11)?,
                expire_at: row.opt_timestamp(12)?,
                consumer_id: row.id(13, ConsumerId::new)?,
            }),
            None => None,
        };
        Ok(Due {
            which: which(row)?,
            attempts: row.int(3)?,
            payload: row.opt_text(4)?,
            first_attempt_at: row.opt_timestamp(5)?,
            request,
            subscription,
        })
    })
}

fn which(row: &Row<'_>) -> Result<Which> {
    Ok(Which {
        practice_id: row.id(0, PracticeId::new)?,
        key: DeliveryKey {
            request_id: row.id(1, RequestId::new)?,
            subscription_id: row.id(2, SubscriptionId::new)?,
        },
    })
}

/// Who may be told of each practice's requests at the moment.
///
/// # Errors
/// The store's.
pub fn told(tx: &mut Tx<'_>, practices: &[PracticeId]) -> Result<Vec<Option<Told>>> {
    let now = tx.now();
    let all: Vec<_> = practices.iter().map(|id| vec![(*id).into()]).collect();
    let all = tx.query_each(&TOLD, &all, |row| {
        let feature = match row.opt_text(4)? {
            Some(_) => Some(row.named(4, |name| name.parse().ok())?),
            None => None,
        };
        Ok(Told {
            consumer_id: row.id(0, ConsumerId::new)?,
            sealed_secrets: consumers::secrets_in_force(row, 1, now)?,
            features: feature.into_iter().collect(),
        })
    })?;
    let merged = |rows: Vec<Told>| {
        rows.into_iter().reduce(|mut told, row| {
            told.features.extend(row.features);
            told
        })
    };
    Ok(all.into_iter().map(merged).collect())
}

/// The arguments of a statement on a batch: `first`, and `of` each. A batch that is not full names
/// its last one again.
fn batches<T>(
    all: &[T],
    first: &[Arg<'static>],
    of: impl Fn(&T) -> Vec<Arg<'static>>,
) -> impl Iterator<Item = Vec<Arg<'static>>> {
    all.chunks(BATCH).map(move |batch| {
        let padding = std::iter::repeat(batch.last()).flatten();
        let full = batch.iter().chain(padding).take(BATCH);
        first.iter().copied().chain(full.flat_map(&of)).collect()
    })
}

fn key_of(which: Which) -> [Arg<'static>; 3] {
    let DeliveryKey {
        request_id,
        subscription_id,
    } = which.key;
    [
        which.practice_id.into(),
        request_id.into(),
        subscription_id.into(),
    ]
}

/// Takes what is (still) due and free until the end of a lease. Answers what was taken.
///
/// # Errors
/// The store's.
pub fn take(tx: &mut Tx<'_>, all: &[Which], lease: Timestamp) -> Result<Vec<Which>> {
    let first = [tx.now().into(), lease.into()];
    let all: Vec<_> = batches(all, &first, |one| key_of(*one).to_vec()).collect();
    Ok(tx.query_each(&TAKE, &all, which)?.concat())
}

/// Settles what was delivered, but for what is no longer had under its lease.
///
/// # Errors
/// The store's.
pub fn delivered(tx: &mut Tx<'_>, all: &[Leased]) -> Result<()> {
    let first = [tx.now().into()];
    let of = |one: &Leased| [&key_of(one.which)[..], &[one.until.into()]].concat();
    for args in batches(all, &first, of) {
        tx.push(&DELIVERED, &args)?;
    }
    Ok(())
}

fn settle(tx: &mut Tx<'_>, sql: &'static Sql, one: Leased, more: &[Arg<'_>]) -> Result<()> {
    let mut args = key_of(one.which).to_vec();
    args.push(one.until.into());
    args.extend(more);
    tx.push(sql, &args)
}

/// Plans the attempt after a failed one, which is to have the same payload, unless the lease has
/// run out.
///
/// # Errors
/// The store's.
pub fn retry(tx: &mut Tx<'_>, one: Leased, next: Timestamp, payload: &str) -> Result<()> {
    settle(tx, &RETRY, one, args![next, payload])
}

/// Settles a delivery after its last attempt, which has failed, unless the lease has run out.
///
/// # Errors
/// The store's.
pub fn give_up(tx: &mut Tx<'_>, one: Leased) -> Result<()> {
    let now = tx.now();
    settle(tx, &GIVE_UP, one, args![now])
}

/// Settles a waiting delivery without an attempt.
///
/// # Errors
/// The store's.
pub fn close(tx: &mut Tx<'_>, which: Which, state: DeliveryState) -> Result<()> {
    let now = tx.now();
    let [practice, request, subscription] = key_of(which);
    let args = args![practice, request, subscription, state.as_str(), now];
    tx.push(&CLOSE, args)
}
