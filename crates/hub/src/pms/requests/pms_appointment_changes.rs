//! `GET /requests/pmsAppointmentChanges` (BOOK-12): the bookings whose appointments may have
//! changed in the PMS.

use crate::Result;
use crate::person::{PmsRecord, pms_record_of};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Listed, Tx, Window, bookings, requests};

/// A booking that is asked for.
#[derive(Clone, Debug)]
pub struct AskedFor {
    /// The booking.
    pub booking_id: BookingId,
    /// What the PMS has said of it.
    pub pms_record: PmsRecord,
}

/// A page of the list.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<AskedFor>> {
    let kind = RequestType::PmsAppointmentChanges;
    let total = requests::count(tx, kind)?;
    let entries = bookings::outstanding(tx, kind, window)?
        .into_iter()
        .map(|booking| {
            Ok(AskedFor {
                booking_id: booking.booking_id,
                pms_record: pms_record_of(tx, &booking)?.unwrap_or_default(),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Listed { entries, total })
}
