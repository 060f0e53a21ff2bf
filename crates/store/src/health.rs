//! How integrations do: the state of each, its changes, and what is judged (HEALTH-1 to HEALTH-4).

use crate::sql::{Row, statements};
use crate::{Asked, Listed, Result, StoreError, Tx, Window, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::health::{Reason, State};
use slotbridge_domain::request::RequestType;

statements! {
    GET = "SELECT state, since, reasons, troubled FROM health WHERE practice_id = $1";
    PUT = "INSERT INTO health (practice_id, state, since, reasons, troubled)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (practice_id) DO UPDATE SET state = excluded.state, since = excluded.since,
            reasons = excluded.reasons, troubled = excluded.troubled";
    FORGET = "DELETE FROM health WHERE practice_id = $1";
    ADD_CHANGE = "INSERT INTO health_changes (practice_id, change_id, at, state, reasons)
        VALUES ($1, $2, $3, $4, $5)";
    CHANGES = "SELECT at, state, reasons FROM health_changes WHERE practice_id = $1
        ORDER BY change_id DESC LIMIT $2 OFFSET $3";
    COUNT_CHANGES = "SELECT COUNT(*) FROM health_changes WHERE practice_id = $1";
    /// What is urgent; a booking whose time has begun is the staff's to sort out.
    WAITING = "SELECT r.type, MIN(r.created_at), MIN(b.start_at) FROM requests r
        LEFT JOIN bookings b ON b.practice_id = r.practice_id AND b.booking_id = r.booking_id
        WHERE r.practice_id = $1 AND r.type IN ('bookings', 'bookingUpdates', 'availability')
            AND r.resolved_at IS NULL AND (b.start_at IS NULL OR b.start_at > $2)
        GROUP BY r.type";
    EXTRA = "SELECT type, COUNT(*), MIN(created_at) FROM requests
        WHERE practice_id = $1 AND type IN ('availableDocuments', 'uploadDocuments',
            'clientSnapshots', 'attachDocuments') AND resolved_at IS NULL
        GROUP BY type";
    /// Judged anew at once, if it waits to get well.
    EASE = "UPDATE due SET due_at = $2 WHERE practice_id = $1 AND kind = 'health' AND EXISTS (
        SELECT 1 FROM health WHERE practice_id = $1 AND state = 'unhealthy')";
    /// Judged anew no later than then.
    BY = "UPDATE due SET due_at = $2 WHERE practice_id = $1 AND kind = 'health' AND due_at > $2";
    LATE = "SELECT feature, since FROM late_features WHERE practice_id = $1";
    ADD_LATE = "INSERT INTO late_features (practice_id, feature, since) VALUES ($1, $2, $3)
        ON CONFLICT (practice_id, feature) DO NOTHING";
    DROP_LATE = "DELETE FROM late_features WHERE practice_id = $1 AND feature = $2";
    STANDING = "SELECT
        (SELECT COUNT(*) FROM consents WHERE practice_id = $1 AND revoked_at IS NULL),
        (SELECT COUNT(*) FROM health WHERE practice_id = $1 AND state = 'unhealthy'),
        (SELECT COUNT(*) FROM late_features WHERE practice_id = $1)";
    COUNT_UNHEALTHY = "SELECT COUNT(*) FROM health WHERE state = 'unhealthy'";
}

/// How an integration does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Its state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Why it is unhealthy, if it is.
    pub reasons: Vec<Reason>,
    /// Whether it has been unhealthy and not healthy since.
    pub troubled: bool,
}

/// A change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The state from then on.
    pub state: State,
    /// Why it was unhealthy then, if it was.
    pub reasons: Vec<Reason>,
}

/// What tells whether a practice has an integration to rely on.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Whether the practice has given one its consent.
    pub has_consent: bool,
    /// Whether it was found unhealthy.
    pub unhealthy: bool,
    /// Whether one of its features is late.
    pub feature_late: bool,
}

fn names(reasons: &[Reason]) -> String {
    let names: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
    names.join(" ")
}

fn reasons(row: &Row<'_>, column: usize) -> Result<Vec<Reason>> {
    let text = row.text(column)?;
    let known = |name| Reason::from_name(name).ok_or(StoreError::Corrupt("an unknown reason"));
    text.split_whitespace().map(known).collect()
}

/// How the practice's integration does; `None` if it has not been judged.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>) -> Result<Option<Health>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice], |row| {
        Ok(Health {
            state: row.named(0, State::from_name)?,
            since: row.timestamp(1)?,
            reasons: reasons(row, 2)?,
            troubled: row.bool(3)?,
        })
    })
}

