//! `POST /bookings/{bookingId}/...`: the PMS's answers and news on bookings.

mod cancel;
mod confirm_insert;
mod confirm_update;
mod did_not_attend;
mod no_pms_appointment_change;
mod reject_insert;
mod reject_update;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(confirm_insert::handler))
        .routes(routes!(reject_insert::handler))
        .routes(routes!(confirm_update::handler))
        .routes(routes!(reject_update::handler))
        .routes(routes!(cancel::handler))
        .routes(routes!(did_not_attend::handler))
        .routes(routes!(no_pms_appointment_change::handler))
}
