//! Callers are sent away while there is maintenance.

use crate::failure::Failure;
use crate::pms::PmsFailure;
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use slotbridge_hub::Hub;

async fn closed(hub: &Hub) -> Option<Failure> {
    let maintenance = hub.maintenance().await?;
    let wait = maintenance.retry_after(hub.now());
    let why = maintenance.message.as_deref();
    let why = why.map_or_else(String::new, |why| format!(" ({why})"));
    let text = format!(
        "the service is under maintenance{why}; nothing was changed; send the same call again in \
         {wait} s"
    );
    Some(Failure {
        retry_after: Some(wait),
        ..Failure::new(StatusCode::SERVICE_UNAVAILABLE, text)
    })
}

/// In front of the PMS API.
pub(crate) async fn of_pms(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    match closed(&hub).await {
        Some(failure) => PmsFailure::from(failure).into_response(),
        None => next.run(request).await,
    }
}

/// In front of the booking API.
pub(crate) async fn of_booking(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    match closed(&hub).await {
        Some(failure) => Problem::from(failure).into_response(),
        None => next.run(request).await,
    }
}
