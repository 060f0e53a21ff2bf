//! `GET /requests/bookings` (BOOK-1): the bookings that the PMS has not answered.
//!
//! A booking that is cancelled later reaches the PMS only if it was handed out before (BOOK-7),
//! so handing one out for the first time is written down before the answer goes out. A page on
//! which nothing is new writes nothing.

use crate::auth::Consented;
use crate::person::{Person, PmsRecord, person_of, pms_record_of};
use crate::{Hub, Result};
use slotbridge_domain::booking::Life;
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::{Listed, Tx, Window, pms_resources, requests};
use std::collections::HashSet;

/// A booking to be inserted.
#[derive(Clone, Debug)]
pub struct BookingInsert {
    /// The booking.
    pub booking: Booking,
    /// Its patient; `None` once erased.
    pub person: Option<Person>,
    /// What the PMS has said of it, if it has.
    pub pms_record: PmsRecord,
    /// Whether its resource is (still) known (BOOK-6).
    pub resource_is_live: bool,
}

/// A page of the list.
///
/// # Errors
/// The store's.
pub async fn list(hub: &Hub, caller: &Consented, window: Window) -> Result<Listed<BookingInsert>> {
    let practice = caller.practice_id();
    let page = hub.read(practice, move |tx| read(tx, window)).await?;
    if page
        .entries
        .iter()
        .all(|entry| entry.booking.life.handed_out)
    {
        return Ok(page);
    }
    // What was cancelled since is not on the page any more, and so not handed out.
    hub.write(practice, move |tx| {
        let mut page = read(tx, window)?;
        for entry in &mut page.entries {
            let booking = &mut entry.booking;
            if !booking.life.handed_out {
                booking.life = Life {
                    handed_out: true,
                    ..booking.life
                };
                bookings::set_life(tx, booking.booking_id, &booking.life)?;
            }
        }
        Ok(page)
    })
    .await
}

fn read(tx: &mut Tx<'_>, window: Window) -> Result<Listed<BookingInsert>> {
    let total = requests::count(tx, RequestType::Bookings)?;
    let found = bookings::outstanding(tx, RequestType::Bookings, window)?;
    let live: HashSet<String> = if found.is_empty() {
        HashSet::new()
    } else {
        let resources = pms_resources::list(tx)?;
        resources
            .into_iter()
            .filter(|r| r.live)
            .map(|r| r.pms_resource_id)
            .collect()
    };
    let entries = found
        .into_iter()
        .map(|booking| {
            Ok(BookingInsert {
                person: person_of(tx, &booking)?,
                pms_record: pms_record_of(tx, &booking)?.unwrap_or_default(),
                resource_is_live: live.contains(&booking.pms_resource_id),
                booking,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Listed { entries, total })
}
