//! `GET /requests` and its lists.

mod availability;
mod booking_updates;
mod bookings;
mod client_snapshots;
mod none;
mod pms_appointment_changes;
mod poll;

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
        .routes(routes!(none::available_documents))
        .routes(routes!(none::upload_documents))
        .routes(routes!(client_snapshots::handler))
        .routes(routes!(none::attach_documents))
}
