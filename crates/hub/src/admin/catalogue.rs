//! Practitioners and appointment types, and their links to what the PMS sent.

use crate::admin::practice;
use crate::auth::Manages;
use crate::picture::Offer;
use crate::{Context, Error, Fault, Result};
use serde_json::json;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_domain::staff::Right;
use slotbridge_store::appointment_types::{self, AppointmentType};
use slotbridge_store::pms_appointment_types::{self, PmsAppointmentType};
use slotbridge_store::pms_resources::{self, PmsResource};
use slotbridge_store::practitioners::{self, Practitioner};
use slotbridge_store::{Tx, numbers, offers};

/// A practice's practitioners and types with their links.
pub struct Catalogue {
    /// All practitioners.
    pub practitioners: Vec<Practitioner>,
    /// All appointment types.
    pub appointment_types: Vec<AppointmentType>,
    /// The PMS's resources.
    pub pms_resources: Vec<PmsResource>,
    /// The PMS's types.
    pub pms_appointment_types: Vec<PmsAppointmentType>,
}

/// All practitioners, types, and what they are linked to.
///
/// # Errors
/// No such practice.
pub fn get(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Catalogue> {
    practice(tx, who, Right::Bookings, id)?;
    let practitioners = practitioners::ask(tx)?;
    let appointment_types = appointment_types::ask(tx)?;
    let pms_resources = pms_resources::ask(tx)?;
    let pms_appointment_types = pms_appointment_types::ask(tx)?;
    Ok(Catalogue {
        practitioners: practitioners.all(tx)?,
        appointment_types: appointment_types.all(tx)?,
        pms_resources: pms_resources.all(tx)?,
        pms_appointment_types: pms_appointment_types.all(tx)?,
    })
}

/// What patients can book.
///
/// # Errors
/// No such practice.
pub fn offers(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Vec<Offer>> {
    practice(tx, who, Right::Bookings, id)?;
    Ok(offers::ask(tx)?.all(tx)?)
}

/// A practitioner's details; absent: as they are. The inner `None` unsets.
#[derive(Clone, Debug, Default)]
pub struct PractitionerDetails {
    /// The name that patients see.
    pub name: Option<String>,
    /// Title.
    pub title: Option<Option<String>>,
    /// First name.
    pub firstname: Option<Option<String>>,
    /// Last name.
    pub lastname: Option<Option<String>>,
    /// Whether patients can book.
    pub active: Option<bool>,
    /// The resources that are linked to the practitioner, all of them.
    pub pms_resource_ids: Option<Vec<String>>,
}

/// Adds a practitioner, or changes one.
///
/// # Errors
/// No such practice or practitioner; a link names no resource.
pub fn put_practitioner(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    id: Option<PractitionerId>,
    details: &PractitionerDetails,
) -> Result<PractitionerId> {
    practice(tx, who, Right::Settings, practice_id)?;
    let known = id.map(|id| practitioners::get(tx, id)).transpose()?;
    let mut who = match known {
        Some(known) => known.ok_or(Error::NotFound("practitioner"))?,
        None => Practitioner {
            practitioner_id: numbers::practitioner(tx)?,
            name: String::new(),
            title: None,
            firstname: None,
            lastname: None,
            follows_pms: false,
            active: true,
        },
    };
    let details = details.clone();
    let renamed = details.name.is_some()
        || details.title.is_some()
        || details.firstname.is_some()
        || details.lastname.is_some();
    who.follows_pms &= !renamed;
    who.name = details.name.unwrap_or(who.name);
    who.title = details.title.unwrap_or(who.title);
    who.firstname = details.firstname.unwrap_or(who.firstname);
    who.lastname = details.lastname.unwrap_or(who.lastname);
    who.active = details.active.unwrap_or(who.active);
    if id.is_some() {
        practitioners::update(tx, &who)?;
    } else {
        practitioners::insert(tx, &who)?;
    }
    if let Some(wanted) = details.pms_resource_ids {
        link_resources(tx, who.practitioner_id, &wanted)?;
    }
    let detail = json!({"practitionerId": who.practitioner_id.get()});
    context.record(tx, "practitioner", None, &detail, None)?;
    Ok(who.practitioner_id)
}

fn unknown(field: &str, at: usize) -> Fault {
    Fault::new(format!("{field}[{at}]"), "the PMS has sent no such id")
}

fn link_resources(tx: &mut Tx<'_>, id: PractitionerId, wanted: &[String]) -> Result<()> {
    let known = pms_resources::list(tx)?;
    let missing = |(at, name): (usize, &String)| {
        let found = known.iter().any(|row| row.pms_resource_id == *name);
        (!found).then(|| unknown("pmsResourceIds", at))
    };
    let faults: Vec<Fault> = wanted.iter().enumerate().filter_map(missing).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    for mut row in known {
        let link = wanted.contains(&row.pms_resource_id);
        if link != (row.practitioner_id == Some(id)) {
            row.practitioner_id = link.then_some(id);
            pms_resources::upsert(tx, &row)?;
        }
    }
    Ok(())
}

/// An appointment type's details; absent: as they are. The inner `None` unsets.
#[derive(Clone, Debug, Default)]
pub struct TypeDetails {
    /// The name that patients see.
    pub name: Option<String>,
    /// The length in minutes; it counts before the PMS's.
    pub length_minutes: Option<Option<i64>>,
    /// Whether patients can book it.
    pub active: Option<bool>,
    /// The PMS's types that are linked to it, all of them.
    pub pms_appointment_type_ids: Option<Vec<String>>,
}

/// Adds an appointment type, or changes one.
///
/// # Errors
/// No such practice or type; a link names no type of the PMS.
pub fn put_appointment_type(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    id: Option<AppointmentTypeId>,
    details: &TypeDetails,
) -> Result<AppointmentTypeId> {
    practice(tx, who, Right::Settings, practice_id)?;
    let known = id.map(|id| appointment_types::get(tx, id)).transpose()?;
    let mut kind = match known {
        Some(known) => known.ok_or(Error::NotFound("appointment type"))?,
        None => AppointmentType {
            appointment_type_id: numbers::appointment_type(tx)?,
            name: String::new(),
            length_minutes: None,
            follows_pms: false,
            active: true,
        },
    };
    let details = details.clone();
    kind.follows_pms &= details.name.is_none();
    kind.name = details.name.unwrap_or(kind.name);
    kind.length_minutes = details.length_minutes.unwrap_or(kind.length_minutes);
    kind.active = details.active.unwrap_or(kind.active);
    if id.is_some() {
        appointment_types::update(tx, &kind)?;
    } else {
        appointment_types::insert(tx, &kind)?;
    }
    if let Some(wanted) = details.pms_appointment_type_ids {
        link_types(tx, kind.appointment_type_id, &wanted)?;
    }
    let detail = json!({"appointmentTypeId": kind.appointment_type_id.get()});
    context.record(tx, "appointmentType", None, &detail, None)?;
    Ok(kind.appointment_type_id)
}

fn link_types(tx: &mut Tx<'_>, id: AppointmentTypeId, wanted: &[String]) -> Result<()> {
    let known = pms_appointment_types::list(tx)?;
    let missing = |(at, name): (usize, &String)| {
        let found = known.iter().any(|row| row.pms_appointment_type_id == *name);
        (!found).then(|| unknown("pmsAppointmentTypeIds", at))
    };
    let faults: Vec<Fault> = wanted.iter().enumerate().filter_map(missing).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    for mut row in known {
        let link = wanted.contains(&row.pms_appointment_type_id);
        if link != (row.appointment_type_id == Some(id)) {
            row.appointment_type_id = link.then_some(id);
            pms_appointment_types::upsert(tx, &row)?;
        }
    }
    Ok(())
}
