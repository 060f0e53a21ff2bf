//! Practitioners and appointment types, and what the PMS sent that they are linked to.

use crate::admin::{Admin, Ids, List, list_of, practice_id};
use crate::openapi::values::like;
use crate::problem::{Creating, Input, Result, created, kept};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_hub::admin::catalogue::Catalogue;
use slotbridge_hub::admin::catalogue::{self, PractitionerDetails, TypeDetails};
use slotbridge_hub::{Context, Error, Hub, IdempotencyKey, rows};
use slotbridge_wire::profile::Field;
use slotbridge_wire::read::{self, Faults, FromJson, Node, Object};
use slotbridge_wire::schema::{Id, Name, Text};
use slotbridge_wire::schemas;
use utoipa::ToSchema;
use utoipa::openapi::Ref;

/// The settings of a practitioner. What is not sent stays, or is not set; `null` unsets.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `practitioner` reads")]
pub(super) struct PractitionerChange {
    /// Their name as shown.
    #[schema(value_type = Option<Name>)]
    name: Option<String>,
    /// Title, e.g. `Dr`.
    #[schema(value_type = Option<Text>)]
    title: Option<String>,
    /// First name.
    #[schema(value_type = Option<Text>)]
    firstname: Option<String>,
    /// Last name.
    #[schema(value_type = Option<Text>)]
    lastname: Option<String>,
    /// Whether patients can book them.
    active: Option<bool>,
    /// The PMS's resources that are this person; replaces all.
    #[schema(value_type = Option<Vec<Id>>, max_items = 1000)]
    pms_resource_ids: Option<Vec<String>>,
}

/// The settings of an appointment type. What is not sent stays, or is not set; `null` unsets.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `appointment_type` reads")]
pub(super) struct AppointmentTypeChange {
    /// Its name as shown.
    #[schema(value_type = Option<Name>)]
    name: Option<String>,
    /// How long it takes in minutes; `null`: as long as the PMS says.
    #[schema(minimum = 1, maximum = 1440)]
    length_minutes: Option<i64>,
    /// Whether patients can book it.
    active: Option<bool>,
    /// The PMS's types that are this one; replaces all.
    #[schema(value_type = Option<Vec<Id>>, max_items = 1000)]
    pms_appointment_type_ids: Option<Vec<String>>,
}

schemas! {
    /// A practitioner to be added.
    NewPractitioner = like::<PractitionerChange>("A practitioner to be added.")
        .property("name", Ref::from_schema_name(Name::name()))
        .required("name");
    /// An appointment type to be added.
    NewAppointmentType = like::<AppointmentTypeChange>("An appointment type to be added.")
        .property("name", Ref::from_schema_name(Name::name()))
        .required("name");
}

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

/// A practitioner as operators see them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PractitionerView<'a> {
    /// Their id.
    practitioner_id: i64,
    /// Their name as shown.
    name: &'a str,
    /// Title.
    #[schema(required)]
    title: Option<&'a str>,
    /// First name.
    #[schema(required)]
    firstname: Option<&'a str>,
    /// Last name.
    #[schema(required)]
    lastname: Option<&'a str>,
    /// Whether patients can book them.
    active: bool,
    /// The PMS's resources that are this person.
    pms_resource_ids: Vec<&'a str>,
}

/// An appointment type as operators see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AppointmentTypeView<'a> {
    /// Its id.
    appointment_type_id: i64,
    /// Its name as shown.
    name: &'a str,
    /// How long it takes in minutes; `null`: as long as the PMS says.
    #[schema(required)]
    length_minutes: Option<i64>,
    /// Whether patients can book it.
    active: bool,
    /// The PMS's types that are this one.
    pms_appointment_type_ids: Vec<&'a str>,
}

/// A resource that the PMS sent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PmsResourceView<'a> {
    /// The PMS's id of it.
    pms_resource_id: &'a str,
    /// Its name in the PMS.
    pms_resource_name: &'a str,
    /// Whether the last snapshot has it.
    live: bool,
    /// The practitioner that it is.
    #[schema(required)]
    practitioner_id: Option<i64>,
}

/// An appointment type that the PMS sent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PmsAppointmentTypeView<'a> {
    /// The PMS's id of it.
    pms_appointment_type_id: &'a str,
    /// Its name in the PMS.
    pms_appointment_type_name: &'a str,
    /// How long one takes in minutes.
    #[schema(required)]
    pms_appointment_length: Option<i64>,
    /// The resource that has it; `null`: all of them.
    #[schema(required)]
    pms_resource_id: Option<&'a str>,
    /// Whether the last snapshot has it.
    live: bool,
    /// The appointment type that it is.
    #[schema(required)]
    appointment_type_id: Option<i64>,
}

fn practitioner_view<'a>(
    catalogue: &'a Catalogue,
    who: &'a rows::Practitioner,
) -> PractitionerView<'a> {
    let linked = catalogue
        .pms_resources
        .iter()
        .filter(|row| row.practitioner_id == Some(who.practitioner_id))
        .map(|row| row.pms_resource_id.as_str());
    PractitionerView {
        practitioner_id: who.practitioner_id.get(),
        name: &who.name,
        title: who.title.as_deref(),
        firstname: who.firstname.as_deref(),
        lastname: who.lastname.as_deref(),
        active: who.active,
        pms_resource_ids: linked.collect(),
    }
}