/// Writes how it does.
///
/// # Errors
/// The store's.
pub fn put(tx: &mut Tx<'_>, health: &Health) -> Result<()> {
    let practice = tx.practice()?;
    let why = names(&health.reasons);
    let args = args![
        practice,
        health.state.as_str(),
        health.since,
        &why,
        health.troubled
    ];
    tx.push(&PUT, args)
}

/// Forgets how it does: there is no integration any more.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&FORGET, args![practice])
}

/// Records a change, and gives its number.
///
/// # Errors
/// The store's.
pub fn record(tx: &mut Tx<'_>, change: &Change) -> Result<i64> {
    let (practice, number) = (tx.practice()?, numbers::plain(tx)?);
    let why = names(&change.reasons);
    let args = args![practice, number, change.at, change.state.as_str(), &why];
    tx.push(&ADD_CHANGE, args)?;
    Ok(number)
}

/// The changes, newest first.
///
/// # Errors
/// The store's.
pub fn changes(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Change>> {
    let practice = tx.practice()?;
    let args = args![practice, window.limit, window.offset];
    let entries = tx.query(&CHANGES, args, |row| {
        Ok(Change {
            at: row.timestamp(0)?,
            state: row.named(1, State::from_name)?,
            reasons: reasons(row, 2)?,
        })
    })?;
    let total = tx.query_one(&COUNT_CHANGES, args![practice], |row| row.int(0))?;
    Ok(Listed { entries, total })
}

/// Of each urgent type: since when the oldest request waits whose booking is still to begin at
/// `now`, and when the next of those bookings begins.
///
/// # Errors
/// The store's.
pub fn waiting(
    tx: &mut Tx<'_>,
    now: Timestamp,
) -> Result<Vec<(RequestType, Timestamp, Option<Timestamp>)>> {
    let practice = tx.practice()?;
    tx.query(&WAITING, args![practice, now], |row| {
        let kind = row.named(0, |name| name.parse().ok())?;
        Ok((kind, row.timestamp(1)?, row.opt_timestamp(2)?))
    })
}

/// The outstanding requests of the extra features: how many of each type, and since when the
/// oldest waits.
///
/// # Errors
/// The store's.
pub fn extra(tx: &mut Tx<'_>) -> Result<Vec<(RequestType, i64, Timestamp)>> {
    let practice = tx.practice()?;
    tx.query(&EXTRA, args![practice], |row| {
        let kind = row.named(0, |name| name.parse().ok())?;
        Ok((kind, row.int(1)?, row.timestamp(2)?))
    })
}

/// Has an unhealthy integration judged anew at once: something of what is asked of it is gone.
///
/// # Errors
/// The store's.
pub fn ease(tx: &mut Tx<'_>) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&EASE, args![practice, now])
}

/// Has an integration judged anew at `at`, if not before.
///
/// # Errors
/// The store's.
pub fn judge_by(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&BY, args![practice, at])
}

/// Asks how the practice's integration stands.
///
/// # Errors
/// The store's.
pub fn ask_standing(tx: &mut Tx<'_>) -> Result<Asked<Standing>> {
    let practice = tx.practice()?;
    tx.ask(&STANDING, args![practice], |row| {
        Ok(Standing {
            has_consent: row.int(0)? > 0,
            unhealthy: row.int(1)? > 0,
            feature_late: row.int(2)? > 0,
        })
    })
}

/// The features that are late, each since when.
///
/// # Errors
/// The store's.
pub fn late_features(tx: &mut Tx<'_>) -> Result<Vec<(Feature, Timestamp)>> {
    let practice = tx.practice()?;
    tx.query(&LATE, args![practice], |row| {
        let feature = row.named(0, |name| name.parse().ok())?;
        Ok((feature, row.timestamp(1)?))
    })
}

/// Marks a feature as late, or takes the mark off.
///
/// # Errors
/// The store's.
pub fn set_late(tx: &mut Tx<'_>, feature: Feature, late: bool) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    if late {
        tx.push(&ADD_LATE, args![practice, feature.as_str(), now])
    } else {
        tx.push(&DROP_LATE, args![practice, feature.as_str()])
    }
}

/// How many integrations are unhealthy. Runs globally.
///
/// # Errors
/// The store's.
pub fn count_unhealthy(tx: &mut Tx<'_>) -> Result<i64> {
    tx.query_one(&COUNT_UNHEALTHY, args![], |row| row.int(0))
}
