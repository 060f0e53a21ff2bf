//! What an integration is judged by.

use super::coverage;
use crate::contacts::Contacts;
use crate::pms::config::liveness_contract;
use crate::{Result, maintenance, zone};
use jiff::Timestamp;
use slotbridge_domain::health::{Assessment, Facts, LiveTime, State, assess};
use slotbridge_domain::holidays::Holidays;
use slotbridge_domain::ids::ConsumerId;
use slotbridge_store::health::{self, Health};
use slotbridge_store::practices::Practice;
use slotbridge_store::{Tx, consents, contacts, practice_holidays};
use std::collections::HashSet;
use std::sync::Arc;

/// What is known beside the store. It holds no hub: it goes into transactions, and the thread that
/// runs them must not be the one that closes the store.
#[derive(Clone)]
pub struct Known {
    /// When this node was called.
    pub(super) contacts: Arc<Contacts>,
    /// The public holidays of the states.
    pub(super) holidays: &'static Holidays,
    /// Whether this node is doing what fell due before it started.
    pub(super) after_start: bool,
}

/// A judgement.
#[derive(Debug)]
pub(super) struct Judged {
    /// Whose integration.
    pub(super) consumer_id: ConsumerId,
    /// The judgement.
    pub(super) assessment: Assessment,
}

/// Judges the practice's integration now; `None` if it has none. A forgiving judgement takes what
/// has waited as if it did from now on, unless it was found wanting before.
pub(super) fn judge(
    tx: &mut Tx<'_>,
    known: &Known,
    practice: &Practice,
    before: Option<&Health>,
    forgiving: bool,
) -> Result<Option<Judged>> {
    let consent = consents::live(tx)?.filter(|_| practice.deactivated_at.is_none());
    let Some(consent) = consent else {
        return Ok(None);
    };
    let (now, consumer_id) = (tx.now(), consent.consumer_id);
    let was_wanting = before.is_some_and(|before| before.state == State::Unhealthy);
    let heard_since = match (was_wanting, forgiving) {
        (true, _) => Timestamp::MIN,
        (false, true) => now,
        (false, false) => maintenance::heard_since(tx)?,
    };
    let since = |since: Timestamp| since.max(heard_since);
    let written = contacts::list(tx)?;
    let written = written.iter().find(|one| one.consumer_id == consumer_id);
    let last_contact = [
        written.map(|written| written.last_contact_at),
        known.contacts.last(practice.practice_id, consumer_id),
    ]
    .into_iter()
    .flatten()
    .fold(consent.granted_at, Timestamp::max);
    let coverage = coverage::of(tx, consumer_id)?;
    let waiting = health::waiting(tx, now)?;
    let begins = waiting.iter().filter_map(|(_, _, begins)| *begins);
    let facts = Facts {
        last_contact: since(last_contact),
        called_back: coverage.covers,
        until: begins.chain(coverage.until).min(),
        waiting: waiting
            .iter()
            .map(|(kind, waits, _)| (*kind, since(*waits)))
            .collect(),
    };
    let contract = liveness_contract::get(tx)?;
    let zone = zone::of(practice)?;
    let own = practice_holidays::list(tx)?.into_iter();
    let own: HashSet<String> = own.map(|holiday| holiday.day).collect();
    let state = practice.state.as_deref();
    let is_public_holiday = |day: jiff::civil::Date| {
        state.is_some_and(|state| known.holidays.is_one(day, state))
            || (!own.is_empty() && own.contains(&day.to_string()))
    };
    let live = LiveTime {
        contract: &contract,
        zone: &zone,
        is_public_holiday: &is_public_holiday,
    };
    Ok(Some(Judged {
        consumer_id,
        assessment: assess(&live, &facts, now),
    }))
}
