//! Destroying what is personal. The rows stay, with their times and statuses; the keys of what is
//! sealed are gone, and what was sealed with them.

use crate::Result;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::{Tx, audit, bookings, client_snapshots, messages, requests};

/// Destroys a booking's person and all that hangs on it. Nothing is asked about it any more.
pub(crate) fn booking(tx: &mut Tx<'_>, id: BookingId) -> Result<()> {
    bookings::erase(tx, id)?;
    audit::forget_notes(tx, Some(id))?;
    messages::forget(tx, Some(id))?;
    requests::close(tx, Some(id))?;
    Ok(())
}

/// Destroys all that is personal at the practice; says of how many bookings.
pub(crate) fn practice(tx: &mut Tx<'_>) -> Result<u64> {
    let count = bookings::erase_all(tx)?;
    audit::forget_notes(tx, None)?;
    messages::forget(tx, None)?;
    client_snapshots::forget(tx)?;
    requests::close(tx, None)?;
    Ok(count)
}
