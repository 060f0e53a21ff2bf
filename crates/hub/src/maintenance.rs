//! Maintenance: while it lasts, patients, practices and integrations are told to come back later.
//! Operators still get in, due work goes on, and nobody is called back or judged: who is sent away
//! cannot answer.
//!
//! It is one row of the settings, so that it outlives restarts and holds on every node; each looks
//! again when anything was written that belongs to no practice.

use crate::auth::Operator;
use crate::{Error, Hub, Result};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use slotbridge_store::{Stamp, StoreError, Tx, settings};
use std::sync::Arc;

/// The setting.
const NAME: &str = "maintenance";
/// The most that can be announced, in minutes: a week.
pub const LONGEST_MINUTES: i64 = 7 * 24 * 60;
/// The longest message, in characters.
pub const LONGEST_MESSAGE: usize = 255;
/// How many seconds callers are told to wait: at least, if the end is not known, and at most.
const WAIT: [i64; 3] = [5, 60, 3600];

/// A maintenance that is in force, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Since when.
    pub since: Timestamp,
    /// When it is expected to be over.
    pub until: Option<Timestamp>,
    /// What whoever is sent away may read.
    pub message: Option<String>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// What is announced.
#[derive(Clone, Debug, Default)]
pub struct Announced {
    /// In how many minutes it is expected to be over.
    pub for_minutes: Option<i64>,
    /// What whoever is sent away may read.
    pub message: Option<String>,
}

impl Maintenance {
    /// In how many seconds to come back.
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> u64 {
        let [least, unknown, most] = WAIT;
        let left = self.until.map(|until| until.duration_since(now).as_secs());
        let wait = left.map_or(unknown, |left| left.clamp(least, most));
        u64::try_from(wait).unwrap_or_default()
    }
}

/// What a node knows of it.
#[derive(Default)]
pub(crate) struct Announcement(Mutex<Option<(Stamp, Option<Arc<Maintenance>>)>>);

/// The last one, over or not.
fn last(tx: &mut Tx<'_>) -> Result<Option<Maintenance>> {
    let Some(text) = settings::get(tx, NAME)? else {
        return Ok(None);
    };
    let read = serde_json::from_str(&text);
    Ok(Some(read.map_err(|_| {
        StoreError::Corrupt("a maintenance that is not in its form")
    })?))
}

fn write(tx: &mut Tx<'_>, maintenance: &Maintenance) -> Result<()> {
    let text = serde_json::to_string(maintenance);
    let text = text.map_err(|_| StoreError::Corrupt("a maintenance that cannot be written"))?;
    Ok(settings::set(tx, NAME, &text)?)
}

/// From when on an integration's silence is its own: now, while it is sent away; always, if it
/// never was.
pub(crate) fn heard_since(tx: &mut Tx<'_>) -> Result<Timestamp> {
    let (last, now) = (last(tx)?, tx.now());
    Ok(last.map_or(Timestamp::MIN, |last| last.ended_at.unwrap_or(now)))
}

impl Hub {
    /// The maintenance in force. A node that has no store to ask goes by what it last knew.
    pub async fn maintenance(&self) -> Option<Arc<Maintenance>> {
        let known = &self.0.announcement.0;
        let stamp = self.store().stamp_of_all();
        if let Some((then, maintenance)) = &*known.lock()
            && stamp == Some(*then)
        {
            return maintenance.clone();
        }
        let in_force = |last: Option<Maintenance>| last.filter(|last| last.ended_at.is_none());
        match self.read_global(last).await {
            Ok(last) => {
                let maintenance = in_force(last).map(Arc::new);
                if let Some(stamp) = stamp {
                    *known.lock() = Some((stamp, maintenance.clone()));
                }
                maintenance
            }
            Err(error) => {
                if !error.is_away() {
                    tracing::error!(%error, "whether there is maintenance could not be read");
                }
                known.lock().as_ref().and_then(|(_, last)| last.clone())
            }
        }
    }

    /// Begins maintenance, or changes what is announced of the one in force.
    ///
    /// # Errors
    /// Fields are wrong.
    pub async fn announce_maintenance(
        &self,
        operator: &Operator,
        announced: Announced,
    ) -> Result<Maintenance> {
        let Announced {
            for_minutes,
            message,
        } = announced;
        if for_minutes.is_some_and(|minutes| !(1..=LONGEST_MINUTES).contains(&minutes)) {
            let text = format!("must be between 1 and {LONGEST_MINUTES}");
            return Err(Error::field("forMinutes", text));
        }
        let message = message.map(|text| text.trim().to_owned());
        let message = message.filter(|text| !text.is_empty());
        if message
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_MESSAGE)
        {
            let text = format!("must have at most {LONGEST_MESSAGE} characters");
            return Err(Error::field("message", text));
        }
        let written = self
            .write_global(move |tx| {
                let now = tx.now();
                let in_force = last(tx)?.filter(|last| last.ended_at.is_none());
                let maintenance = Maintenance {
                    since: in_force.map_or(now, |last| last.since),
                    until: for_minutes.and_then(|minutes| {
                        now.checked_add(SignedDuration::from_mins(minutes)).ok()
                    }),
                    message: message.clone(),
                    ended_at: None,
                };
                write(tx, &maintenance)?;
                Ok(maintenance)
            })
            .await?;
        tracing::warn!(operator = operator.token_id(), "maintenance is in force");
        Ok(written)
    }

    /// Ends it; nothing happens if there is none.
    ///
    /// # Errors
    /// The store's.
    pub async fn end_maintenance(&self, operator: &Operator) -> Result<()> {
        let ended = self
            .write_global(|tx| {
                let in_force = last(tx)?.filter(|last| last.ended_at.is_none());
                let Some(last) = in_force else {
                    return Ok(false);
                };
                let ended_at = Some(tx.now());
                write(tx, &Maintenance { ended_at, ..last })?;
                Ok(true)
            })
            .await?;
        if ended {
            tracing::warn!(operator = operator.token_id(), "maintenance is over");
        }
        Ok(())
    }
}
