//! The lists of requests that no part of the hub raises: an empty page.

use crate::params::Params;
use crate::pms::{Caller, Result};
use axum::Json;
use slotbridge_wire::page::Page;

pub(super) async fn handler(_: Caller, params: Params) -> Result<Json<Page<()>>> {
    let page = params.page()?.paginated(0);
    Ok(Json(Page {
        data: Vec::new(),
        page,
    }))
}