fn type_view<'a>(
    catalogue: &'a Catalogue,
    kind: &'a rows::AppointmentType,
) -> AppointmentTypeView<'a> {
    let linked = catalogue
        .pms_appointment_types
        .iter()
        .filter(|row| row.appointment_type_id == Some(kind.appointment_type_id))
        .map(|row| row.pms_appointment_type_id.as_str());
    AppointmentTypeView {
        appointment_type_id: kind.appointment_type_id.get(),
        name: &kind.name,
        length_minutes: kind.length_minutes,
        active: kind.active,
        pms_appointment_type_ids: linked.collect(),
    }
}

fn practitioners_of(catalogue: &Catalogue) -> Response {
    let all = catalogue.practitioners.iter();
    list_of(all.map(|who| practitioner_view(catalogue, who)))
}

fn types_of(catalogue: &Catalogue) -> Response {
    let all = catalogue.appointment_types.iter();
    list_of(all.map(|kind| type_view(catalogue, kind)))
}

fn pms_resources_of(catalogue: &Catalogue) -> Response {
    let all = catalogue.pms_resources.iter();
    list_of(all.map(|row| PmsResourceView {
        pms_resource_id: &row.pms_resource_id,
        pms_resource_name: &row.name,
        live: row.live,
        practitioner_id: row.practitioner_id.map(PractitionerId::get),
    }))
}

fn pms_types_of(catalogue: &Catalogue) -> Response {
    let all = catalogue.pms_appointment_types.iter();
    list_of(all.map(|row| PmsAppointmentTypeView {
        pms_appointment_type_id: &row.pms_appointment_type_id,
        pms_appointment_type_name: &row.name,
        pms_appointment_length: row.length_minutes,
        pms_resource_id: row.pms_resource_id.as_deref(),
        live: row.live,
        appointment_type_id: row.appointment_type_id.map(AppointmentTypeId::get),
    }))
}

async fn list(
    hub: Hub,
    admin: Admin,
    id: i64,
    part: fn(&Catalogue) -> Response,
) -> Result<Response> {
    let id = practice_id(id)?;
    let catalogue = hub
        .read(id, move |tx| catalogue::get(tx, &admin.operator, id))
        .await?;
    Ok(part(&catalogue))
}

/// Whom patients can book
///
/// All practitioners, with the PMS's resources that each is.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/practitioners",
    operation_id = "listPractitioners",
    tag = "catalogue",
    responses(
        (status = 200, description = "The practitioners.", body = List<PractitionerView<'_>>),
    ),
)]
pub(super) async fn practitioners(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    list(hub, admin, id, practitioners_of).await
}

/// For what patients can book
///
/// All appointment types, with the PMS's types that each is.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/appointmentTypes",
    operation_id = "listAppointmentTypes",
    tag = "catalogue",
    responses(
        (status = 200, description = "The types.", body = List<AppointmentTypeView<'_>>),
    ),
)]
pub(super) async fn appointment_types(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    list(hub, admin, id, types_of).await
}

/// The resources that the PMS sent
///
/// Deleted ones too (CONF-1).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/pmsResources",
    operation_id = "listPmsResources",
    tag = "catalogue",
    responses(
        (status = 200, description = "The resources.", body = List<PmsResourceView<'_>>),
    ),
)]
pub(super) async fn pms_resources(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    list(hub, admin, id, pms_resources_of).await
}

/// The appointment types that the PMS sent
///
/// Deleted and sleeping ones too (CONF-2).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/pmsAppointmentTypes",
    operation_id = "listPmsAppointmentTypes",
    tag = "catalogue",
    responses(
        (status = 200, description = "The types.", body = List<PmsAppointmentTypeView<'_>>),
    ),
)]
pub(super) async fn pms_appointment_types(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
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
        let mut all = catalogue.practitioners.iter();
        let who = all.find(|who| who.practitioner_id == *id);
        kept(who.map(|who| practitioner_view(catalogue, who)))
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

/// Adds a practitioner
///
/// Linked to resources that the PMS has sent.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/practitioners",
    operation_id = "addPractitioner",
    tag = "catalogue",
    request_body(content = NewPractitioner, example = json!({"name": "Dr Kim Lee", "pmsResourceIds": ["dr-lee"]})),
    responses(
        (status = 201, description = "They are there.", body = PractitionerView<'_>),
    ),
)]
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

/// Changes a practitioner
///
/// What is not sent stays.
#[utoipa::path(
    patch,
    path = "/practices/{practiceId}/practitioners/{practitionerId}",
    operation_id = "updatePractitioner",
    tag = "catalogue",
    request_body(content = PractitionerChange, example = json!({"active": false})),
    responses(
        (status = 200, description = "The practitioner.", body = PractitionerView<'_>),
    ),
)]
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
        let mut all = catalogue.appointment_types.iter();
        let kind = all.find(|kind| kind.appointment_type_id == *id);
        kept(kind.map(|kind| type_view(catalogue, kind)))
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

/// Adds an appointment type
///
/// Linked to types that the PMS has sent.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/appointmentTypes",
    operation_id = "addAppointmentType",
    tag = "catalogue",
    request_body(content = NewAppointmentType, example = json!({"name": "Standard consultation", "lengthMinutes": 15, "pmsAppointmentTypeIds": ["std"]})),
    responses(
        (status = 201, description = "It is there.", body = AppointmentTypeView<'_>),
    ),
)]
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

/// Changes an appointment type
///
/// What is not sent stays.
#[utoipa::path(
    patch,
    path = "/practices/{practiceId}/appointmentTypes/{appointmentTypeId}",
    operation_id = "updateAppointmentType",
    tag = "catalogue",
    request_body(content = AppointmentTypeChange, example = json!({"lengthMinutes": null})),
    responses(
        (status = 200, description = "The type.", body = AppointmentTypeView<'_>),
    ),
)]
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
