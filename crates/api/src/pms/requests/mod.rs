//! `GET /requests` and its lists.

mod availability;
mod booking_updates;
mod bookings;
mod none;
mod poll;

use crate::ApiState;
use axum::Router;
use axum::routing::get;

pub(super) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/requests", get(poll::handler))
        .route("/requests/bookings", get(bookings::handler))
        .route("/requests/bookingUpdates", get(booking_updates::handler))
        .route("/requests/availability", get(availability::handler))
        .route("/requests/pmsAppointmentChanges", get(none::handler))
        .route("/requests/availableDocuments", get(none::handler))
        .route("/requests/uploadDocuments", get(none::handler))
        .route("/requests/clientSnapshots", get(none::handler))
        .route("/requests/attachDocuments", get(none::handler))
}
