//! `/practices/{practiceId}/bookings`, `/attention` and `/bookability`.

use crate::admin::{Admin, Ids, practice_id};
use crate::booking::rfc3339;
use crate::failure::Failure;
use crate::params::Params;
use crate::problem::{Input, Result};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::booking::Attendance;
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PractitionerId};
use slotbridge_domain::patient;
use slotbridge_hub::admin::bookings::{self, BookingView, Deed, PersonSearch};
use slotbridge_hub::admin::{attention, bookability};
use slotbridge_hub::{Error, Hub};
use slotbridge_wire::bookings::Reason;
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::time::parse_date;

fn shown(view: &BookingView, zone: &TimeZone) -> Value {
    let booking = &view.booking;
    let life = &booking.life;
    let person = view.person.as_ref().map(|person| {
        json!({
            "firstname": person.firstname,
            "lastname": person.lastname,
            "dob": person.dob,
            "phone": person.phone,
            "email": person.email,
        })
    });
    json!({
        "bookingId": booking.booking_id.get(),
        "status": life.status.as_str(),
        "pmsAnswer": life.pms_answer.as_str(),
        "notInPms": view.outstanding,
        "attendance": life.attendance.map(Attendance::as_str),
        "practitionerId": booking.practitioner_id.get(),
        "appointmentTypeId": booking.appointment_type_id.get(),
        "appointmentType": booking.comments,
        "pmsResourceId": booking.pms_resource_id,
        "pmsAppointmentTypeId": booking.pms_appointment_type_id,
        "pmsAppointmentIds": view.pms_record.pms_appointment_ids,
        "pmsPatientId": view.pms_record.pms_patient_id,
        "start": rfc3339(booking.start, zone),
        "end": rfc3339(booking.end, zone),
        "createdAt": rfc3339(life.created_at, zone),
        "isNewPatient": booking.is_new_patient,
        "reason": view.person.as_ref().and_then(|person| person.reason.as_ref()),
        "patient": person,
    })
}

fn booking_id(id: i64) -> std::result::Result<BookingId, Failure> {
    BookingId::new(id).ok_or_else(|| Error::NotFound("booking").into())
}

/// The bookings of some days in practice time.
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Json<Value>> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let (days, window) = (
        (params.optional("from")?, params.optional("to")?),
        page.window(),
    );
    let (found, zone) = hub
        .read(id, move |tx| {
            bookings::list(tx, &admin.operator, id, days, window)
        })
        .await?;
    let data: Vec<Value> = found
        .entries
        .iter()
        .map(|view| shown(view, &zone))
        .collect();
    Ok(Json(
        json!({"data": data, "page": page.paginated(found.total)}),
    ))
}

/// The body of a search: a phone, or a last name with a date of birth.
pub(super) struct SearchInput(PersonSearch);

impl FromJson for SearchInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let phone: Option<String> = object.optional("phone");
        let lastname: Option<String> = object.optional_name("lastname");
        let dob: Option<String> = object.optional("dob");
        match (phone, lastname, dob) {
            (Some(phone), None, None) => match patient::phone(&phone) {
                Ok(phone) => Some(Self(PersonSearch::Phone(phone))),
                Err(why) => object.fault("phone", why),
            },
            (None, Some(lastname), Some(dob)) => match parse_date(&dob) {
                Some(dob) => Some(Self(PersonSearch::Name(lastname, dob.to_string()))),
                None => object.fault("dob", "must be a date (YYYY-MM-DD)"),
            },
            _ => object.fault("phone", "give either phone, or lastname and dob"),
        }
    }
}

/// The newest bookings of a person. A POST, so that nothing personal stands in a URL.
pub(super) async fn search(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(SearchInput(search)): Input<SearchInput>,
) -> Result<Json<Value>> {
    let id = practice_id(id)?;
    let (found, zone) = hub
        .read(id, move |tx| {
            bookings::search(tx, &admin.operator, id, &search)
        })
        .await?;
    let data: Vec<Value> = found.iter().map(|view| shown(view, &zone)).collect();
    Ok(Json(json!({"data": data})))
}

/// One booking.
pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice, id]): Ids<2>,
) -> Result<Json<Value>> {
    let (practice, id) = (practice_id(practice)?, booking_id(id)?);
    let (view, zone) = hub
        .read(practice, move |tx| {
            bookings::get(tx, &admin.operator, practice, id)
        })
        .await?;
    Ok(Json(shown(&view, &zone)))
}

async fn change(
    hub: &Hub,
    admin: Admin,
    [practice, id]: [i64; 2],
    deed: Deed,
    reason: Option<String>,
) -> Result<Json<Value>> {
    let (practice, id, context) = (practice_id(practice)?, booking_id(id)?, admin.context());
    let (view, zone) = hub
        .write(practice, move |tx| {
            let operator = &admin.operator;
            bookings::change(
                tx,
                operator,
                &context,
                practice,
                id,
                deed,
                reason.as_deref(),
            )
        })
        .await?;
    Ok(Json(shown(&view, &zone)))
}

/// Staff entered it into the PMS by hand (BOOK-2).
pub(super) async fn entered_by_hand(
    State(hub): State<Hub>,
    admin: Admin,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<Value>> {
    change(&hub, admin, ids, Deed::EnteredByHand, reason).await
}

/// Staff cancel it (BOOK-7).
pub(super) async fn cancel(
    State(hub): State<Hub>,
    admin: Admin,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<Value>> {
    change(&hub, admin, ids, Deed::Cancel, reason).await
}

/// The patient came.
pub(super) async fn attended(
    State(hub): State<Hub>,
    admin: Admin,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<Value>> {
    change(&hub, admin, ids, Deed::Attended, reason).await
}

/// What needs staff's attention.
pub(super) async fn attention(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    let id = practice_id(id)?;
    let items = hub
        .read(id, move |tx| attention::list(tx, &admin.operator, id))
        .await?;
    let shown = |item: &attention::Item| {
        json!({
            "kind": item.kind,
            "bookingId": item.booking_id.get(),
            "since": item.since.to_string(),
        })
    };
    Ok(Json(
        json!({"data": items.iter().map(shown).collect::<Vec<_>>()}),
    ))
}

/// Every reason why a time is or is not bookable.
pub(super) async fn bookability(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Json<Value>> {
    let id = practice_id(id)?;
    let named = |name: &str| params.required::<i64>(name);
    let wrong = |name: &str| Error::field(name, "is no such id");
    let practitioner =
        PractitionerId::new(named("practitionerId")?).ok_or_else(|| wrong("practitionerId"))?;
    let kind = AppointmentTypeId::new(named("appointmentTypeId")?)
        .ok_or_else(|| wrong("appointmentTypeId"))?;
    let start = params.required("start")?;
    let found = hub
        .read(id, move |tx| {
            bookability::get(tx, &admin.operator, id, practitioner, kind, start)
        })
        .await?;
    Ok(Json(json!({
        "bookable": found.slot.is_some(),
        "start": rfc3339(start, &found.zone),
        "end": found.slot.map(|slot| rfc3339(slot.end, &found.zone)),
        "reasons": found.reasons,
    })))
}
