//! `GET /requests/availableDocuments` (DOC-1): the bookings whose documents are wanted.
//!
//! Whatever list of documents the consumer sends next answers all that it has seen here, so what is
//! handed out for the first time is written down before the answer goes out, as with bookings.

use super::of_feature;
use crate::auth::Consented;
use crate::person::{PmsRecord, pms_record_of};
use crate::{Hub, Result};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{self, Request};
use slotbridge_store::{Listed, Tx, Window, bookings};

/// A booking whose documents are wanted.
#[derive(Clone, Debug)]
pub struct BookingAsked {
    /// The booking.
    pub booking_id: BookingId,
    /// What the PMS has said of it.
    pub pms_record: PmsRecord,
}

/// A page of the list.
///
/// # Errors
/// The store's.
pub async fn list(hub: &Hub, caller: &Consented, window: Window) -> Result<Listed<BookingAsked>> {
    let (practice, consumer) = (caller.practice_id(), caller.consumer_id());
    let reader = {
        let caller = caller.clone();
        move |tx: &mut Tx<'_>| read(tx, &caller, window)
    };
    let (asked, page) = hub.read(practice, reader.clone()).await?;
    let seen = move |request: &Request| request.handed_out_to == Some(consumer);
    if asked.iter().all(seen) {
        return Ok(page);
    }
    hub.write(practice, move |tx| {
        let (asked, page) = reader(tx)?;
        for request in asked.iter().filter(|request| !seen(request)) {
            requests::hand_out(tx, request.request_id, consumer)?;
        }
        Ok(page)
    })
    .await
}

fn read(
    tx: &mut Tx<'_>,
    caller: &Consented,
    window: Window,
) -> Result<(Vec<Request>, Listed<BookingAsked>)> {
    let kind = RequestType::AvailableDocuments;
    let page = of_feature(tx, caller, Feature::Documents, kind, window)?;
    let found = if page.entries.is_empty() {
        Vec::new()
    } else {
        // The same requests in the same order.
        bookings::outstanding(tx, kind, window)?
    };
    let entries = found
        .into_iter()
        .map(|booking| {
            Ok(BookingAsked {
                booking_id: booking.booking_id,
                pms_record: pms_record_of(tx, &booking)?.unwrap_or_default(),
            })
        })
        .collect::<Result<_>>()?;
    let total = page.total;
    Ok((page.entries, Listed { entries, total }))
}
