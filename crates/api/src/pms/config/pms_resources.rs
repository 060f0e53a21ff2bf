//! `/config/pmsResources...`: the PMS's resources (CONF-1).

use crate::params::Params;
use crate::pms::{Caller, Done, Raw, Result, done};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::config::pms_resources;
use slotbridge_wire::config::{PmsResource, PmsResources, read_pms_resources};
use slotbridge_wire::schema::Id;

async fn live(hub: &Hub, caller: &Caller) -> Result<Vec<PmsResource>> {
    let rows = hub
        .read(caller.consented.practice_id(), pms_resources::live)
        .await?;
    let resource = |row: slotbridge_hub::rows::PmsResource| PmsResource {
        pms_resource_id: row.pms_resource_id,
        pms_resource_name: row.name,
        pms_practitioner_title: row.title,
        pms_practitioner_firstname: row.firstname,
        pms_practitioner_lastname: row.lastname,
    };
    Ok(rows.into_iter().map(resource).collect())
}

/// The PMS's resources
///
/// All live ones, as the last snapshot had them (CONF-1).
#[utoipa::path(
    get,
    path = "/config/pmsResources",
    operation_id = "getResources",
    tag = "configuration",
    responses((status = 200, description = "The live resources.", body = Vec<PmsResource>)),
)]
pub(super) async fn list(State(hub): State<Hub>, caller: Caller) -> Result<Json<Vec<PmsResource>>> {
    Ok(Json(live(&hub, &caller).await?))
}

/// One of the PMS's resources
///
/// The live resource with that id, or an empty list (CONF-1).
#[utoipa::path(
    get,
    path = "/config/pmsResources/findById",
    operation_id = "findByPmsResourceId",
    tag = "configuration",
    params(("id" = Id, Query, description = "The PMS's id of it.")),
    responses((status = 200, description = "The resource, or none.", body = Vec<PmsResource>)),
)]
pub(super) async fn find_by_id(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<PmsResource>>> {
    let id: String = params.required("id")?;
    let mut found = live(&hub, &caller).await?;
    found.retain(|resource| resource.pms_resource_id == id);
    Ok(Json(found))
}

/// Replaces the list of resources
///
/// Resources that are missing are deleted: their free times are dropped, their types sleep, their
/// bookings stand, and a returning id finds its links again. Ids and names are each unique within the
/// call. Resolves the request for resources (CONF-1, REQ-4).
#[utoipa::path(
    post,
    path = "/config/pmsResources/snapshot",
    operation_id = "uploadPmsResources",
    tag = "configuration",
    request_body(
        content = PmsResources,
        example = json!([
            {
                "pmsResourceId": "dr-lee",
                "pmsResourceName": "Dr Kim Lee",
                "pmsPractitionerTitle": "Dr",
                "pmsPractitionerFirstname": "Kim",
                "pmsPractitionerLastname": "Lee",
            },
            {"pmsResourceId": "nurse", "pmsResourceName": "Nurse's room"},
        ]),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn snapshot(State(hub): State<Hub>, caller: Caller, raw: Raw) -> Result<Response> {
    let sent = raw.read(read_pms_resources).await?;
    let sent = sent.into_iter().map(|sent| pms_resources::Sent {
        pms_resource_id: sent.pms_resource_id,
        name: sent.pms_resource_name,
        title: sent.pms_practitioner_title,
        firstname: sent.pms_practitioner_firstname,
        lastname: sent.pms_practitioner_lastname,
    });
    let context = caller.context();
    pms_resources::replace(&hub, &caller.consented, context, sent.collect()).await?;
    Ok(done())
}
