//! The skinny payload (SUB-2): where to look, and never anything of a person.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_domain::uuid;
use slotbridge_store::deliveries::DeliveryKey;
use slotbridge_store::lanes::{DueRequest, DueSubscription};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'p> {
    timestamp: String,
    id: String,
    client_id: Option<&'p str>,
    topic: String,
    data: Data,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    target: Option<String>,
    request_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<i64>,
}

/// Whether callbacks of a type name the booking.
const fn names_booking(kind: RequestType) -> bool {
    matches!(
        kind,
        RequestType::Bookings
            | RequestType::BookingUpdates
            | RequestType::PmsAppointmentChanges
            | RequestType::AvailableDocuments
            | RequestType::UploadDocuments
    )
}

/// Whether there is a list to fetch.
const fn has_list(kind: RequestType) -> bool {
    !matches!(
        kind,
        RequestType::PmsResources | RequestType::PmsAppointmentTypes
    )
}

/// The JSON of a callback whose first attempt is made at an instant. The published schema lets `clientId` be
/// null, and shows null for the `target` of what has no list, so both are written for every
/// consumer (WIRE-9).
pub(super) fn write(
    first_attempt_at: Timestamp,
    key: DeliveryKey,
    subscription: &DueSubscription,
    request: &DueRequest,
) -> String {
    let kind = request.kind;
    let booking = request.booking_id.filter(|_| names_booking(kind));
    let payload = Payload {
        timestamp: TimeZone::UTC
            .to_datetime(first_attempt_at)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string(),
        id: uuid::write(key.subscription_id.get()),
        client_id: subscription.client_id.as_deref(),
        topic: subscription.topic.to_string(),
        data: Data {
            target: has_list(kind).then(|| format!("/requests/{}", kind.as_str())),
            request_type: kind.as_str(),
            booking_id: booking.map(BookingId::get),
            request_id: (kind != RequestType::Bookings).then(|| key.request_id.get()),
        },
    };
    serde_json::to_string(&payload).unwrap_or_default()
}
