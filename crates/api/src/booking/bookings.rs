//! `POST /bookings`, `GET /bookings/{bookingId}` and `POST /bookings/{bookingId}/cancel`.

use crate::booking::{Manager, Slot, read_wanted, rfc3339};
use crate::call_id::CallId;
use crate::failure::Failure;
use crate::problem::{Creating, Input, Problem, Result, created};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::booking::Status;
use slotbridge_hub::booking::cancel;
use slotbridge_hub::booking::create::{self, Made, NewBooking, Outcome};
use slotbridge_hub::booking::get::{self, BookingPage};
use slotbridge_hub::booking::patient_form::PatientForm;
use slotbridge_hub::{Actor, Context, Hub};
use slotbridge_wire::bookings::Reason;
use slotbridge_wire::read::{Faults, FromJson, Node};

/// The body of `POST /bookings`.
pub(super) struct BookingInput(NewBooking);

/// What a patient enters. Whether it makes sense, the hub says.
struct PatientInput(PatientForm);

impl FromJson for PatientInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let firstname = object.required("firstname");
        let lastname = object.required("lastname");
        let dob = object.required("dob");
        let phone = object.required("phone");
        let email = object.required("email");
        let form = PatientForm {
            address: object.optional("address"),
            suburb: object.optional("suburb"),
            state: object.optional("state"),
            postcode: object.optional("postcode"),
            gender: object.optional("gender"),
            medicare_number: object.optional("medicareNumber"),
            medicare_irn: object.optional("medicareIrn"),
            medicare_expiry: object.optional("medicareExpiry"),
            ..PatientForm::default()
        };
        Some(Self(PatientForm {
            firstname: firstname?,
            lastname: lastname?,
            dob: dob?,
            phone: phone?,
            email: email?,
            ..form
        }))
    }
}

impl FromJson for BookingInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let wanted = read_wanted(&mut object);
        let hold_id = object.optional_id("holdId");
        let patient: Option<PatientInput> = object.required("patient");
        let reason = object.optional("reason");
        let is_new_patient = object.optional("isNewPatient");
        Some(Self(NewBooking {
            wanted: wanted?,
            hold_id,
            patient: PatientForm {
                reason,
                ..patient?.0
            },
            is_new_patient: is_new_patient.unwrap_or(false),
        }))
    }
}

fn context(call_id: &CallId) -> Context {
    Context {
        actor: Actor::Patient,
        call_id: call_id.to_text(),
    }
}

fn made(made: &Made) -> Value {
    json!({
        "bookingId": made.booking_id.get(),
        "status": Status::Requested.as_str(),
        "manageToken": made.manage_token,
        "start": rfc3339(made.start, &made.zone),
        "end": rfc3339(made.end, &made.zone),
        "decidedBy": rfc3339(made.decided_by, &made.zone),
    })
}

/// Books a time.
pub(super) async fn create(
    State(hub): State<Hub>,
    call_id: CallId,
    Creating(BookingInput(new), key): Creating<BookingInput>,
) -> Result<Response> {
    call_id.about(new.wanted.practice_id);
    let once = hub.once(key, made);
    match create::create(&hub, context(&call_id), new, once).await? {
        Outcome::Made(answer) => Ok(created(answer)),
        Outcome::Gone {
            why,
            alternatives,
            zone,
        } => {
            let slots: Vec<Slot> = alternatives
                .iter()
                .map(|slot| Slot::new(slot, &zone))
                .collect();
            let text = format!("this time is not available: {why}");
            let failure = Failure::new(StatusCode::CONFLICT, text);
            Err(Problem::with(failure, "alternatives", json!(slots)))
        }
    }
}

/// A link that may be shown as one (BOOK-4).
fn link(text: Option<&String>) -> Option<&String> {
    text.filter(|text| {
        let lower = text.trim().to_ascii_lowercase();
        lower.starts_with("https://") || lower.starts_with("http://")
    })
}

fn page(page: &BookingPage) -> Value {
    let booking = &page.booking;
    let record = &page.pms_record;
    let slots: Vec<Slot> = page
        .alternatives
        .iter()
        .map(|slot| Slot::new(slot, &page.zone))
        .collect();
    let mut answer = json!({
        "bookingId": booking.booking_id.get(),
        "status": page.status(),
        "practiceId": page.practice.practice_id.get(),
        "practiceName": page.practice.name,
        "timezone": page.practice.timezone,
        "practitionerId": booking.practitioner_id.get(),
        "appointmentTypeId": booking.appointment_type_id.get(),
        "appointmentType": booking.comments,
        "start": rfc3339(booking.start, &page.zone),
        "end": rfc3339(booking.end, &page.zone),
        "createdAt": rfc3339(booking.life.created_at, &page.zone),
        "decidedBy": rfc3339(booking.life.decided_by(), &page.zone),
        "telehealthLink": link(record.patient_appointment_link.as_ref()),
        "telehealthDescription": record.patient_appointment_description,
    });
    if let (Value::Object(answer), Status::Rejected) = (&mut answer, booking.life.status) {
        answer.insert("alternatives".into(), json!(slots));
    }
    answer
}

/// A booking, for whoever has its token.
pub(super) async fn one(State(hub): State<Hub>, Manager(patient): Manager) -> Result<Json<Value>> {
    let found = hub
        .read(patient.booking_id().practice(), move |tx| {
            get::get(tx, patient)
        })
        .await?;
    Ok(Json(page(&found)))
}

/// Cancels a booking; the reason stays between the patient and the practice.
pub(super) async fn cancel(
    State(hub): State<Hub>,
    call_id: CallId,
    Manager(patient): Manager,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<Value>> {
    let context = context(&call_id);
    let found = hub
        .write(patient.booking_id().practice(), move |tx| {
            cancel::cancel(tx, &context, patient, reason.as_deref())
        })
        .await?;
    Ok(Json(page(&found)))
}
