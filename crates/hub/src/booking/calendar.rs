//! A booking as an entry of the patient's calendar (RFC 5545). In calm words, and without saying
//! whom they see or what for: calendars are shared.

use crate::Result;
use crate::auth::Patient;
use crate::booking::get;
use crate::notices;
use slotbridge_domain::booking::Status;
use slotbridge_domain::calendar::{Entry, Standing};
use slotbridge_store::Tx;

/// The calendar file of a booking.
///
/// # Errors
/// The store's.
pub fn calendar(tx: &mut Tx<'_>, patient: Patient) -> Result<String> {
    let page = get::get(tx, patient)?;
    let booking = &page.booking;
    let standing = match booking.life.status {
        Status::Requested => Standing::Tentative,
        Status::Confirmed => Standing::Confirmed,
        Status::Rejected | Status::Cancelled => Standing::Cancelled,
    };
    let link = page.telehealth_link();
    let mut description = String::new();
    if let Some(link) = link {
        description.push_str(&format!("Join online: {link}\n"));
    }
    description.push_str(&format!(
        "If you cannot come, please cancel where you booked, or {}.",
        notices::call(&page.practice)
    ));
    let entry = Entry {
        uid: format!("booking-{}@slotbridge", booking.booking_id),
        written_at: tx.now(),
        start: booking.start,
        end: booking.end,
        standing,
        summary: format!("Appointment at {}", page.practice.name),
        location: link.map_or_else(
            || notices::address(&page.practice),
            |_| Some("Online".into()),
        ),
        url: link.map(str::to_owned),
        description,
    };
    Ok(entry.to_file())
}
