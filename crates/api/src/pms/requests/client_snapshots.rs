//! `GET /requests/clientSnapshots`: the dates whose appointment book is wanted (SNAP-1).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::client_snapshots::{self, SnapshotRequest};
use slotbridge_wire::client_snapshots::DateType;
use slotbridge_wire::page::Page;
use slotbridge_wire::requests::ClientSnapshotRequest;
use slotbridge_wire::time::parse_date;

/// The dates whose client snapshots are wanted
///
/// Each day those of today and the next three days by `appt_datetime`, and of today by
/// `appt_creation_datetime`, if a product of the practice needs them. A snapshot of that date and type
/// resolves one; one whose date is over closes by itself (SNAP-1).
#[utoipa::path(
    get,
    path = "/requests/clientSnapshots",
    operation_id = "clientSnapshotsRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of dates.", body = Page<ClientSnapshotRequest>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<ClientSnapshotRequest>>> {
    let number = params.page()?;
    let window = number.window();
    let consented = caller.consented;
    let found = hub
        .read(consented.practice_id(), move |tx| {
            client_snapshots::list(tx, &consented, window)
        })
        .await?;
    let asked = |asked: SnapshotRequest| {
        Some(ClientSnapshotRequest {
            date: parse_date(&asked.date)?,
            date_type: DateType::from_name(&asked.date_type)?,
        })
    };
    let data = found.entries.into_iter().filter_map(asked).collect();
    Ok(Json(Page {
        data,
        page: number.paginated(found.total),
    }))
}
