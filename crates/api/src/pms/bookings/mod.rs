//! `POST /bookings/{bookingId}/...`: the PMS's answers and news on bookings.

mod cancel;
mod confirm_insert;
mod confirm_update;
mod did_not_attend;
mod reject_insert;
mod reject_update;

use crate::ApiState;
use axum::Router;
use axum::routing::post;

pub(super) fn routes() -> Router<ApiState> {
    Router::new()
        .route(
            "/bookings/{bookingId}/confirmInsert",
            post(confirm_insert::handler),
        )
        .route(
            "/bookings/{bookingId}/rejectInsert",
            post(reject_insert::handler),
        )
        .route(
            "/bookings/{bookingId}/confirmUpdate/{requestId}",
            post(confirm_update::handler),
        )
        .route(
            "/bookings/{bookingId}/rejectUpdate/{requestId}",
            post(reject_update::handler),
        )
        .route("/bookings/{bookingId}/cancel", post(cancel::handler))
        .route(
            "/bookings/{bookingId}/didNotAttend",
            post(did_not_attend::handler),
        )
}
