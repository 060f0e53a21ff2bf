//! `/bookings/{bookingId}/events`: tells the page of a booking that it has changed. A browser asks
//! again by itself, with what it has seen.

use super::Manager;
use crate::Web;
use crate::failure::Failure;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use slotbridge_hub::booking::events as hub;

pub(crate) async fn events(
    State(web): State<Web>,
    headers: HeaderMap,
    Manager(patient): Manager,
) -> Result<Response, Failure> {
    let seen = headers.get("last-event-id");
    let seen = seen.and_then(|value| value.to_str().ok());
    let waited = hub::next(&web.hub, patient, seen, || web.is_stopping()).await?;
    let retry = waited.retry.as_millis();
    let text = match waited.changed {
        Some(event) => format!(
            "retry: {retry}\nid: {}\nevent: booking\ndata: {}\n\n",
            event.id,
            event.page.status()
        ),
        None => format!("retry: {retry}\n: nothing has changed\n\n"),
    };
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], text).into_response())
}
