//! The PMS's resources (CONF-1).

use crate::auth::Consented;
use crate::{Context, Hub, Result, health, raise};
use serde_json::json;
use slotbridge_domain::request::RequestType;
use slotbridge_store::pms_resources::{self, PmsResource};
use slotbridge_store::practitioners::{self, Practitioner};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, numbers, resource_days, slot_blocks};
use std::collections::HashMap;

/// A resource as the PMS sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub pms_resource_id: String,
    /// Its name.
    pub name: String,
    /// The practitioner's title.
    pub title: Option<String>,
    /// The practitioner's first name.
    pub firstname: Option<String>,
    /// The practitioner's last name.
    pub lastname: Option<String>,
}

/// The live resources in the order in which the PMS sent them.
///
/// # Errors
/// The store's.
pub fn live(tx: &mut Tx<'_>) -> Result<Vec<PmsResource>> {
    Ok(pms_resources::list(tx)?
        .into_iter()
        .filter(|resource| resource.live)
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
            let changes = plan(pms_resources::list(tx)?, &to_read, publish);
            Ok(changes.is_empty() && requests::count(tx, RequestType::PmsResources)? == 0)
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
fn plan(known: Vec<PmsResource>, sent: &[Sent], publish: bool) -> Vec<PmsResource> {
    let mut known: HashMap<String, PmsResource> = known
        .into_iter()
        .map(|row| (row.pms_resource_id.clone(), row))
        .collect();
    let mut changed = Vec::new();
    for (position, sent) in (0_i64..).zip(sent) {
        let before = known.remove(&sent.pms_resource_id);
        let after = PmsResource {
            pms_resource_id: sent.pms_resource_id.clone(),
            name: sent.name.clone(),
            title: sent.title.clone(),
            firstname: sent.firstname.clone(),
            lastname: sent.lastname.clone(),
            live: true,
            position,
            practitioner_id: before.as_ref().and_then(|row| row.practitioner_id),
        };
        if before.as_ref() != Some(&after) || (publish && after.practitioner_id.is_none()) {
            changed.push(after);
        }
    }
    let gone = known.into_values().filter(|row| row.live);
    changed.extend(gone.map(|row| PmsResource { live: false, ..row }));
    changed
}

fn write(tx: &mut Tx<'_>, context: &Context, sent: &[Sent], publish: bool) -> Result<()> {
    let changes = plan(pms_resources::list(tx)?, sent, publish);
    for mut row in changes.iter().cloned() {
        if row.live {
            show_practitioner(tx, &mut row, publish)?;
        } else {
            resource_days::delete(tx, &row.pms_resource_id)?;
            slot_blocks::lift_resource(tx, &row.pms_resource_id)?;
            requests::close_of_resource(tx, &row.pms_resource_id)?;
            health::ease(tx)?;
        }
        pms_resources::upsert(tx, &row)?;
    }
    close_answered_days(tx)?;
    requests::resolve(
        tx,
        RequestType::PmsResources,
        &Target::Practice,
        "confirmed",
    )?;
    if changes.is_empty() {
        return Ok(());
    }
    let live = changes.iter().filter(|row| row.live).count();
    let detail = json!({"changed": live, "deleted": changes.len() - live});
    context.record(tx, "pmsResources", None, &detail, None)
}

/// A resource that is not linked yet gets a practitioner, if the practice publishes by itself; a
/// practitioner that follows its resource takes its names.
pub(crate) fn show_practitioner(
    tx: &mut Tx<'_>,
    row: &mut PmsResource,
    publish: bool,
) -> Result<()> {
    let named = |practitioner_id| Practitioner {
        practitioner_id,
        name: row.name.clone(),
        title: row.title.clone(),
        firstname: row.firstname.clone(),
        lastname: row.lastname.clone(),
        follows_pms: true,
        active: true,
    };
    if let Some(id) = row.practitioner_id {
        if let Some(known) = practitioners::get(tx, id)?.filter(|known| known.follows_pms) {
            practitioners::update(
                tx,
                &Practitioner {
                    active: known.active,
                    ..named(id)
                },
            )?;
        }
    } else if publish {
        let id = numbers::practitioner(tx)?;
        practitioners::insert(tx, &named(id))?;
        row.practitioner_id = Some(id);
    }
    Ok(())
}

/// A day asked of all resources is answered once those that are left have sent it.
fn close_answered_days(tx: &mut Tx<'_>) -> Result<()> {
    for request in requests::whole_days(tx)? {
        if let Target::Day { day, .. } = &request.target
            && resource_days::resources_missing(tx, day, request.created_at)? == 0
        {
            raise::resolve_day(tx, request.request_id, "closed")?;
        }
    }
    Ok(())
}
