//! `POST /documents/available` (DOC-1): which documents the PMS has for bookings.

use crate::auth::Consented;
use crate::documents::{self, Details};
use crate::pms::must_have;
use crate::{Context, Error, Fault, Result};
use serde_json::json;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::{Tx, requests};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What the PMS says of one document. The booking is as it was sent.
#[derive(Clone, Debug)]
pub struct Available {
    /// The booking.
    pub booking_id: i64,
    /// What is said of it.
    pub details: Details,
}

/// Takes what the PMS says, of the same document the last word. It answers the requests of the
/// bookings that it names, and those that this consumer has seen in a list: a booking without
/// documents has no other way to be answered.
///
/// # Errors
/// The feature is off; a booking is not there (any more): each is named, and nothing is stored.
pub fn available(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    documents: &[Available],
) -> Result<()> {
    must_have(tx, caller, Feature::Documents)?;
    let mut bookings: BTreeMap<i64, Option<Booking>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        let id = document.booking_id;
        let booking = match bookings.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(find(tx, caller, id)?),
        };
        if booking.is_none() {
            let field = format!("[{at}].bookingId");
            faults.push(Fault::new(field, "is no booking of this practice"));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut news: BTreeMap<BookingId, u32> = BTreeMap::new();
    for document in documents {
        if let Some(Some(booking)) = bookings.get(&document.booking_id)
            && documents::upsert(tx, booking, &document.details)?
        {
            *news.entry(booking.booking_id).or_default() += 1;
        }
    }
    for (booking, documents) in news {
        let detail = json!({"documents": documents});
        context.record(tx, "documentsAvailable", Some(booking), &detail, None)?;
    }
    let consumer = caller.consumer_id();
    for booking in bookings.values().flatten() {
        requests::resolve_available_documents(tx, consumer, Some(booking.booking_id))?;
    }
    Ok(requests::resolve_available_documents(tx, consumer, None)?)
}

/// The booking of that id, if it is this practice's and was not erased.
fn find(tx: &mut Tx<'_>, caller: &Consented, id: i64) -> Result<Option<Booking>> {
    let id = BookingId::new(id).filter(|id| id.practice() == caller.practice_id());
    let Some(id) = id else { return Ok(None) };
    Ok(bookings::get(tx, id)?.filter(|booking| booking.data_key.is_some()))
}
