//! Lanes: what waits for one host of one consumer, in the order in which it is due (SUB-3).
//!
//! Whoever delivers in a lane has it under a lease, alone. What is in the air is written with the lane
//! and not with each delivery, which is written once, when it is settled. A lane holds deliveries of
//! all practices, so all of this runs globally.

use crate::deliveries::DeliveryKey;
use crate::sql::{Arg, Row, Sql, statements};
use crate::{Result, StoreError, Tx, args, consumers};
use jiff::Timestamp;
use serde_json::{Value, json};
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, ConsumerId, PracticeId, RequestId, SubscriptionId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::topic::Topic;
use std::collections::BTreeMap;

/// How many deliveries one statement changes.
const BATCH: usize = 16;

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
    READ = "SELECT version, leased_until, taken FROM delivery_lanes WHERE lane = $1";
    ENTER = "INSERT INTO delivery_lanes (lane, version, leased_until, taken) VALUES ($1, 1, $2, $3)
        ON CONFLICT (lane) DO NOTHING";
    KEEP = "UPDATE delivery_lanes SET version = version + 1, leased_until = $3, taken = $4
        WHERE lane = $1 AND version = $2";
    FREE_ALL = "UPDATE delivery_lanes SET version = version + 1, leased_until = NULL
        WHERE leased_until IS NOT NULL";
    DUE = "SELECT d.practice_id, d.request_id, d.subscription_id, d.attempts, d.payload,
            d.first_attempt_at, r.type, r.booking_id, r.resolved_at, s.topic, s.callback_url,
            s.client_id, s.expire_at, s.consumer_id, d.due_at
        FROM deliveries d
        LEFT JOIN requests r ON r.practice_id = d.practice_id AND r.request_id = d.request_id
        LEFT JOIN subscriptions s ON s.practice_id = d.practice_id
            AND s.subscription_id = d.subscription_id
        WHERE d.lane = $1 AND d.due_at <= $2
            AND (d.due_at, d.practice_id, d.request_id, d.subscription_id) > ($4, $5, $6, $7)
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
    DELIVERED = "WITH t (practice_id, request_id, subscription_id, first_attempt_at) AS (VALUES
            (CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT)),
            ($6, $7, $8, $9), ($10, $11, $12, $13), ($14, $15, $16, $17), ($18, $19, $20, $21),
            ($22, $23, $24, $25), ($26, $27, $28, $29), ($30, $31, $32, $33), ($34, $35, $36, $37),
            ($38, $39, $40, $41), ($42, $43, $44, $45), ($46, $47, $48, $49), ($50, $51, $52, $53),
            ($54, $55, $56, $57), ($58, $59, $60, $61), ($62, $63, $64, $65))
        UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, due_at = NULL,
            first_attempt_at = t.first_attempt_at, ended_at = $1
        FROM t WHERE deliveries.practice_id = t.practice_id
            AND deliveries.request_id = t.request_id
            AND deliveries.subscription_id = t.subscription_id AND due_at IS NOT NULL";
    RETRY = concat!("UPDATE deliveries SET attempts = attempts + 1, due_at = $5, payload = $6",
        of!(), " AND attempts = $4 AND due_at IS NOT NULL");
    GIVE_UP = concat!("UPDATE deliveries SET state = 'failed', attempts = attempts + 1, due_at = NULL,
            ended_at = $5", of!(), " AND attempts = $4 AND due_at IS NOT NULL");
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

/// A delivery that is in the air, or is about to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub which: Which,
    /// When its first attempt is made, or was.
    pub first_attempt_at: Timestamp,
}

/// Who has a lane.
#[derive(Clone, Debug)]
pub struct Held {
    /// Changes each time.
    pub version: i64,
    /// The end of the lease; `None`: nobody has it.
    pub leased_until: Option<Timestamp>,
    /// What is in the air, or was when somebody went.
    pub taken: Vec<Taken>,
}

/// Where a waiting delivery stands in its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When it is due.
    pub due_at: Timestamp,
    /// Which.
    pub which: Which,
}

