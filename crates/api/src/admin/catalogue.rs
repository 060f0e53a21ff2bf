//! Practitioners and appointment types, and what the PMS sent that they are linked to.

use crate::admin::{Admin, Ids, practice_id};
use crate::problem::{Creating, Input, Result, created};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_hub::admin::catalogue::{self, PractitionerDetails, TypeDetails};
use slotbridge_hub::picture::Catalogue;
use slotbridge_hub::{Context, Error, Hub, IdempotencyKey};
use slotbridge_wire::profile::Field;
use slotbridge_wire::read::{self, Faults, FromJson, Node, Object};

/// The most links of one practitioner or type.
const MOST_LINKS: usize = 1000;

fn unset<T>(field: Field<T>) -> Option<Option<T>> {
    match field {
        Field::Absent => None,
        Field::Null => Some(None),
        Field::Value(value) => Some(Some(value)),
    }
}

/// A new one must have a name; a changed one keeps it.
fn name(object: &mut Object<'_>, new: bool) -> Option<String> {
    if new {
        object.required_name("name")
    } else {
        object.optional_name("name")
    }
}

fn practitioner(object: &mut Object<'_>, new: bool) -> PractitionerDetails {
    PractitionerDetails {
        name: name(object, new),
        title: unset(object.field("title")),
        firstname: unset(object.field("firstname")),
        lastname: unset(object.field("lastname")),
        active: object.optional("active"),
        pms_resource_ids: object
            .optional_with("pmsResourceIds", read::array_of(MOST_LINKS, read::id)),
    }
}

fn appointment_type(object: &mut Object<'_>, new: bool) -> TypeDetails {
    let length = match object.field::<i64>("lengthMinutes") {
        Field::Value(minutes) if !(1..=1440).contains(&minutes) => object.fault(
            "lengthMinutes",
            "must be 1 to 1440 minutes, or null for the PMS's own",
        ),
        field => unset(field),
    };
    TypeDetails {
        name: name(object, new),
        length_minutes: length,
        active: object.optional("active"),
        pms_appointment_type_ids: object.optional_with(
            "pmsAppointmentTypeIds",
            read::array_of(MOST_LINKS, read::id),
        ),
    }
}

pub(super) struct New<T>(T);
pub(super) struct Changed<T>(T);

macro_rules! inputs {
    ($details:ty, $read:path) => {
        impl FromJson for New<$details> {
            fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
                Some(Self($read(&mut node.object(faults)?, true)))
            }
        }

        impl FromJson for Changed<$details> {
            fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
                Some(Self($read(&mut node.object(faults)?, false)))
            }
        }
    };
}

inputs!(PractitionerDetails, practitioner);
inputs!(TypeDetails, appointment_type);

fn practitioners_of(catalogue: &Catalogue) -> Vec<Value> {
    let shown = |who: &slotbridge_hub::rows::Practitioner| {
        let linked = catalogue
            .pms_resources
            .iter()
            .filter(|row| row.practitioner_id == Some(who.practitioner_id))
            .map(|row| &row.pms_resource_id);
        json!({
            "practitionerId": who.practitioner_id.get(),
            "name": who.name,
            "title": who.title,
            "firstname": who.firstname,
            "lastname": who.lastname,
            "active": who.active,
            "pmsResourceIds": linked.collect::<Vec<_>>(),
        })
    };
    catalogue.practitioners.iter().map(shown).collect()
}

fn types_of(catalogue: &Catalogue) -> Vec<Value> {
    let shown = |kind: &slotbridge_hub::rows::AppointmentType| {
        let linked = catalogue
            .pms_appointment_types
            .iter()
            .filter(|row| row.appointment_type_id == Some(kind.appointment_type_id))
            .map(|row| &row.pms_appointment_type_id);
        json!({
            "appointmentTypeId": kind.appointment_type_id.get(),
            "name": kind.name,
            "lengthMinutes": kind.length_minutes,
            "active": kind.active,
            "pmsAppointmentTypeIds": linked.collect::<Vec<_>>(),
        })
    };
    catalogue.appointment_types.iter().map(shown).collect()
}

fn pms_resources_of(catalogue: &Catalogue) -> Vec<Value> {
    let shown = |row: &slotbridge_hub::rows::PmsResource| {
        json!({
            "pmsResourceId": row.pms_resource_id,
            "pmsResourceName": row.name,
            "live": row.live,
            "practitionerId": row.practitioner_id.map(PractitionerId::get),
        })
    };
    catalogue.pms_resources.iter().map(shown).collect()
}

