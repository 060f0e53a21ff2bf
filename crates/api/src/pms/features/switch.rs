//! `POST /features/{id}/enable` and `/disable` (CONF-4). They need no body; whatever comes as one
//! is not looked at (WIRE-2).

use super::{FeatureId, Named};
use crate::pms::{Caller, Done, Raw, Result, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::feature::Feature;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::features;

/// Enables an extra feature
///
/// From now on its requests are shown, those too that were kept while it was off. Again: 200. It needs
/// no body, and one that comes is not looked at (CONF-4, WIRE-2).
#[utoipa::path(
    post,
    path = "/features/{id}/enable",
    operation_id = "enableFeature",
    tag = "features",
    params(FeatureId),
    responses((status = 200, description = "It is on.", body = Done)),
)]
pub(super) async fn enable(
    State(hub): State<Hub>,
    caller: Caller,
    Named(feature): Named,
    raw: Raw,
) -> Result<Response> {
    drop(raw);
    set(&hub, caller, feature, true).await
}

/// Disables an extra feature
///
/// Its requests are hidden and kept. Again: 200. It needs no body, and one that comes is not looked at
/// (CONF-4, WIRE-2).
#[utoipa::path(
    post,
    path = "/features/{id}/disable",
    operation_id = "disableFeature",
    tag = "features",
    params(FeatureId),
    responses((status = 200, description = "It is off.", body = Done)),
)]
pub(super) async fn disable(
    State(hub): State<Hub>,
    caller: Caller,
    Named(feature): Named,
    raw: Raw,
) -> Result<Response> {
    drop(raw);
    set(&hub, caller, feature, false).await
}

async fn set(hub: &Hub, caller: Caller, feature: Feature, enabled: bool) -> Result<Response> {
    let context = caller.context();
    let caller = caller.consented;
    hub.write(caller.practice_id(), move |tx| {
        features::set(tx, &caller, &context, feature, enabled)
    })
    .await?;
    Ok(done())
}
