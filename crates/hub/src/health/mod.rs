//! Whether a practice's integration does what it promised (HEALTH-1 to HEALTH-4).
//!
//! [`slotbridge_domain::health`] judges; here is what it judges by, when it is asked, and what
//! follows. The judgement in force is a row, so that search and booking need not judge. It is
//! judged anew
//!
//! - when it can change at the earliest, by a due row that each judgement plans. A poll writes
//!   nothing (REQ-3), so that the row asks whether the integration was heard of since, and plans
//!   again;
//! - when something happens that can make it well at once: [`ease`], in the transaction;
//! - at a call of an integration that is unhealthy or late, before the call is answered.
//!
//! Contact is the latest that is known to this node or written down. What another node has heard
//! is written within 30 seconds, and what a node had not written is lost when it crashes: an
//! integration that calls less often than every nine and a half minutes can be found silent up to
//! half a minute early.

mod coverage;
mod facts;
mod features;
mod tell;

pub use tell::explain;

pub use facts::Known;
pub use features::feature_late;

use crate::{Hub, Result, raise};
use facts::Judged;
use features::Features;
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::health::{Assessment, State};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::due::{self, Due, DueKind};
use slotbridge_store::health::{self, Change, Health, Standing};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{Tx, bookings};
use std::sync::Arc;

/// How late a row may be done. One that is later was due while no hub ran, and nobody could call.
const LATE: SignedDuration = SignedDuration::from_secs(60);
/// While all is well, it is judged at least so often: what is asked of the integration meanwhile
/// is not late before.
const LOOK: SignedDuration = slotbridge_domain::health::LIMIT;

/// Has the practice's integration judged as soon as possible: it is new, or its hours are.
pub(crate) fn soon(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    Ok(due::set(tx, DueKind::Health, "", now)?)
}

/// Has an unhealthy integration judged anew: something urgent that was asked of it is gone.
pub(crate) fn ease(tx: &mut Tx<'_>) -> Result<()> {
    Ok(health::ease(tx)?)
}

/// Has the integration judged in time to see that a request of a feature is late (HEALTH-4).
pub(crate) fn raised(tx: &mut Tx<'_>, kind: RequestType) -> Result<()> {
    if kind.feature().is_none() {
        return Ok(());
    }
    let last = slotbridge_domain::health::LIMIT_FEATURE;
    let at = tx.now().saturating_add(last).unwrap_or(Timestamp::MAX);
    Ok(health::judge_by(tx, at)?)
}

/// Why the practice's times are hidden from patients, if its settings and how its integration
/// stands hide them (HEALTH-2, HEALTH-4).
pub(crate) const fn hides(practice: &Practice, standing: Standing) -> Option<&'static str> {
    if practice.hide_when_unhealthy && standing.unhealthy {
        return Some(
            "the practice's system does not answer at the moment; its times are hidden until it does",
        );
    }
    if practice.hide_when_feature_late && standing.feature_late {
        return Some(
            "the practice's system has not done for a day what it was asked to do; the practice's \
             times are hidden until it has",
        );
    }
    None
}

/// Does the work of a due row, which was due at `due_at`.
pub(crate) fn run(tx: &mut Tx<'_>, known: &Known, due_at: Timestamp) -> Result<()> {
    let forgiving = is_forgiving(tx, known, due_at);
    judge(tx, known, forgiving)
}

fn is_forgiving(tx: &Tx<'_>, known: &Known, due_at: Timestamp) -> bool {
    known.after_start && tx.now().duration_since(due_at) > LATE
}

/// Does the work of due rows, of [`AT_ONCE`](slotbridge_store::AT_ONCE) at most, whose practices' integrations
/// do as they did: those are judged again later, which nobody has to hear of. The rows that are left: there
/// is news, or somebody writes for their practices.
pub(crate) fn all_is_well(tx: &mut Tx<'_>, known: &Known, rows: &[Due]) -> Result<Vec<Due>> {
    let practices: Vec<PracticeId> = rows.iter().map(|row| row.practice_id).collect();
    let turns = tx.take_turns(&practices)?;
    let mut left = Vec::new();
    for row in rows {
        let put_off = turns.contains(&row.practice_id)
            && tx.within(row.practice_id, |tx| put_off(tx, known, row))?;
        if !put_off {
            left.push(row.clone());
        }
    }
    Ok(left)
}

/// Judges the practice's integration, and plans the next judgement if this one is no news.
fn put_off(tx: &mut Tx<'_>, known: &Known, row: &Due) -> Result<bool> {
    let forgiving = is_forgiving(tx, known, row.due_at);
    let found = find(tx, known, forgiving)?.filter(|found| !found.is_news());
    let Some(again) = found.and_then(|found| found.again(tx.now())) else {
        return Ok(false);
    };
    due::put_off(tx, row.kind, &row.target, again)?;
    Ok(true)
}

/// How the practice's integration does, and did.
struct Found {
    practice: Practice,
    before: Option<Health>,
    /// `None` if it has none.
    judged: Option<(Judged, Features)>,
}

impl Found {
    fn is_news(&self) -> bool {
        let Some((judged, features)) = &self.judged else {
            return self.before.is_some();
        };
        let Assessment { state, reasons, .. } = &judged.assessment;
        let before = self.before.as_ref();
        let is_same =
            before.is_some_and(|before| before.state == *state && before.reasons == *reasons);
        !is_same || !features.changed.is_empty()
    }

