//! `GET /requests/bookingUpdates` (BOOK-8): the cancellations that the PMS has not answered.

use crate::Result;
use crate::person::{PmsRecord, pms_record_of};
use jiff::Timestamp;
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::{BookingId, RequestId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Listed, Tx, Window, bookings, requests};

/// A cancellation to be taken note of.
#[derive(Clone, Debug)]
pub struct BookingUpdate {
    /// The request.
    pub request_id: RequestId,
    /// The booking.
    pub booking_id: BookingId,
    /// What the PMS has said of it.
    pub pms_record: PmsRecord,
    /// When the update was raised.
    pub updated_at: Timestamp,
    /// Where the booking stands.
    pub status: Status,
}

/// A page of the list.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<BookingUpdate>> {
    let page = requests::list(tx, RequestType::BookingUpdates, window)?;
    // The same requests in the same order.
    let found = bookings::outstanding(tx, RequestType::BookingUpdates, window)?;
    let entries = page
        .entries
        .into_iter()
        .zip(found)
        .map(|(request, booking)| {
            Ok(BookingUpdate {
                request_id: request.request_id,
                booking_id: booking.booking_id,
                pms_record: pms_record_of(tx, &booking)?.unwrap_or_default(),
                updated_at: request.created_at,
                status: booking.life.status,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Listed {
        entries,
        total: page.total,
    })
}
