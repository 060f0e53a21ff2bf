//! `GET /bookings/{bookingId}/events`: changes of a booking as server-sent events.
//!
//! An answer ends with its first event, or after a while with none, and `EventSource` calls again by
//! itself: no connection has to outlive a process, and proxies hold nothing back.

use crate::ApiState;
use crate::booking::Manager;
use crate::booking::bookings::{PatientBooking, page};
use crate::problem::Result;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use slotbridge_hub::booking::events::{self, Waited};
use std::sync::atomic::Ordering;

/// Changes of a booking
///
/// Server-sent events: each has the booking as `GET /bookings/{bookingId}` gives it. An answer ends
/// with its first event: at once if the booking is not as `Last-Event-ID` says it was seen, else as
/// soon as it changes, and after 25 seconds without one. `EventSource` calls again by itself after
/// `retry`. The end of the 20 seconds is such a change (BOOK-3).
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/events",
    operation_id = "getBookingEvents",
    tag = "bookings",
    security(("manageToken" = [])),
    params(
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was seen."),
    ),
    responses(
        (status = 200, description = "An event with the booking as `data`, or none.", body = serde_json::Value, content_type = "text/event-stream",
            example = "retry: 1000\nid: 5f0c8d1e2b3a4967\nevent: booking\ndata: {\"bookingId\":100000007,\"status\":\"confirmed\"}\n\n"),
    ),
)]
pub(super) async fn handler(
    State(state): State<ApiState>,
    headers: HeaderMap,
    Manager(patient): Manager,
) -> Result<Response> {
    let seen = headers.get("last-event-id");
    let seen = seen.and_then(|value| value.to_str().ok());
    let stopping = || state.draining.load(Ordering::Relaxed);
    let waited = events::next(&state.hub, patient, seen, stopping).await?;
    let mut response = written(waited).into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

fn written(waited: Waited) -> String {
    let retry = waited.retry.as_millis();
    let Some(event) = waited.changed else {
        return format!("retry: {retry}\n: nothing has changed\n\n");
    };
    let booking: PatientBooking = page(event.page);
    // JSON on one line holds no line break.
    let data = serde_json::to_string(&booking).unwrap_or_default();
    format!(
        "retry: {retry}\nid: {}\nevent: booking\ndata: {data}\n\n",
        event.id
    )
}
