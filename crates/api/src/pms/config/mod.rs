//! `/config/...`: resources, appointment types, the liveness contract.

mod liveness_contract;
mod pms_appointment_types;
mod pms_resources;

use crate::ApiState;
use axum::Router;
use axum::routing::{get, post};

pub(super) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/config/pmsResources", get(pms_resources::list))
        .route(
            "/config/pmsResources/findById",
            get(pms_resources::find_by_id),
        )
        .route(
            "/config/pmsResources/snapshot",
            post(pms_resources::snapshot),
        )
        .route(
            "/config/pmsAppointmentTypes",
            get(pms_appointment_types::list),
        )
        .route(
            "/config/pmsAppointmentTypes/findById",
            get(pms_appointment_types::find_by_id),
        )
        .route(
            "/config/pmsAppointmentTypes/snapshot",
            post(pms_appointment_types::snapshot),
        )
        .route(
            "/config/livenessContract",
            get(liveness_contract::get).post(liveness_contract::replace),
        )
}
