//! Destroying what is personal. The rows stay, with their times and statuses; the keys of what is
//! sealed are gone, and what was sealed with them.

use crate::{Result, content};
use slotbridge_domain::ids::BookingId;
use slotbridge_store::{
    Tx, attachments, audit, bookings, client_snapshots, documents, messages, requests,
};

/// Destroys a booking's person and all that hangs on it. Nothing is asked about it any more.
pub(crate) fn booking(tx: &mut Tx<'_>, id: BookingId) -> Result<()> {
    bookings::erase(tx, id)?;
    documents(tx, Some(id))?;
    audit::forget_notes(tx, Some(id))?;
    messages::forget(tx, Some(id))?;
    requests::close(tx, Some(id))?;
    Ok(())
}

/// Destroys all that is personal at the practice; says of how many bookings.
pub(crate) fn practice(tx: &mut Tx<'_>) -> Result<u64> {
    let count = bookings::erase_all(tx)?;
    documents(tx, None)?;
    audit::forget_notes(tx, None)?;
    messages::forget(tx, None)?;
    client_snapshots::forget(tx)?;
    requests::close(tx, None)?;
    Ok(count)
}

/// Forgets the documents of a booking or of all, and lets their content go.
fn documents(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let mut objects = documents::erase(tx, booking)?;
    objects.extend(attachments::erase(tx, booking)?);
    for object in objects {
        content::drop_object(tx, &object)?;
    }
    Ok(())
}
