//! The audit trail of a practice.

use crate::Result;
use crate::admin::practice;
use crate::auth::{Manages, Operator};
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::staff::Right;
use slotbridge_store::audit::{self, Entry, Wanted};
use slotbridge_store::{Listed, Tx, Window};

/// Entries, newest first, each with its note in plain; of one booking or of all.
///
/// # Errors
/// No such practice.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    booking: Option<BookingId>,
    window: Window,
) -> Result<Listed<(Entry, Option<String>)>> {
    // Of the whole practice it also says what others on its staff do.
    let right = match booking {
        Some(_) => Right::Bookings,
        None => Right::Settings,
    };
    practice(tx, who, right, id)?;
    let page = audit::list(tx, booking, window)?;
    let opened = |entry: Entry| {
        let note = match &entry.note {
            Some(note) => Some(tx.practice_key()?.open(audit::NOTE, note)?),
            None => None,
        };
        let note = note.map(|note| String::from_utf8_lossy(&note).into_owned());
        Ok((entry, note))
    };
    let entries = page
        .entries
        .into_iter()
        .map(opened)
        .collect::<Result<_>>()?;
    Ok(Listed {
        entries,
        total: page.total,
    })
}

/// How many entries of the trail one search goes through.
const STRETCH: i64 = 50_000;

/// A stretch of the trail, as far as it was gone through.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// What was found, newest first, each note still sealed.
    pub entries: Vec<Entry>,
    /// The number before which to go on; `None`: that was all.
    pub before: Option<i64>,
}

/// Looks for entries, from the newest or from before a number on, until `limit` are found or as many
/// are gone through as one search may.
///
/// # Errors
/// No such practice.
pub fn search(
    tx: &mut Tx<'_>,
    operator: &Operator,
    id: PracticeId,
    wanted: &Wanted,
    before: Option<i64>,
    limit: i64,
) -> Result<Stretch> {
    practice(tx, operator, Right::Settings, id)?;
    let last = audit::last(tx)?;
    let up_to = before.map_or(last, |before| last.min(before.saturating_sub(1)));
    let above = up_to.saturating_sub(STRETCH).max(0);
    let mut entries = audit::search(tx, wanted, (above, up_to), limit.saturating_add(1))?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_cut = entries.len() > most;
    entries.truncate(most);
    let before = if is_cut {
        entries.last().map(|entry| entry.audit_id)
    } else {
        (above > 0).then_some(above + 1)
    };
    Ok(Stretch { entries, before })
}
