//! `GET /requests`: what is outstanding (REQ-1). The hottest call: it writes nothing.

use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_domain::request::RequestType;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests;

pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<&'static str>>> {
    let types = hub
        .read(caller.consented.practice_id(), requests::outstanding)
        .await?;
    Ok(Json(types.into_iter().map(RequestType::as_str).collect()))
}
