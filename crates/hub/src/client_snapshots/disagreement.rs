//! Where a client snapshot contradicts a booking of ours, the PMS is asked what became of it; the
//! snapshot itself changes no booking (SNAP-3).

use super::content::{Appointment, AppointmentStatus, Content};
use crate::person::pms_record_of;
use crate::{Result, raise, zone};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use slotbridge_domain::booking::{Attendance, PmsAnswer, Status};
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::requests::Target;
use slotbridge_store::{Tx, Window};
use std::collections::HashMap;

/// The most bookings that one snapshot is held against.
const MOST: i64 = 10_000;

/// Asks about every booking that the snapshot contradicts.
pub(crate) fn ask(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    date: Date,
    date_type: DateType,
    content: &Content,
) -> Result<()> {
    let mut by_id: HashMap<&str, Vec<&Appointment>> = HashMap::new();
    for appointment in &content.appointments {
        by_id.entry(&appointment.id).or_default().push(appointment);
    }
    let Some((first, last)) = days(date, date_type, content) else {
        return Ok(());
    };
    let window = Window {
        limit: MOST,
        offset: 0,
    };
    let (from, to) = (zone::day_start(zone, first), zone::day_end(zone, last));
    for booking in bookings::by_start(tx, from, to, window)?.entries {
        let life = booking.life;
        if life.status != Status::Confirmed || life.pms_answer != PmsAnswer::Confirmed {
            continue;
        }
        let ids = pms_record_of(tx, &booking)?
            .unwrap_or_default()
            .pms_appointment_ids;
        if ids.is_empty() {
            continue;
        }
        let found: Vec<&Appointment> = ids
            .iter()
            .filter_map(|id| by_id.get(id.as_str()))
            .flatten()
            .copied()
            .collect();
        let start = zone::local(zone, booking.start);
        // Only a snapshot of the booking's own day can miss it.
        let misses = date_type == DateType::Appointment && start.date() == date;
        if contradicts(&booking, start, &found, misses) {
            let target = Target::Booking(booking.booking_id);
            raise::request(tx, RequestType::PmsAppointmentChanges, &target)?;
        }
    }
    Ok(())
}

/// The days whose bookings the snapshot speaks of.
fn days(date: Date, date_type: DateType, content: &Content) -> Option<(Date, Date)> {
    if date_type == DateType::Appointment {
        return Some((date, date));
    }
    let days = || content.appointments.iter().map(|one| one.start.date());
    Some((days().min()?, days().max()?))
}

fn contradicts(booking: &Booking, start: DateTime, found: &[&Appointment], misses: bool) -> bool {
    if found.is_empty() {
        return misses;
    }
    let standing = || {
        found
            .iter()
            .filter(|one| one.status != AppointmentStatus::Cancelled)
    };
    // All cancelled, or moved.
    if standing().map(|one| one.start).min() != Some(start) {
        return true;
    }
    standing().any(|one| one.status == AppointmentStatus::DidNotAttend)
        && booking.life.attendance != Some(Attendance::DidNotAttend)
}
