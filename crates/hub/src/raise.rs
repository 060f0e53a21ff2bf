//! Raising requests. Whatever follows from a request being raised is written here, in the same
//! transaction; nothing else of the hub writes one.

use crate::{Result, health, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_domain::ids::{BookingId, RequestId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, bookings, deliveries, pms_resources};

/// Raises a request, or gives the one that is outstanding already (REQ-2). The flag says whether it
/// is new.
pub(crate) fn request(
    tx: &mut Tx<'_>,
    kind: RequestType,
    target: &Target,
) -> Result<(RequestId, bool)> {
    let (id, new) = requests::raise(tx, kind, target)?;
    if new {
        follow(tx, id, kind)?;
    }
    Ok((id, new))
}

/// Raises a request that cannot be outstanding yet, under a number taken before.
pub(crate) fn new_request(
    tx: &mut Tx<'_>,
    id: RequestId,
    kind: RequestType,
    target: &Target,
) -> Result<()> {
    requests::insert(tx, id, kind, target)?;
    follow(tx, id, kind)
}

/// What follows from a request being raised: whoever has subscribed is told (SUB-2).
fn follow(tx: &mut Tx<'_>, id: RequestId, kind: RequestType) -> Result<()> {
    deliveries::raise(tx, id, kind)?;
    health::raised(tx, kind)
}

/// Asks for a day's availability, of one resource or of all. `None` if nobody can answer (any
/// more): the day has ended at the practice, or the resource is deleted (AVAIL-7).
pub(crate) fn availability(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    day: Date,
    resource: Option<&str>,
) -> Result<Option<RequestId>> {
    let day_end = zone::day_end(zone, day);
    if day_end <= tx.now() {
        return Ok(None);
    }
    let answerable = match resource {
        Some(id) => pms_resources::get(tx, id)?.is_some_and(|resource| resource.live),
        None => pms_resources::list(tx)?
            .iter()
            .any(|resource| resource.live),
    };
    if !answerable {
        return Ok(None);
    }
    let target = Target::Day {
        day: day.to_string(),
        pms_resource_id: resource.map(str::to_owned),
    };
    let (id, new) = request(tx, RequestType::Availability, &target)?;
    if new {
        due::set(tx, DueKind::RequestDayEnds, &id.to_string(), day_end)?;
    }
    Ok(Some(id))
}

/// Asks whether the appointment of a booking changed in the PMS (BOOK-12), or gives the request that
/// is outstanding already. `None`: the PMS has not confirmed the booking, or it is over with it, so
/// that there is nothing to ask for.
pub(crate) fn pms_appointment_changes(
    tx: &mut Tx<'_>,
    booking: BookingId,
) -> Result<Option<RequestId>> {
    let in_pms = bookings::get(tx, booking)?.is_some_and(|booking| booking.life.is_in_pms());
    if !in_pms {
        return Ok(None);
    }
    let target = Target::Booking(booking);
    Ok(Some(
        request(tx, RequestType::PmsAppointmentChanges, &target)?.0,
    ))
}

/// Resolves a request for a day, and drops its end.
pub(crate) fn resolve_day(tx: &mut Tx<'_>, id: RequestId, answer: &str) -> Result<()> {
    requests::resolve_id(tx, id, answer)?;
    health::ease(tx)?;
    Ok(due::cancel(tx, DueKind::RequestDayEnds, &id.to_string())?)
}
