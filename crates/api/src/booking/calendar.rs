//! `GET /bookings/{bookingId}/calendar.ics`: a booking for the patient's calendar.

use crate::booking::Manager;
use crate::problem::Result;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use slotbridge_hub::Hub;
use slotbridge_hub::booking::calendar;

/// A booking for a calendar
///
/// A file as RFC 5545 has it, with the same `UID` each time; after a cancellation it says so. It does
/// not say whom the patient sees, or why.
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/calendar.ics",
    operation_id = "getBookingCalendar",
    tag = "bookings",
    security(("manageToken" = [])),
    responses(
        (status = 200, description = "The file.", body = String, content_type = "text/calendar"),
    ),
)]
pub(super) async fn handler(State(hub): State<Hub>, Manager(patient): Manager) -> Result<Response> {
    let file = hub
        .read(patient.booking_id().practice(), move |tx| {
            calendar::calendar(tx, patient)
        })
        .await?;
    let mut response = file.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"appointment.ics\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
