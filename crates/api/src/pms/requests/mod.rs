//! `GET /requests` and its lists.

mod attach_documents;
mod availability;
mod available_documents;
mod booking_updates;
mod bookings;
mod client_snapshots;
mod pms_appointment_changes;
mod poll;
mod upload_documents;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(poll::handler))
        .routes(routes!(bookings::handler))
        .routes(routes!(booking_updates::handler))
        .routes(routes!(availability::handler))
        .routes(routes!(pms_appointment_changes::handler))
        .routes(routes!(available_documents::handler))
        .routes(routes!(upload_documents::handler))
        .routes(routes!(client_snapshots::handler))
        .routes(routes!(attach_documents::handler))
}
