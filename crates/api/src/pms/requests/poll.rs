//! `GET /requests`: what is outstanding (REQ-1). The hottest call: it writes nothing.

use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;

pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<&'static str>>> {
    let types = hub.outstanding(caller.consented.practice_id()).await?;
    Ok(Json(types.iter().map(|kind| kind.as_str()).collect()))
}
