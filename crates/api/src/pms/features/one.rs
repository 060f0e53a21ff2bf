//! `GET /features/{id}`: one extra feature (CONF-4).

use super::{FeatureId, Named, shown};
use crate::failure::Failure;
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::features;
use slotbridge_wire::features::Feature;

/// One extra feature
///
/// And whether the integration has enabled it for the practice (CONF-4).
#[utoipa::path(
    get,
    path = "/features/{id}",
    operation_id = "getFeature",
    tag = "features",
    params(FeatureId),
    responses((status = 200, description = "The feature.", body = Feature)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Named(wanted): Named,
) -> Result<Json<Feature>> {
    let caller = caller.consented;
    let all = hub
        .read(caller.practice_id(), move |tx| features::list(tx, &caller))
        .await?;
    let found = all.into_iter().find(|(feature, _)| *feature == wanted);
    Ok(Json(shown(
        found.ok_or_else(|| Failure::not_found("feature"))?,
    )))
}
