//! Requests by hand, and the list of what is outstanding.

use crate::admin::practice;
use crate::auth::Manages;
use crate::client_snapshots::daily;
use crate::{Context, Error, Fault, Result, raise, zone};
use jiff::civil::Date;
use serde_json::json;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::ids::{BookingId, PracticeId, RequestId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::staff::Right;
use slotbridge_store::practices::Practice;
use slotbridge_store::requests::{self, Request, Target};
use slotbridge_store::{Listed, Tx, Window, bookings, consents, features};

/// What an operator asks the PMS for.
#[derive(Clone, Debug)]
pub struct ByHand {
    /// The type.
    pub kind: RequestType,
    /// The booking, for types about one.
    pub booking_id: Option<BookingId>,
    /// The day, for availability and client snapshots.
    pub date: Option<Date>,
    /// The date type, for client snapshots.
    pub date_type: Option<DateType>,
    /// The resource, for availability; absent: all.
    pub pms_resource_id: Option<String>,
}

/// Raises a request, or gives the one that is outstanding already.
///
/// # Errors
/// No such practice; a field that the type needs is missing or names nothing; nobody could
/// answer; the booking's own life raises such requests and has no reason to.
pub fn raise(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    by_hand: &ByHand,
) -> Result<Request> {
    let practice = practice(tx, who, Right::Settings, practice_id)?;
    let kind = by_hand.kind;
    let id = match kind {
        RequestType::Availability => {
            let date = by_hand
                .date
                .ok_or_else(|| Error::field("date", "is required"))?;
            let resource = by_hand.pms_resource_id.as_deref();
            raise::availability(tx, &zone::of(&practice)?, date, resource)?.ok_or_else(|| {
                Error::Conflict(
                    "nobody can answer: the day has ended at the practice, or there is no such \
                     live resource"
                        .into(),
                )
            })?
        }
        RequestType::ClientSnapshots => client_snapshot(tx, &practice, by_hand)?,
        RequestType::PmsResources | RequestType::PmsAppointmentTypes => {
            raise::request(tx, kind, &Target::Practice)?.0
        }
        RequestType::Bookings
        | RequestType::BookingUpdates
        | RequestType::UploadDocuments
        | RequestType::AttachDocuments => outstanding(tx, by_hand)?,
        RequestType::PmsAppointmentChanges => {
            let booking = booking(tx, by_hand)?;
            raise::pms_appointment_changes(tx, booking)?.ok_or_else(|| {
                Error::Conflict(
                    "the PMS has no such appointment: it has not confirmed the booking, or the \
                     booking is cancelled"
                        .into(),
                )
            })?
        }
        RequestType::AvailableDocuments => {
            let target = Target::Booking(booking(tx, by_hand)?);
            is_supported(tx, kind)?;
            raise::request(tx, kind, &target)?.0
        }
    };
    let detail = json!({"type": kind.as_str(), "requestId": id.get()});
    context.record(tx, "raiseRequest", by_hand.booking_id, &detail, None)?;
    requests::get(tx, id)?.ok_or(Error::NotFound("request"))
}

/// The booking that is named.
fn booking(tx: &mut Tx<'_>, by_hand: &ByHand) -> Result<BookingId> {
    let booking = by_hand
        .booking_id
        .ok_or_else(|| Error::field("bookingId", "is required"))?;
    bookings::get(tx, booking)?.ok_or(Error::NotFound("booking"))?;
    Ok(booking)
}

/// The appointment book that is named (SNAP-1).
fn client_snapshot(tx: &mut Tx<'_>, practice: &Practice, by_hand: &ByHand) -> Result<RequestId> {
    let (Some(date), Some(date_type)) = (by_hand.date, by_hand.date_type) else {
        let missing = [
            ("date", by_hand.date.is_none()),
            ("dateType", by_hand.date_type.is_none()),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let faults = missing.map(|(field, _)| Fault::new(field, "is required"));
        return Err(Error::Invalid(faults.collect()));
    };
    is_supported(tx, RequestType::ClientSnapshots)?;
    daily::raise(tx, &zone::of(practice)?, date, date_type)?.ok_or_else(|| {
        Error::Conflict("nobody can answer: the day has ended at the practice".into())
    })
}

/// What belongs to a feature is asked of an integration that has enabled it, and of no other.
fn is_supported(tx: &mut Tx<'_>, kind: RequestType) -> Result<()> {
    let Some(feature) = kind.feature() else {
        return Ok(());
    };
    let enabled = match consents::live(tx)? {
        Some(consent) => features::enabled(tx, consent.consumer_id)?.contains(&feature),
        None => false,
    };
    if enabled {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "the practice's integration has not enabled the feature {}",
        feature.as_str()
    )))
}

/// What a booking is asked for follows from its life, and what documents are asked for from the
/// documents; by hand one can only find it outstanding.
fn outstanding(tx: &mut Tx<'_>, by_hand: &ByHand) -> Result<RequestId> {
    let booking = booking(tx, by_hand)?;
    requests::of_booking(tx, by_hand.kind, booking)?.ok_or_else(|| {
        Error::Conflict(
            "nothing of the kind is outstanding: what a booking or document is asked for follows \
             from what happens to it, and once resolved it never comes back"
                .into(),
        )
    })
}

/// What is outstanding, oldest first.
///
/// # Errors
/// No such practice.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    window: Window,
) -> Result<Listed<Request>> {
    practice(tx, who, Right::Settings, id)?;
    Ok(requests::list_all(tx, window)?)
}