/// A delivery that is due, with what must be known to make an attempt. What is gone is `None`.
#[derive(Clone, Debug)]
pub struct Due {
    /// Which, and where in its lane.
    pub place: Place,
    /// How many attempts have been made and have failed.
    pub attempts: i64,
    /// What was sent, if an attempt has failed.
    pub payload: Option<String>,
    /// When the first attempt was made, of what was delivered before.
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

/// Who has a lane; `None`: nobody ever had.
///
/// # Errors
/// The store's.
pub fn read(tx: &mut Tx<'_>, lane: &str) -> Result<Option<Held>> {
    tx.query_opt(&READ, args![lane], |row| {
        Ok(Held {
            version: row.int(0)?,
            leased_until: row.opt_timestamp(1)?,
            taken: read_taken(&row.text(2)?).ok_or(StoreError::Corrupt("what is in the air"))?,
        })
    })
}

/// Takes a lane, or keeps it, until the end of a lease, and writes down what is in the air; without
/// a lease, leaves it. `seen` is the version that the caller has seen. Answers the next one, or `None` if
/// somebody else came first.
///
/// # Errors
/// The store's.
pub fn keep(
    tx: &mut Tx<'_>,
    lane: &str,
    seen: Option<i64>,
    lease: Option<Timestamp>,
    taken: &[Taken],
) -> Result<Option<i64>> {
    let taken = write_taken(taken);
    let kept = match seen {
        Some(version) => tx.execute(&KEEP, args![lane, version, lease, &taken])?,
        None => tx.execute(&ENTER, args![lane, lease, &taken])?,
    };
    Ok((kept > 0).then_some(seen.unwrap_or(0) + 1))
}

/// Ends all leases: whoever had them is gone.
///
/// # Errors
/// The store's.
pub fn free_all(tx: &mut Tx<'_>) -> Result<()> {
    tx.push(&FREE_ALL, args![])
}

/// What is in the air as it is written: by the time of its first attempt.
type Written = BTreeMap<Timestamp, Vec<[i64; 3]>>;

fn write_taken(taken: &[Taken]) -> String {
    let mut written = Written::new();
    for one in taken {
        let DeliveryKey {
            request_id,
            subscription_id,
        } = one.which.key;
        let practice = one.which.practice_id.get();
        let ids = [practice, request_id.get(), subscription_id.get()];
        written.entry(one.first_attempt_at).or_default().push(ids);
    }
    let written: Vec<_> = written
        .iter()
        .map(|(at, of)| json!({"at": at.as_microsecond(), "of": of}))
        .collect();
    Value::from(written).to_string()
}

fn read_taken(text: &str) -> Option<Vec<Taken>> {
    let written: Vec<Value> = serde_json::from_str(text).ok()?;
    let mut taken = Vec::new();
    for group in &written {
        let first_attempt_at = Timestamp::from_microsecond(group.get("at")?.as_i64()?).ok()?;
        for ids in group.get("of")?.as_array()? {
            let id = |place: usize| ids.get(place).and_then(Value::as_i64);
            let key = DeliveryKey {
                request_id: RequestId::new(id(1)?)?,
                subscription_id: SubscriptionId::new(id(2)?)?,
            };
            let practice_id = PracticeId::new(id(0)?)?;
            let which = Which { practice_id, key };
            taken.push(Taken {
                which,
                first_attempt_at,
            });
        }
    }
    Some(taken)
}

/// The first in a lane that are due, from its front or after a place on.
///
/// # Errors
/// The store's.
pub fn due(tx: &mut Tx<'_>, lane: &str, after: Option<Place>, limit: i64) -> Result<Vec<Due>> {
    let now = tx.now();
    let mut args = vec![lane.into(), now.into(), limit.into()];
    match after {
        Some(place) => {
            args.push(place.due_at.into());
            args.extend(key_of(place.which));
        }
        None => args.extend([Arg::Int(i64::MIN); 4]),
    }
    tx.query(&DUE, &args, |row| {
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
            place: Place {
                due_at: row.timestamp(14)?,
                which: which(row)?,
            },
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

/// Settles what was delivered.
///
/// # Errors
/// The store's.
pub fn delivered(tx: &mut Tx<'_>, all: &[Taken]) -> Result<()> {
    let first = [tx.now().into()];
    let of = |one: &Taken| [&key_of(one.which)[..], &[one.first_attempt_at.into()]].concat();
    for args in batches(all, &first, of) {
        tx.push(&DELIVERED, &args)?;
    }
    Ok(())
}

fn settle(
    tx: &mut Tx<'_>,
    sql: &'static Sql,
    (which, failed): (Which, i64),
    more: &[Arg<'_>],
) -> Result<()> {
    let mut args = key_of(which).to_vec();
    args.push(failed.into());
    args.extend(more);
    tx.push(sql, &args)
}

/// Plans the attempt after a failed one, which is to have the same payload, unless somebody else has
/// made that attempt meanwhile. `failed` attempts came before it.
///
/// # Errors
/// The store's.
pub fn retry(
    tx: &mut Tx<'_>,
    which: Which,
    failed: i64,
    next: Timestamp,
    payload: &str,
) -> Result<()> {
    settle(tx, &RETRY, (which, failed), args![next, payload])
}

/// Settles a delivery after its last attempt, which has failed, unless somebody else has made that
/// attempt meanwhile. `failed` attempts came before it.
///
/// # Errors
/// The store's.
pub fn give_up(tx: &mut Tx<'_>, which: Which, failed: i64) -> Result<()> {
    let now = tx.now();
    settle(tx, &GIVE_UP, (which, failed), args![now])
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
