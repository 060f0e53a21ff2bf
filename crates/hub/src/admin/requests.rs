//! Requests by hand, and the list of what is outstanding.

use crate::admin::practice;
use crate::auth::Operator;
use crate::client_snapshots::daily;
use crate::{Context, Error, Result, raise, zone};
use jiff::civil::Date;
use serde_json::json;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, PracticeId, RequestId};
use slotbridge_domain::request::RequestType;
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
    _: &Operator,
    context: &Context,
    practice_id: PracticeId,
    by_hand: &ByHand,
) -> Result<Request> {
    let practice = practice(tx, practice_id)?;
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
        RequestType::Bookings | RequestType::BookingUpdates => outstanding(tx, by_hand)?,
        _ => {
            return Err(Error::field(
                "type",
                "this version raises no such requests by hand",
            ));
        }
    };
    let detail = json!({"type": kind.as_str(), "requestId": id.get()});
    context.record(tx, "raiseRequest", by_hand.booking_id, &detail, None)?;
    requests::get(tx, id)?.ok_or(Error::NotFound("request"))
}

/// A client snapshot of a date, if the integration sends them.
fn client_snapshot(tx: &mut Tx<'_>, practice: &Practice, by_hand: &ByHand) -> Result<RequestId> {
    let missing = |field: &str| Error::field(field, "is required");
    let date = by_hand.date.ok_or_else(|| missing("date"))?;
    let date_type = by_hand.date_type.ok_or_else(|| missing("dateType"))?;
    let consumer = consents::live(tx)?.map(|consent| consent.consumer_id);
    let enabled = match consumer {
        Some(consumer) => features::enabled(tx, consumer)?,
        None => Vec::new(),
    };
    if !enabled.contains(&Feature::ClientSnapshots) {
        return Err(Error::Conflict(
            "nobody can answer: the practice's integration has not enabled clientSnapshots".into(),
        ));
    }
    daily::raise(tx, &zone::of(practice)?, date, date_type)?.ok_or_else(|| {
        Error::Conflict("nobody can answer: the day has ended at the practice".into())
    })
}

/// What a booking is asked for follows from its life; by hand one can only find it outstanding.
fn outstanding(tx: &mut Tx<'_>, by_hand: &ByHand) -> Result<RequestId> {
    let booking = by_hand
        .booking_id
        .ok_or_else(|| Error::field("bookingId", "is required"))?;
    bookings::get(tx, booking)?.ok_or(Error::NotFound("booking"))?;
    requests::find_outstanding(tx, by_hand.kind, &Target::Booking(booking))?.ok_or_else(|| {
        Error::Conflict(
            "the PMS has answered: once resolved, a request about a booking never comes back"
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
    _: &Operator,
    id: PracticeId,
    window: Window,
) -> Result<Listed<Request>> {
    practice(tx, id)?;
    Ok(requests::list_all(tx, window)?)
}
