//! What the PMS sent, linked to what patients book: one press at a time. Pressed twice, each says
//! what it said the first time and changes nothing.

use crate::admin::practice;
use crate::auth::Manages;
use crate::pms::config::pms_appointment_types::show_type;
use crate::pms::config::pms_resources::show_practitioner;
use crate::{Context, Error, Result};
use serde_json::json;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_domain::staff::Right;
use slotbridge_store::pms_appointment_types::{self as pms_types, PmsAppointmentType};
use slotbridge_store::pms_resources::{self, PmsResource};
use slotbridge_store::{Tx, appointment_types, practitioners};

/// What something of the PMS is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link<T> {
    /// One that is there.
    To(T),
    /// A new one with the PMS's names, which it follows.
    ToNew,
    /// Nothing: patients cannot book it.
    ToNothing,
}

fn resource(tx: &mut Tx<'_>, id: &str) -> Result<PmsResource> {
    let found = pms_resources::list(tx)?.into_iter();
    let mut found = found.filter(|row| row.pms_resource_id == id);
    found.next().ok_or(Error::NotFound("resource of the PMS"))
}

/// Links a resource of the PMS.
///
/// # Errors
/// No such practice, resource or practitioner.
pub fn link_resource(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    pms_resource_id: &str,
    link: Link<PractitionerId>,
) -> Result<()> {
    practice(tx, who, Right::Settings, practice_id)?;
    let before = resource(tx, pms_resource_id)?;
    let mut row = before.clone();
    match link {
        Link::To(id) => {
            practitioners::get(tx, id)?.ok_or(Error::NotFound("practitioner"))?;
            row.practitioner_id = Some(id);
        }
        Link::ToNew => show_practitioner(tx, &mut row, true)?,
        Link::ToNothing => row.practitioner_id = None,
    }
    if row == before {
        return Ok(());
    }
    pms_resources::upsert(tx, &row)?;
    let to = row.practitioner_id.map(PractitionerId::get);
    let detail = json!({"pmsResourceId": pms_resource_id, "practitionerId": to});
    context.record(tx, "linkPmsResource", None, &detail, None)
}

fn pms_type(tx: &mut Tx<'_>, id: &str) -> Result<PmsAppointmentType> {
    let found = pms_types::list(tx)?.into_iter();
    let mut found = found.filter(|row| row.pms_appointment_type_id == id);
    found
        .next()
        .ok_or(Error::NotFound("appointment type of the PMS"))
}

/// Links an appointment type of the PMS.
///
/// # Errors
/// No such practice or type.
pub fn link_type(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    pms_appointment_type_id: &str,
    link: Link<AppointmentTypeId>,
) -> Result<()> {
    practice(tx, who, Right::Settings, practice_id)?;
    let before = pms_type(tx, pms_appointment_type_id)?;
    let mut row = before.clone();
    match link {
        Link::To(id) => {
            appointment_types::get(tx, id)?.ok_or(Error::NotFound("appointment type"))?;
            row.appointment_type_id = Some(id);
        }
        Link::ToNew => show_type(tx, &mut row, true)?,
        Link::ToNothing => row.appointment_type_id = None,
    }
    if row == before {
        return Ok(());
    }
    pms_types::upsert(tx, &row)?;
    let to = row.appointment_type_id.map(AppointmentTypeId::get);
    let detail = json!({"pmsAppointmentTypeId": pms_appointment_type_id, "appointmentTypeId": to});
    context.record(tx, "linkPmsAppointmentType", None, &detail, None)
}
