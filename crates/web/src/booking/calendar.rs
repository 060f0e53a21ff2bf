//! `/bookings/{bookingId}/calendar.ics`: the booking as an entry of a calendar.

use super::Manager;
use crate::Web;
use crate::failure::Failure;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use slotbridge_hub::booking::calendar as hub;

pub(crate) async fn calendar(
    State(web): State<Web>,
    Manager(patient): Manager,
) -> Result<Response, Failure> {
    let practice = patient.booking_id().practice();
    let file = web
        .hub
        .read(practice, move |tx| hub::calendar(tx, patient))
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"appointment.ics\"",
        ),
    ];
    Ok((headers, file).into_response())
}
