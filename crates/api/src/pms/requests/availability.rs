//! `GET /requests/availability`: the days to be sent (AVAIL-7).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::availability::{self, DayRequest};
use slotbridge_wire::page::Page;
use slotbridge_wire::requests::AvailabilityRequest;
use slotbridge_wire::time::parse_date;

/// The days whose free times are wanted
///
/// A snapshot of that resource and day resolves one, an unchanged one too; without a resource, every
/// live one is asked for (AVAIL-7).
#[utoipa::path(
    get,
    path = "/requests/availability",
    operation_id = "availabilitySnapshotRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of days.", body = Page<AvailabilityRequest>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<AvailabilityRequest>>> {
    let number = params.page()?;
    let window = number.window();
    let practice = caller.consented.practice_id();
    let found = hub
        .read(practice, move |tx| availability::list(tx, window))
        .await?;
    let day = |asked: DayRequest| {
        Some(AvailabilityRequest {
            day: parse_date(&asked.day)?,
            pms_resource_id: asked.pms_resource_id,
        })
    };
    let data = found.entries.into_iter().filter_map(day).collect();
    Ok(Json(Page {
        data,
        page: number.paginated(found.total),
    }))
}
