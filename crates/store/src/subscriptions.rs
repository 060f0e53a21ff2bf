//! Subscriptions: who is to be called back, where, when there are requests (SUB-1).

use crate::sql::{Row, statements};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{ConsumerId, SubscriptionId};
use slotbridge_domain::topic::Topic;

macro_rules! columns {
    () => {
        "subscription_id, consumer_id, topic, callback_url, lane, client_id, start_at, expire_at"
    };
}

statements! {
    INSERT = concat!("INSERT INTO subscriptions (practice_id, ", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    UPDATE = "UPDATE subscriptions SET topic = $3, callback_url = $4, lane = $5, client_id = $6,
            start_at = $7, expire_at = $8
        WHERE practice_id = $1 AND subscription_id = $2";
    GET = concat!("SELECT ", columns!(), " FROM subscriptions
        WHERE practice_id = $1 AND subscription_id = $2");
    LIST = concat!("SELECT ", columns!(), " FROM subscriptions
        WHERE practice_id = $1 AND consumer_id = $2 ORDER BY subscription_id");
    DELETE = "DELETE FROM subscriptions WHERE practice_id = $1 AND subscription_id = $2";
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub subscription_id: SubscriptionId,
    /// Whose it is.
    pub consumer_id: ConsumerId,
    /// What it is for.
    pub topic: Topic,
    /// Where the callbacks go.
    pub callback_url: String,
    /// The line in which they wait.
    pub lane: String,
    /// What the consumer calls it.
    pub client_id: Option<String>,
    /// From when on it is in force.
    pub start_at: Timestamp,
    /// Until when, exclusive; `None`: for good.
    pub expire_at: Option<Timestamp>,
}

impl Subscription {
    /// Whether it is over at that time.
    #[must_use]
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expire_at.is_some_and(|end| end <= at)
    }
}

fn read(row: &Row<'_>) -> Result<Subscription> {
    Ok(Subscription {
        subscription_id: row.id(0, SubscriptionId::new)?,
        consumer_id: row.id(1, ConsumerId::new)?,
        topic: row.named(2, |name| name.parse().ok())?,
        callback_url: row.text(3)?,
        lane: row.text(4)?,
        client_id: row.opt_text(5)?,
        start_at: row.timestamp(6)?,
        expire_at: row.opt_timestamp(7)?,
    })
}

/// Adds a subscription.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, new: &Subscription) -> Result<()> {
    let practice = tx.practice()?;
    let topic = new.topic.to_string();
    let args = args![
        practice,
        new.subscription_id,
        new.consumer_id,
        &topic,
        &new.callback_url,
        &new.lane,
        new.client_id.as_ref(),
        new.start_at,
        new.expire_at
    ];
    tx.push(&INSERT, args)
}

/// Writes a subscription anew; whose it is stays.
///
/// # Errors
/// The store's.
pub fn update(tx: &mut Tx<'_>, changed: &Subscription) -> Result<()> {
    let practice = tx.practice()?;
    let topic = changed.topic.to_string();
    let args = args![
        practice,
        changed.subscription_id,
        &topic,
        &changed.callback_url,
        &changed.lane,
        changed.client_id.as_ref(),
        changed.start_at,
        changed.expire_at
    ];
    tx.push(&UPDATE, args)
}

/// A subscription, expired or not.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: SubscriptionId) -> Result<Option<Subscription>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}

/// A consumer's subscriptions, expired ones too, in the order in which they were made.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<Vec<Subscription>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice, consumer], read)
}

/// Deletes a subscription.
///
/// # Errors
/// The store's.
pub fn delete(tx: &mut Tx<'_>, id: SubscriptionId) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&DELETE, args![practice, id])
}
