//! `GET /requests`: what is outstanding (REQ-1). The hottest call: it writes nothing.

use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_wire::requests::RequestName;

/// What is outstanding
///
/// The names of the request types that have something outstanding, each once, bookings first; nothing:
/// an empty list. A poll counts as contact and writes nothing (REQ-1, REQ-3).
#[utoipa::path(
    get,
    path = "/requests",
    operation_id = "pollRequests",
    tag = "requests",
    responses((status = 200, description = "The types with something outstanding.", body = Vec<RequestName>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<&'static str>>> {
    let types = hub.outstanding(&caller.consented).await?;
    Ok(Json(types.iter().map(|kind| kind.as_str()).collect()))
}
