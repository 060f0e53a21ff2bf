//! `/config/pmsAppointmentTypes...`: the PMS's appointment types (CONF-2).

use crate::params::Params;
use crate::pms::{Caller, Done, Raw, Result, done};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::config::pms_appointment_types;
use slotbridge_wire::config::{
    PmsAppointmentType, PmsAppointmentTypes, read_pms_appointment_types,
};
use slotbridge_wire::schema::Id;

async fn live(hub: &Hub, caller: &Caller) -> Result<Vec<PmsAppointmentType>> {
    let rows = hub
        .read(caller.consented.practice_id(), pms_appointment_types::live)
        .await?;
    let kind = |row: slotbridge_hub::rows::PmsAppointmentType| PmsAppointmentType {
        pms_appointment_type_id: row.pms_appointment_type_id,
        pms_appointment_type_name: row.name,
        pms_appointment_length: row.length_minutes.and_then(|m| u16::try_from(m).ok()),
        pms_resource_id: row.pms_resource_id,
    };
    Ok(rows.into_iter().map(kind).collect())
}

/// The PMS's appointment types
///
/// All live ones, as the last snapshot had them (CONF-2).
#[utoipa::path(
    get,
    path = "/config/pmsAppointmentTypes",
    operation_id = "getPmsAppointmentTypes",
    tag = "configuration",
    responses((status = 200, description = "The live types.", body = Vec<PmsAppointmentType>)),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<PmsAppointmentType>>> {
    Ok(Json(live(&hub, &caller).await?))
}

/// One of the PMS's appointment types
///
/// The live type with that id, or an empty list (CONF-2).
#[utoipa::path(
    get,
    path = "/config/pmsAppointmentTypes/findById",
    operation_id = "findByPmsAppointmentTypeId",
    tag = "configuration",
    params(("id" = Id, Query, description = "The PMS's id of it.")),
    responses((status = 200, description = "The type, or none.", body = Vec<PmsAppointmentType>)),
)]
pub(super) async fn find_by_id(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<PmsAppointmentType>>> {
    let id: String = params.required("id")?;
    let mut found = live(&hub, &caller).await?;
    found.retain(|kind| kind.pms_appointment_type_id == id);
    Ok(Json(found))
}

/// Replaces the list of appointment types
///
/// Ids are unique within the call, names among the types of one resource and among those of none. A
/// type of a resource that is not live sleeps until it is. `pmsAppointmentLength` is in minutes, 0 is
/// as good as none. Resolves the request for appointment types (CONF-2, REQ-4).
#[utoipa::path(
    post,
    path = "/config/pmsAppointmentTypes/snapshot",
    operation_id = "uploadPmsAppointmentTypes",
    tag = "configuration",
    request_body(
        content = PmsAppointmentTypes,
        example = json!([
            {"pmsAppointmentTypeId": "std", "pmsAppointmentTypeName": "Standard", "pmsAppointmentLength": 15},
            {
                "pmsAppointmentTypeId": "vax",
                "pmsAppointmentTypeName": "Vaccination",
                "pmsAppointmentLength": 10,
                "pmsResourceId": "nurse",
            },
        ]),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn snapshot(State(hub): State<Hub>, caller: Caller, raw: Raw) -> Result<Response> {
    let sent = raw.read(read_pms_appointment_types).await?;
    let sent = sent.into_iter().map(|sent| pms_appointment_types::Sent {
        pms_appointment_type_id: sent.pms_appointment_type_id,
        name: sent.pms_appointment_type_name,
        length_minutes: sent
            .pms_appointment_length
            .filter(|m| *m > 0)
            .map(i64::from),
        pms_resource_id: sent.pms_resource_id,
    });
    let context = caller.context();
    pms_appointment_types::replace(&hub, &caller.consented, context, sent.collect()).await?;
    Ok(done())
}
