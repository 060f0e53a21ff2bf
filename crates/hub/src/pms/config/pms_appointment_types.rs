//! The PMS's appointment types (CONF-2).

use crate::auth::Consented;
use crate::{Context, Hub, Result};
use serde_json::json;
use slotbridge_domain::request::RequestType;
use slotbridge_store::appointment_types::{self, AppointmentType};
use slotbridge_store::pms_appointment_types::{self, PmsAppointmentType};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, numbers, pms_resources};
use std::collections::{HashMap, HashSet};

/// A type as the PMS sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub pms_appointment_type_id: String,
    /// Its name.
    pub name: String,
    /// Its length in minutes; `None` if not set.
    pub length_minutes: Option<i64>,
    /// The resource that it is for; `None`: all.
    pub pms_resource_id: Option<String>,
}

/// The live types in the order in which the PMS sent them. One of a resource that is not live
/// sleeps, and is not among them.
///
/// # Errors
/// The store's.
pub fn live(tx: &mut Tx<'_>) -> Result<Vec<PmsAppointmentType>> {
    let resources: HashSet<String> = pms_resources::list(tx)?
        .into_iter()
        .filter(|resource| resource.live)
        .map(|resource| resource.pms_resource_id)
        .collect();
    let awake = |kind: &PmsAppointmentType| {
        kind.live
            && kind
                .pms_resource_id
                .as_ref()
                .is_none_or(|id| resources.contains(id))
    };
    Ok(pms_appointment_types::list(tx)?
        .into_iter()
        .filter(awake)
        .collect())
}

/// Replaces the whole list. Ids and names are unique already. One that says what is known writes
/// nothing.
///
/// # Errors
/// The store's.
pub async fn replace(
    hub: &Hub,
    caller: &Consented,
    context: Context,
    sent: Vec<Sent>,
) -> Result<()> {
    let publish = caller.practice().auto_publish;
    let sent: std::sync::Arc<[Sent]> = sent.into();
    let to_read = std::sync::Arc::clone(&sent);
    let settled = hub
        .read(caller.practice_id(), move |tx| {
            let changes = plan(pms_appointment_types::list(tx)?, &to_read, publish);
            Ok(changes.is_empty() && requests::count(tx, RequestType::PmsAppointmentTypes)? == 0)
        })
        .await?;
    if settled {
        return Ok(());
    }
    hub.write(caller.practice_id(), move |tx| {
        write(tx, &context, &sent, publish)
    })
    .await
}

/// The rows that the list changes.
fn plan(known: Vec<PmsAppointmentType>, sent: &[Sent], publish: bool) -> Vec<PmsAppointmentType> {
    let mut known: HashMap<String, PmsAppointmentType> = known
        .into_iter()
        .map(|row| (row.pms_appointment_type_id.clone(), row))
        .collect();
    let mut changed = Vec::new();
    for (position, sent) in (0_i64..).zip(sent) {
        let before = known.remove(&sent.pms_appointment_type_id);
        let after = PmsAppointmentType {
            pms_appointment_type_id: sent.pms_appointment_type_id.clone(),
            name: sent.name.clone(),
            length_minutes: sent.length_minutes,
            pms_resource_id: sent.pms_resource_id.clone(),
            live: true,
            position,
            appointment_type_id: before.as_ref().and_then(|row| row.appointment_type_id),
        };
        if before.as_ref() != Some(&after) || (publish && after.appointment_type_id.is_none()) {
            changed.push(after);
        }
    }
    let gone = known.into_values().filter(|row| row.live);
    changed.extend(gone.map(|row| PmsAppointmentType { live: false, ..row }));
    changed
}

fn write(tx: &mut Tx<'_>, context: &Context, sent: &[Sent], publish: bool) -> Result<()> {
    let changes = plan(pms_appointment_types::list(tx)?, sent, publish);
    for mut row in changes.iter().cloned() {
        if row.live {
            show_type(tx, &mut row, publish)?;
        }
        pms_appointment_types::upsert(tx, &row)?;
    }
    requests::resolve(
        tx,
        RequestType::PmsAppointmentTypes,
        &Target::Practice,
        "confirmed",
    )?;
    if changes.is_empty() {
        return Ok(());
    }
    let live = changes.iter().filter(|row| row.live).count();
    let detail = json!({"changed": live, "deleted": changes.len() - live});
    context.record(tx, "pmsAppointmentTypes", None, &detail, None)
}

/// A type that is not linked yet gets a bookable one, if the practice publishes by itself; one
/// that follows the PMS takes its name.
pub(crate) fn show_type(
    tx: &mut Tx<'_>,
    row: &mut PmsAppointmentType,
    publish: bool,
) -> Result<()> {
    if let Some(id) = row.appointment_type_id {
        if let Some(known) = appointment_types::get(tx, id)?.filter(|known| known.follows_pms) {
            let renamed = AppointmentType {
                name: row.name.clone(),
                ..known
            };
            appointment_types::update(tx, &renamed)?;
        }
    } else if publish {
        let appointment_type_id = numbers::appointment_type(tx)?;
        let new = AppointmentType {
            appointment_type_id,
            name: row.name.clone(),
            length_minutes: None,
            follows_pms: true,
            active: true,
        };
        appointment_types::insert(tx, &new)?;
        row.appointment_type_id = Some(appointment_type_id);
    }
    Ok(())
}
