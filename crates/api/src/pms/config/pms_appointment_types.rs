//! `/config/pmsAppointmentTypes...`: the PMS's appointment types (CONF-2).

use crate::params::Params;
use crate::pms::{Caller, Raw, Result, done};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::config::pms_appointment_types;
use slotbridge_wire::config::{PmsAppointmentType, read_pms_appointment_types};

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

/// All live types.
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<PmsAppointmentType>>> {
    Ok(Json(live(&hub, &caller).await?))
}

/// The live type with an id, or none.
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

/// Replaces the whole list. A length of 0 is none.
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
