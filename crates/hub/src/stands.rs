//! Bookings whose 20 seconds are over (BOOK-3). That one stands ends nothing that is remembered of its
//! practice, so those of many practices stand in one transaction.

use crate::{Result, life};
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_store::due::{self, Due};
use slotbridge_store::{Tx, bookings, practices};
use std::collections::BTreeMap;

/// Lets the bookings of due rows stand, of [`AT_ONCE`](slotbridge_store::AT_ONCE) at most. The rows that are
/// left: somebody writes for their practices.
pub(crate) fn all(tx: &mut Tx<'_>, rows: &[Due]) -> Result<Vec<Due>> {
    let mut practices: Vec<PracticeId> = rows.iter().map(|row| row.practice_id).collect();
    practices.sort_unstable();
    practices.dedup();
    let turns = tx.take_turns(&practices)?;
    let mut asked = Vec::new();
    for practice in &turns {
        asked.push((*practice, practices::ask(tx, *practice)?));
    }
    let (due, left): (Vec<&Due>, Vec<&Due>) = rows
        .iter()
        .partition(|row| turns.contains(&row.practice_id));
    let mut stand = Vec::new();
    for row in due {
        let practice = row.practice_id;
        tx.within(practice, |tx| due::cancel(tx, row.kind, &row.target))?;
        if let Some(id) = row.target.parse().ok().and_then(BookingId::new) {
            stand.push((practice, tx.within(practice, |tx| bookings::ask(tx, id))?));
        }
    }
    let mut practices = BTreeMap::new();
    for (id, practice) in asked {
        practices.extend(practice.first(tx)?.map(|practice| (id, practice)));
    }
    for (id, booking) in stand {
        // Whether there is still something to decide, it says itself.
        if let (Some(mut booking), Some(practice)) = (booking.first(tx)?, practices.get(&id)) {
            tx.within(id, |tx| life::stand_at(tx, practice, &mut booking))?;
        }
    }
    Ok(left.into_iter().cloned().collect())
}
