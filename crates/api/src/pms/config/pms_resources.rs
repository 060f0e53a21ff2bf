//! `/config/pmsResources...`: the PMS's resources (CONF-1).

use crate::params::Params;
use crate::pms::{Caller, Raw, Result, done};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::config::pms_resources;
use slotbridge_wire::config::{PmsResource, read_pms_resources};

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

/// All live resources.
pub(super) async fn list(State(hub): State<Hub>, caller: Caller) -> Result<Json<Vec<PmsResource>>> {
    Ok(Json(live(&hub, &caller).await?))
}

/// The live resource with an id, or none.
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

/// Replaces the whole list.
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
