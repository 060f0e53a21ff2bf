//! `GET` and `DELETE /subscription/{id}` (SUB-1, SUB-3).

use super::{Id, Named, shown};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::subscriptions;
use slotbridge_wire::subscriptions::Subscription;

/// One subscription
///
/// Also one that has expired (SUB-1).
#[utoipa::path(
    get,
    path = "/subscription/{id}",
    operation_id = "getSubscription",
    tag = "subscriptions",
    params(Id),
    responses((status = 200, description = "The subscription.", body = Subscription)),
)]
pub(super) async fn get(
    State(hub): State<Hub>,
    caller: Caller,
    Named(id): Named,
) -> Result<Json<Subscription>> {
    let profile = caller.profile();
    let consented = caller.consented;
    let found = hub
        .read(consented.practice_id(), move |tx| {
            subscriptions::get(tx, &consented, id)
        })
        .await?;
    Ok(Json(shown(found, profile)))
}

/// Deletes a subscription
///
/// What waits for it is cancelled. Again: 404 (SUB-1, SUB-3).
#[utoipa::path(
    delete,
    path = "/subscription/{id}",
    operation_id = "deleteSubscription",
    tag = "subscriptions",
    params(Id),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete(
    State(hub): State<Hub>,
    caller: Caller,
    Named(id): Named,
) -> Result<StatusCode> {
    let context = caller.context();
    let consented = caller.consented;
    hub.write(consented.practice_id(), move |tx| {
        subscriptions::delete(tx, &consented, &context, id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
