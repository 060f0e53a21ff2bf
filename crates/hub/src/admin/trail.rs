//! The audit trail of a practice.

use crate::Result;
use crate::admin::practice;
use crate::auth::Manages;
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::staff::Right;
use slotbridge_store::audit::{self, Entry};
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