    /// When it is judged again.
    fn again(&self, now: Timestamp) -> Option<Timestamp> {
        let (judged, features) = self.judged.as_ref()?;
        let by_itself = judged.assessment.again;
        let is_well = judged.assessment.state == State::Healthy;
        let look = is_well.then(|| now.saturating_add(LOOK).unwrap_or(Timestamp::MAX));
        [look, features.again]
            .into_iter()
            .flatten()
            .chain([by_itself])
            .min()
    }
}

/// Judges the practice's integration now; `None` if there is no such practice.
fn find(tx: &mut Tx<'_>, known: &Known, forgiving: bool) -> Result<Option<Found>> {
    let id = tx.practice()?;
    let Some(practice) = practices::get(tx, id)? else {
        return Ok(None);
    };
    let before = health::get(tx)?;
    let judged = match facts::judge(tx, known, &practice, before.as_ref(), forgiving)? {
        Some(judged) => {
            let features = features::judge(tx, &judged)?;
            Some((judged, features))
        }
        None => None,
    };
    Ok(Some(Found {
        practice,
        before,
        judged,
    }))
}

/// Judges the practice's integration, and writes what has changed with all that follows.
fn judge(tx: &mut Tx<'_>, known: &Known, forgiving: bool) -> Result<()> {
    let Some(found) = find(tx, known, forgiving)? else {
        return Ok(());
    };
    let again = found.again(tx.now());
    let Found {
        practice,
        before,
        judged,
    } = found;
    let Some((judged, features)) = judged else {
        if before.is_some() {
            health::forget(tx)?;
        }
        return Ok(());
    };
    features::write(tx, &practice, &features)?;
    if let Some(again) = again {
        due::set(tx, DueKind::Health, "", again)?;
    }
    write(tx, &practice, before.as_ref(), &judged)
}

/// Writes how it does now, if that is news.
fn write(
    tx: &mut Tx<'_>,
    practice: &Practice,
    before: Option<&Health>,
    judged: &Judged,
) -> Result<()> {
    let now = tx.now();
    let (state, reasons) = (judged.assessment.state, &judged.assessment.reasons);
    let was = before.map(|before| before.state);
    if before.is_some_and(|before| before.state == state && before.reasons == *reasons) {
        return Ok(());
    }
    let troubled_before = before.is_some_and(|before| before.troubled);
    let troubled = state == State::Unhealthy || (troubled_before && state != State::Healthy);
    let since = match before {
        Some(before) if before.state == state => before.since,
        _ => now,
    };
    let health = Health {
        state,
        since,
        reasons: reasons.clone(),
        troubled,
    };
    health::put(tx, &health)?;
    // That a day's hours begin and end with all well is no news.
    if was == Some(state) || !(troubled || troubled_before) {
        return Ok(());
    }
    let change = Change {
        at: now,
        state,
        reasons: reasons.clone(),
    };
    let number = health::record(tx, &change)?;
    tell::changed(tx, practice, judged.consumer_id, &change, number)?;
    if state == State::Healthy {
        ask_for_changes(tx)?;
    }
    Ok(())
}

/// Asks for the appointments that are still to come: some may have changed while nobody told
/// (BOOK-12).
fn ask_for_changes(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    for booking in bookings::confirmed(tx, now, Timestamp::MAX, now)?.all(tx)? {
        raise::pms_appointment_changes(tx, booking.booking_id)?;
    }
    Ok(())
}

impl Hub {
    /// What judging needs beside the store.
    pub(crate) fn known(&self, after_start: bool) -> Known {
        Known {
            contacts: Arc::clone(&self.0.contacts),
            holidays: self.settings().holidays,
            after_start,
        }
    }

    /// An integration that was unhealthy, or late with a feature, has called: it is judged anew, and if that changes
    /// nothing, nothing is written (REQ-3).
    ///
    /// # Errors
    /// The store's.
    pub async fn called_again(&self, practice: PracticeId) -> Result<()> {
        let known = self.known(false);
        let to_read = known.clone();
        let found = self
            .read(practice, move |tx| find(tx, &to_read, false))
            .await?;
        if !found.is_some_and(|found| found.is_news()) {
            return Ok(());
        }
        self.write(practice, move |tx| judge(tx, &known, false))
            .await
    }

    /// An integration has answered callbacks with success, the last one at `at`, which is contact if it
    /// may poll hourly (HEALTH-1).
    pub(crate) async fn called_back(
        &self,
        practice: PracticeId,
        consumer: ConsumerId,
        at: Timestamp,
        heard: Answered,
    ) {
        if !heard.is_contact {
            return;
        }
        self.contacts().touch(practice, consumer, at, None);
        if heard.was_unhealthy
            && let Err(error) = self.called_again(practice).await
        {
            // It is judged again before long.
            tracing::warn!(%error, "an answered callback did not count as contact at once");
        }
    }
}

/// What it means that an integration has answered a callback.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    is_contact: bool,
    was_unhealthy: bool,
}

/// What it means that a consumer has answered a callback with success.
pub(crate) fn answered(tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<Answered> {
    let before = health::get(tx)?;
    Ok(Answered {
        is_contact: coverage::of(tx, consumer)?.covers,
        was_unhealthy: before.is_some_and(|before| before.state == State::Unhealthy),
    })
}
