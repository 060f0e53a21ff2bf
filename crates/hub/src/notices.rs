//! What patients are told of their bookings: confirmed, rejected, or cancelled by the practice or
//! its PMS (BOOK-9). By mail, in calm words, and without saying whom they see or what for: others
//! may read it.

use crate::notify::About;
use crate::outgoing::{Channel, Message};
use crate::person::person_of;
use crate::{Result, notify, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_domain::booking::Status;
use slotbridge_domain::outcome::Canceller;
use slotbridge_store::Tx;
use slotbridge_store::bookings::Booking;
use slotbridge_store::practices::{self, Practice};

/// Tells the patient of a booking whose status has just changed. Whoever cancels themselves is not
/// told.
pub(crate) fn tell(tx: &mut Tx<'_>, booking: &Booking, by: Canceller) -> Result<()> {
    let is_told = match booking.life.status {
        Status::Confirmed | Status::Rejected => true,
        Status::Cancelled => by != Canceller::Patient,
        Status::Requested => false,
    };
    if !is_told {
        return Ok(());
    }
    let practice = tx.practice()?;
    match practices::get(tx, practice)? {
        Some(practice) => tell_by(tx, &practice, booking),
        None => Ok(()),
    }
}

/// The same by a practice that the transaction has read, whoever it was.
pub(crate) fn tell_by(tx: &mut Tx<'_>, practice: &Practice, booking: &Booking) -> Result<()> {
    let (kind, said): (_, fn(&Practice, &str) -> Said) = match booking.life.status {
        Status::Confirmed => ("bookingConfirmed", confirmed),
        Status::Rejected => ("bookingRejected", rejected),
        Status::Cancelled => ("bookingCancelled", cancelled),
        Status::Requested => return Ok(()),
    };
    let Some(person) = person_of(tx, booking)? else {
        return Ok(());
    };
    let Said { subject, text } = said(practice, &when(&zone::of(practice)?, booking.start));
    let message = Message {
        channel: Channel::Mail,
        to: person.email,
        subject,
        text,
    };
    let about = About {
        kind,
        subject: booking.booking_id.to_string(),
        booking_id: Some(booking.booking_id),
        links: vec![booking.booking_id],
    };
    notify::queue_of(tx, booking, &about, &message)
}

/// The words of a mail.
struct Said {
    subject: String,
    text: String,
}

/// An instant as people say it, in practice time: `Tuesday 24 November 2026 at 9:00 am`.
pub(crate) fn when(zone: &TimeZone, at: Timestamp) -> String {
    zone::local(zone, at)
        .strftime("%A %-d %B %Y at %-I:%M %P")
        .to_string()
}

/// How the practice is called, if its phone is known.
pub(crate) fn call(practice: &Practice) -> String {
    match &practice.phone {
        Some(phone) => format!("call {} on {phone}", practice.name),
        None => format!("call {}", practice.name),
    }
}

/// Where the practice is, as far as that is known.
pub(crate) fn address(practice: &Practice) -> Option<String> {
    let parts = [&practice.address, &practice.suburb, &practice.postcode];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The same as a line, or nothing.
fn place(practice: &Practice) -> String {
    address(practice).map_or_else(String::new, |address| format!("{address}\n"))
}

fn confirmed(practice: &Practice, when: &str) -> Said {
    let (name, call, place) = (&practice.name, call(practice), place(practice));
    Said {
        subject: format!("Your appointment at {name}"),
        text: format!(
            "Your appointment is confirmed.\n\n{when}\n{name}\n{place}\nIf you cannot come, \
             please cancel where you booked, or {call}.\n"
        ),
    }
}

fn rejected(practice: &Practice, when: &str) -> Said {
    let (name, call) = (&practice.name, call(practice));
    Said {
        subject: format!("Your booking at {name} could not be made"),
        text: format!(
            "We are sorry: {name} could not take your booking for {when}. Nothing is booked for \
             you.\n\nPlease choose another time where you booked, or {call}.\n"
        ),
    }
}

fn cancelled(practice: &Practice, when: &str) -> Said {
    let (name, call) = (&practice.name, call(practice));
    Said {
        subject: format!("Your appointment at {name} was cancelled"),
        text: format!(
            "We are sorry: {name} has cancelled your appointment on {when}.\n\nTo find another \
             time, or if you have questions, please {call}.\n"
        ),
    }
}
