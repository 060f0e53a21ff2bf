//! `GET /subscription`: the subscriptions that have not expired (SUB-1).

use super::shown;
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::subscriptions;
use slotbridge_wire::subscriptions::Subscription;

/// The subscriptions
///
/// All that have not expired, in the order in which they were made (SUB-1).
#[utoipa::path(
    get,
    path = "/subscription",
    operation_id = "getSubscriptions",
    tag = "subscriptions",
    responses((status = 200, description = "The subscriptions.", body = Vec<Subscription>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<Subscription>>> {
    let profile = caller.profile();
    let consented = caller.consented;
    let found = hub
        .read(consented.practice_id(), move |tx| {
            subscriptions::list(tx, &consented)
        })
        .await?;
    let shown = found.into_iter().map(|one| shown(one, profile));
    Ok(Json(shown.collect()))
}
