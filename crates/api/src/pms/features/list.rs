//! `GET /features`: all extra features (CONF-4).

use super::shown;
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::features;
use slotbridge_wire::features::Feature;

/// The extra features
///
/// Each is off until the integration enables it for the practice (CONF-4).
#[utoipa::path(
    get,
    path = "/features",
    operation_id = "getFeatures",
    tag = "features",
    responses((status = 200, description = "All of them.", body = Vec<Feature>)),
)]
pub(super) async fn handler(State(hub): State<Hub>, caller: Caller) -> Result<Json<Vec<Feature>>> {
    let caller = caller.consented;
    let all = hub
        .read(caller.practice_id(), move |tx| features::list(tx, &caller))
        .await?;
    Ok(Json(all.into_iter().map(shown).collect()))
}
