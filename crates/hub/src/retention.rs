//! How long things are kept, and the daily forgetting: a row of due work per practice, in the small
//! hours there.

use crate::{Result, erase, zone};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::{
    Tx, callback_errors, deliveries, manage_links, practices, retention, waitlist,
};

/// How many days things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// A booking's person and what the PMS said of it, from its appointment on.
    pub booking_days: i64,
    /// The audit trail.
    pub audit_days: i64,
    /// Requests, from when they were resolved.
    pub request_days: i64,
    /// What became of callbacks: the log of those that failed, and deliveries that are settled
    /// (SUB-4).
    pub subscription_error_log_days: i64,
    /// Messages to people, from when they were written.
    pub message_days: i64,
    /// Client snapshots, from when they came.
    pub client_snapshot_days: i64,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            booking_days: 730,
            // Seven years.
            audit_days: 2557,
            request_days: 365,
            subscription_error_log_days: 30,
            message_days: 30,
            client_snapshot_days: 30,
        }
    }
}

/// First answers to calls with an `Idempotency-Key` hold for so long.
const FIRST_ANSWER_DAYS: i64 = 1;
/// How many rows of a kind a transaction forgets at most: others of the practice wait for it.
const MOST: i64 = 500;
/// The hour at the practice.
const HOUR: i8 = 3;

fn before(now: Timestamp, days: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * days))
        .unwrap_or(Timestamp::MIN)
}

/// Plans the next forgetting: in the next night, practices one after the other.
pub(crate) fn plan(tx: &mut Tx<'_>, zone: &TimeZone) -> Result<()> {
    let minute = i8::try_from(tx.practice()?.get() % 60).unwrap_or_default();
    let tomorrow = zone::day(zone, tx.now()).saturating_add(1.day());
    let next = tomorrow
        .at(HOUR, minute, 0, 0)
        .to_zoned(zone.clone())
        .map_or(tx.now(), |zoned| zoned.timestamp());
    Ok(due::set(tx, DueKind::Retention, "", next)?)
}

/// Forgets what is no longer to be kept. If there is more than a transaction should do, the rest
/// follows at once.
pub(crate) fn run(tx: &mut Tx<'_>, keep: &Keep) -> Result<()> {
    let (id, now) = (tx.practice()?, tx.now());
    let Some(practice) = practices::get(tx, id)? else {
        return Ok(());
    };
    let until = before(now, keep.booking_days);
    let old = retention::old_bookings(tx, until, MOST)?;
    for (booking, _) in &old {
        erase::booking(tx, *booking)?;
    }
    let all = |count: usize| i64::try_from(count).is_ok_and(|count| count < MOST);
    let mut done = all(old.len());
    retention::gone_through(
        tx,
        old.last().filter(|_| !done).map_or(until, |last| last.1),
    )?;
    let callbacks = before(now, keep.subscription_error_log_days);
    for forgotten in [
        callback_errors::forget(tx, callbacks, MOST)?,
        deliveries::forget(tx, callbacks, MOST)?,
        retention::forget_audit(tx, before(now, keep.audit_days), MOST)?,
        retention::forget_requests(tx, before(now, keep.request_days), MOST)?,
    ] {
        done &= usize::try_from(forgotten).is_ok_and(all);
    }
    retention::forget_messages(tx, before(now, keep.message_days))?;
    retention::forget_client_snapshots(tx, before(now, keep.client_snapshot_days))?;
    retention::forget_reminders(tx, now)?;
    let zone = zone::of(&practice)?;
    manage_links::forget_before(tx, &zone::day(&zone, now).to_string())?;
    waitlist::forget_offers(tx, now)?;
    retention::forget_first_answers(tx, before(now, FIRST_ANSWER_DAYS))?;
    if done {
        plan(tx, &zone)
    } else {
        Ok(due::set(tx, DueKind::Retention, "", now)?)
    }
}