fn pms_types_of(catalogue: &Catalogue) -> Vec<Value> {
    let shown = |row: &slotbridge_hub::rows::PmsAppointmentType| {
        json!({
            "pmsAppointmentTypeId": row.pms_appointment_type_id,
            "pmsAppointmentTypeName": row.name,
            "pmsAppointmentLength": row.length_minutes,
            "pmsResourceId": row.pms_resource_id,
            "live": row.live,
            "appointmentTypeId": row.appointment_type_id.map(AppointmentTypeId::get),
        })
    };
    catalogue.pms_appointment_types.iter().map(shown).collect()
}

async fn list(
    hub: Hub,
    admin: Admin,
    id: i64,
    part: fn(&Catalogue) -> Vec<Value>,
) -> Result<Json<Value>> {
    let id = practice_id(id)?;
    let catalogue = hub
        .read(id, move |tx| catalogue::get(tx, &admin.operator, id))
        .await?;
    Ok(Json(json!({"data": part(&catalogue)})))
}

/// All practitioners.
pub(super) async fn practitioners(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    list(hub, admin, id, practitioners_of).await
}

/// All appointment types.
pub(super) async fn appointment_types(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    list(hub, admin, id, types_of).await
}

/// The PMS's resources, deleted ones too.
pub(super) async fn pms_resources(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    list(hub, admin, id, pms_resources_of).await
}

/// The PMS's types, deleted ones too.
pub(super) async fn pms_appointment_types(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    list(hub, admin, id, pms_types_of).await
}

/// Writes a practitioner and shows them with their links.
async fn put_practitioner(
    hub: &Hub,
    admin: Admin,
    practice: PracticeId,
    id: Option<PractitionerId>,
    details: PractitionerDetails,
    key: Option<IdempotencyKey>,
) -> Result<Value> {
    let context: Context = admin.context();
    let once = hub.once(key, |(id, catalogue): &(PractitionerId, Catalogue)| {
        let mut all = practitioners_of(catalogue).into_iter();
        all.find(|one| one["practitionerId"] == id.get())
            .unwrap_or_default()
    });
    let answer = hub.write(practice, move |tx| {
        once.run(tx, |tx| {
            let operator = &admin.operator;
            let id = catalogue::put_practitioner(tx, operator, &context, practice, id, &details)?;
            Ok((id, catalogue::get(tx, operator, practice)?))
        })
    });
    Ok(answer.await?)
}

/// Adds a practitioner.
pub(super) async fn add_practitioner(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice]): Ids<1>,
    Creating(New(details), key): Creating<New<PractitionerDetails>>,
) -> Result<Response> {
    let practice = practice_id(practice)?;
    Ok(created(
        put_practitioner(&hub, admin, practice, None, details, key).await?,
    ))
}

/// Changes a practitioner.
pub(super) async fn change_practitioner(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice, id]): Ids<2>,
    Input(Changed(details)): Input<Changed<PractitionerDetails>>,
) -> Result<Json<Value>> {
    let practice = practice_id(practice)?;
    let id = PractitionerId::new(id).ok_or(Error::NotFound("practitioner"))?;
    Ok(Json(
        put_practitioner(&hub, admin, practice, Some(id), details, None).await?,
    ))
}

/// Writes an appointment type and shows it with its links.
async fn put_type(
    hub: &Hub,
    admin: Admin,
    practice: PracticeId,
    id: Option<AppointmentTypeId>,
    details: TypeDetails,
    key: Option<IdempotencyKey>,
) -> Result<Value> {
    let context: Context = admin.context();
    let once = hub.once(key, |(id, catalogue): &(AppointmentTypeId, Catalogue)| {
        let mut all = types_of(catalogue).into_iter();
        all.find(|one| one["appointmentTypeId"] == id.get())
            .unwrap_or_default()
    });
    let answer = hub.write(practice, move |tx| {
        once.run(tx, |tx| {
            let operator = &admin.operator;
            let id =
                catalogue::put_appointment_type(tx, operator, &context, practice, id, &details)?;
            Ok((id, catalogue::get(tx, operator, practice)?))
        })
    });
    Ok(answer.await?)
}

/// Adds an appointment type.
pub(super) async fn add_appointment_type(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice]): Ids<1>,
    Creating(New(details), key): Creating<New<TypeDetails>>,
) -> Result<Response> {
    let practice = practice_id(practice)?;
    Ok(created(
        put_type(&hub, admin, practice, None, details, key).await?,
    ))
}

/// Changes an appointment type.
pub(super) async fn change_appointment_type(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice, id]): Ids<2>,
    Input(Changed(details)): Input<Changed<TypeDetails>>,
) -> Result<Json<Value>> {
    let practice = practice_id(practice)?;
    let id = AppointmentTypeId::new(id).ok_or(Error::NotFound("appointment type"))?;
    Ok(Json(
        put_type(&hub, admin, practice, Some(id), details, None).await?,
    ))
}
