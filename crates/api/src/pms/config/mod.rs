//! `/config/...`: resources, appointment types, the liveness contract.

mod liveness_contract;
mod pms_appointment_types;
mod pms_resources;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(pms_resources::list))
        .routes(routes!(pms_resources::find_by_id))
        .routes(routes!(pms_resources::snapshot))
        .routes(routes!(pms_appointment_types::list))
        .routes(routes!(pms_appointment_types::find_by_id))
        .routes(routes!(pms_appointment_types::snapshot))
        .routes(routes!(liveness_contract::get, liveness_contract::replace))
}
