//! What needs staff's attention, each with its booking.

use crate::Result;
use crate::admin::practice;
use crate::auth::Manages;
use jiff::Timestamp;
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::staff::Right;
use slotbridge_store::{Tx, Window, alerts, bookings};

/// Something that needs attention.
#[derive(Clone, Debug)]
pub struct Item {
    /// What: `notInPms`, `lateRejection`, `idsReplaced`, `updateRejected`.
    pub kind: &'static str,
    /// The booking.
    pub booking_id: BookingId,
    /// Since when.
    pub since: Timestamp,
}

/// The most bookings not yet in the PMS that are listed.
const MOST: Window = Window {
    limit: 1000,
    offset: 0,
};

/// All that needs attention, oldest first.
///
/// # Errors
/// No such practice.
pub fn list(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Vec<Item>> {
    practice(tx, who, Right::Bookings, id)?;
    let now = tx.now();
    // It stands for the patient, and the PMS has not said a word (BOOK-3).
    let waiting = bookings::outstanding(tx, RequestType::Bookings, MOST)?;
    let waiting = waiting
        .into_iter()
        .filter(|b| b.life.at(now).status == Status::Confirmed);
    let mut items: Vec<Item> = waiting
        .map(|booking| Item {
            kind: "notInPms",
            booking_id: booking.booking_id,
            since: booking.life.decided_by(),
        })
        .collect();
    items.extend(alerts::list(tx)?.into_iter().map(|raised| Item {
        kind: raised.alert.as_str(),
        booking_id: raised.booking_id,
        since: raised.raised_at,
    }));
    items.sort_by_key(|item| (item.since, item.booking_id));
    Ok(items)
}
