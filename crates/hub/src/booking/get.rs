//! A booking as its patient sees it.

use crate::auth::Patient;
use crate::booking::{alternatives, slots::BookableSlot};
use crate::person::{PmsRecord, pms_record_of};
use crate::{Error, Result, zone};
use jiff::tz::TimeZone;
use slotbridge_domain::booking::{Attendance, Status};
use slotbridge_store::Tx;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::practices::{self, Practice};

/// A booking with what its page needs.
#[derive(Clone, Debug)]
pub struct BookingPage {
    /// The booking, as the clock has it.
    pub booking: Booking,
    /// The practice.
    pub practice: Practice,
    /// Its zone.
    pub zone: TimeZone,
    /// What the PMS said, for the telehealth link.
    pub pms_record: PmsRecord,
    /// Other times, after a rejection.
    pub alternatives: Vec<BookableSlot>,
}

/// Whether a text may be shown as a link (BOOK-4).
fn is_link(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

impl BookingPage {
    /// Where the patient joins a telehealth consultation, if that is a link (BOOK-4).
    #[must_use]
    pub fn telehealth_link(&self) -> Option<&str> {
        let link = self.pms_record.patient_appointment_link.as_deref();
        link.filter(|text| is_link(text))
    }

    /// The word for where it stands.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match (self.booking.life.status, self.booking.life.attendance) {
            (Status::Confirmed, Some(Attendance::DidNotAttend)) => {
                Attendance::DidNotAttend.as_str()
            }
            (status, _) => status.as_str(),
        }
    }
}

/// The booking of a patient.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, patient: Patient) -> Result<BookingPage> {
    let id = patient.booking_id();
    let mut booking = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    booking.life = booking.life.at(tx.now());
    let practice = practices::get(tx, id.practice())?.ok_or(Error::NotFound("booking"))?;
    let zone = zone::of(&practice)?;
    let alternatives =
        if booking.life.status == Status::Rejected && practice.deactivated_at.is_none() {
            alternatives::find(
                tx,
                practice.practice_id,
                &zone,
                booking.practitioner_id,
                booking.appointment_type_id,
                booking.start,
            )?
        } else {
            Vec::new()
        };
    let pms_record = pms_record_of(tx, &booking)?.unwrap_or_default();
    Ok(BookingPage {
        booking,
        practice,
        zone,
        pms_record,
        alternatives,
    })
}
