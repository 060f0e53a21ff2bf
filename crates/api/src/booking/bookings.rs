//! `POST /bookings`, `GET /bookings/{bookingId}` and `POST /bookings/{bookingId}/cancel`.

use crate::booking::{Manager, Slot, context, read_wanted, rfc3339};
use crate::call_id::CallId;
use crate::failure::Failure;
use crate::openapi::values::{
    self, AddressLine, BirthDay, BookingState, BookingStateOrMissed, Email, Gender, Lines,
    MedicareExpiry, MedicareIrn, MedicareNumber, PersonName, Phone, Postcode, PracticeNumber,
    ScopedNumber,
};
use crate::problem::{Creating, Input, PROBLEM, Problem, ProblemDetails, Result, created, kept};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use slotbridge_domain::booking::Status;
use slotbridge_domain::patient;
use slotbridge_hub::Hub;
use slotbridge_hub::booking::cancel;
use slotbridge_hub::booking::create::{self, Made, NewBooking, Outcome};
use slotbridge_hub::booking::get::{self, BookingPage};
use slotbridge_hub::booking::patient_form::{LONGEST_LINE, LONGEST_TEXT, PatientForm};
use slotbridge_wire::bookings::Reason;
use slotbridge_wire::read::{Faults, FromJson, Node, Object};
use slotbridge_wire::schema::{Id, Instant};
use utoipa::ToSchema;

/// The body of `POST /bookings`.
pub(super) struct BookingInput(NewBooking);

/// A booking to be made.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `BookingInput` reads")]
struct NewBookingBody {
    /// Where.
    #[schema(value_type = PracticeNumber)]
    practice_id: i64,
    /// With whom.
    #[schema(value_type = ScopedNumber)]
    practitioner_id: i64,
    /// For what.
    #[schema(value_type = ScopedNumber)]
    appointment_type_id: i64,
    /// When it begins, as `GET /practices/{practiceId}/slots` gives it; any offset will do.
    #[schema(value_type = Instant)]
    start: String,
    /// The hold that keeps the time, if there is one. One that has expired is no obstacle.
    #[schema(value_type = Option<Id>)]
    hold_id: Option<String>,
    /// Who comes.
    patient: PatientBody,
    /// Why they come; the PMS is told.
    #[schema(value_type = Option<Lines>)]
    reason: Option<String>,
    /// Whether they say that they are new to the practice.
    #[schema(default = false)]
    is_new_patient: Option<bool>,
}

/// Who comes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `PatientInput` reads")]
struct PatientBody {
    /// First name.
    #[schema(value_type = PersonName)]
    firstname: String,
    /// Last name.
    #[schema(value_type = PersonName)]
    lastname: String,
    /// Day of birth, from 1880 to today.
    #[schema(value_type = BirthDay)]
    dob: String,
    /// Phone.
    #[schema(value_type = Phone)]
    phone: String,
    /// Mail.
    #[schema(value_type = Email)]
    email: String,
    /// Street and number.
    #[schema(value_type = Option<AddressLine>)]
    address: Option<String>,
    /// Suburb or town.
    #[schema(value_type = Option<AddressLine>)]
    suburb: Option<String>,
    /// State or territory.
    #[schema(value_type = Option<values::State>)]
    state: Option<String>,
    /// Postcode.
    #[schema(value_type = Option<Postcode>)]
    postcode: Option<String>,
    /// Gender.
    #[schema(value_type = Option<Gender>)]
    gender: Option<String>,
    /// Medicare card number.
    #[schema(value_type = Option<MedicareNumber>)]
    medicare_number: Option<String>,
    /// Place on the Medicare card.
    #[schema(value_type = Option<MedicareIrn>)]
    medicare_irn: Option<String>,
    /// Expiry of the Medicare card.
    #[schema(value_type = Option<MedicareExpiry>)]
    medicare_expiry: Option<String>,
}

/// What a patient enters. Whether it makes sense, the hub says.
struct PatientInput(PatientForm);

/// What a field must be, as the domain says it.
pub(super) type Check<'c> = &'c dyn Fn(&str) -> std::result::Result<(), &'static str>;

/// A text that passes a check of the domain. The hub checks the whole again; here, so that what is
/// wrong with it is named together with what is no text at all (WIRE-4).
pub(super) fn checked(check: Check<'_>) -> impl Fn(&Node<'_>, &mut Faults) -> Option<String> {
    move |node, faults| {
        let text = String::from_json(node, faults)?;
        match check(&text) {
            Ok(()) => Some(text),
            Err(message) => node.fault(faults, message),
        }
    }
}

/// The same, of a field that may be absent or blank.
fn optional(object: &mut Object<'_>, key: &str, check: Check<'_>) -> Option<String> {
    let unless_blank = |text: &str| match text.trim() {
        "" => Ok(()),
        text => check(text),
    };
    object.optional_with(key, checked(&unless_blank))
}

impl FromJson for PatientInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        use slotbridge_domain::patient::{self as field, Gender, text};
        let name = |text: &str| field::name(text).map(drop);
        // Which day is today depends on the practice.
        let dob = |text: &str| field::dob(text, Date::MAX).map(drop);
        let line = |line: &str| text(line, LONGEST_LINE).map(drop);
        let mut object = node.object(faults)?;
        let firstname = object.required_with("firstname", checked(&name));
        let lastname = object.required_with("lastname", checked(&name));
        let dob = object.required_with("dob", checked(&dob));
        let phone = object.required_with("phone", checked(&|t| field::phone(t).map(drop)));
        let email = object.required_with("email", checked(&|t| field::email(t).map(drop)));
        let mut may = |key: &str, check: Check<'_>| optional(&mut object, key, check);
        let form = PatientForm {
            address: may("address", &line),
            suburb: may("suburb", &line),
            state: may("state", &|t| field::state(t).map(drop)),
            postcode: may("postcode", &|t| field::postcode(t).map(drop)),
            gender: may("gender", &|t| t.parse::<Gender>().map(drop)),
            medicare_number: may("medicareNumber", &|t| field::medicare_number(t).map(drop)),
            medicare_irn: may("medicareIrn", &|t| field::medicare_irn(t).map(drop)),
            medicare_expiry: may("medicareExpiry", &|t| field::medicare_expiry(t).map(drop)),
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
        let lines = |lines: &str| patient::text(lines, LONGEST_TEXT).map(drop);
        let reason = optional(&mut object, "reason", &lines);
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

/// A booking that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeBooking<'a> {
    /// Its id.
    booking_id: i64,
    /// Where it stands: always `requested`.
    #[schema(value_type = BookingState)]
    status: &'static str,
    /// The token by which the patient sees and cancels it: a secret.
    manage_token: &'a str,
    /// When it begins, with the practice's offset.
    #[schema(value_type = Instant)]
    start: String,
    /// When it ends, with the practice's offset.
    #[schema(value_type = Instant)]
    end: String,
    /// When it stands unless it is rejected before: 20 seconds after it was made (BOOK-3).
    #[schema(value_type = Instant)]
    decided_by: String,
}

pub(super) fn made(made: &Made) -> Value {
    kept(MadeBooking {
        booking_id: made.booking_id.get(),
        status: Status::Requested.as_str(),
        manage_token: &made.manage_token,
        start: rfc3339(made.start, &made.zone),
        end: rfc3339(made.end, &made.zone),
        decided_by: rfc3339(made.decided_by, &made.zone),
    })
}

/// Books a time
///
/// The booking is `requested`; it stands once the PMS has confirmed it, and at the latest after 20
/// seconds unless the PMS rejects it before. Every field that is wrong is named; a Medicare number's
/// check digit is checked too (BOOK-3, AVAIL-4).
#[utoipa::path(
    post,
    path = "/bookings",
    operation_id = "createBooking",
    tag = "bookings",
    request_body(
        content = NewBookingBody,
        example = json!({
            "practiceId": 1,
            "practitionerId": 100_000_004,
            "appointmentTypeId": 100_000_005,
            "start": "2027-03-01T09:00:00+08:00",
            "patient": {
                "firstname": "Anna",
                "lastname": "Nguyen",
                "dob": "1984-02-29",
                "phone": "0412 345 678",
                "email": "anna@example.com",
            },
            "reason": "A cough that stays",
            "isNewPatient": true,
        }),
    ),
    responses(
        (status = 201, description = "It is requested.", body = MadeBooking<'_>),
        (status = 404, description = "There is no such practice.", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "The time is not available; up to five others are.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    call_id: CallId,
    Creating(BookingInput(new), key): Creating<BookingInput>,
) -> Result<Response> {
    call_id.about(new.wanted.practice_id);
    let once = hub.once(key, made);
    refused_or_made(create::create(&hub, context(&call_id), new, once).await?)
}

/// The answer to a patient who wanted a time.
pub(super) fn refused_or_made(outcome: Outcome) -> Result<Response> {
    match outcome {
        Outcome::Made(answer) => Ok(created(answer)),
        Outcome::Gone {
            why,
            alternatives,
            zone,
        } => {
            let slots = Slot::all(&alternatives, &zone);
            let text = format!("this time is not available: {why}");
            let failure = Failure::new(StatusCode::CONFLICT, text);
            Err(Problem::with_alternatives(failure, slots))
        }
    }
}

/// A booking as its patient sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatientBooking {
    /// Its id.
    booking_id: i64,
    /// Where it stands.
    #[schema(value_type = BookingStateOrMissed)]
    status: &'static str,
    /// Where.
    practice_id: i64,
    /// The practice's name.
    practice_name: String,
    /// The practice's IANA time zone.
    timezone: String,
    /// With whom.
    practitioner_id: i64,
    /// For what.
    appointment_type_id: i64,
    /// The name of the appointment type when it was booked.
    appointment_type: String,
    /// When it begins, with the practice's offset.
    #[schema(value_type = Instant)]
    start: String,
    /// When it ends, with the practice's offset.
    #[schema(value_type = Instant)]
    end: String,
    /// When it was made.
    #[schema(value_type = Instant)]
    created_at: String,
    /// When it stood, or stands, unless it was rejected before.
    #[schema(value_type = Instant)]
    decided_by: String,
    /// Where the patient joins a telehealth consultation.
    #[schema(required)]
    telehealth_link: Option<String>,
    /// What the patient needs to know to join it.
    #[schema(required)]
    telehealth_description: Option<String>,
    /// The booking that the patient took instead of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    rescheduled_to: Option<i64>,
    /// Other times, after a rejection only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Slot>, max_items = 5)]
    alternatives: Option<Vec<Slot>>,
}

pub(super) fn page(page: BookingPage) -> PatientBooking {
    let status = page.status();
    let telehealth_link = page.telehealth_link().map(str::to_owned);
    let booking = page.booking;
    let alternatives = Slot::all(&page.alternatives, &page.zone);
    PatientBooking {
        booking_id: booking.booking_id.get(),
        status,
        practice_id: page.practice.practice_id.get(),
        practice_name: page.practice.name,
        timezone: page.practice.timezone,
        practitioner_id: booking.practitioner_id.get(),
        appointment_type_id: booking.appointment_type_id.get(),
        appointment_type: booking.comments,
        start: rfc3339(booking.start, &page.zone),
        end: rfc3339(booking.end, &page.zone),
        created_at: rfc3339(booking.life.created_at, &page.zone),
        decided_by: rfc3339(booking.life.decided_by(), &page.zone),
        telehealth_link,
        telehealth_description: page.pms_record.patient_appointment_description,
        rescheduled_to: booking
            .rescheduled_to
            .map(slotbridge_domain::ids::BookingId::get),
        alternatives: (booking.life.status == Status::Rejected).then_some(alternatives),
    }
}

/// Where a booking stands
///
/// For whoever has its token. After a rejection with up to five other times (BOOK-5).
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}",
    operation_id = "getBooking",
    tag = "bookings",
    security(("manageToken" = [])),
    responses(
        (status = 200, description = "The booking.", body = PatientBooking),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    Manager(patient): Manager,
) -> Result<Json<PatientBooking>> {
    let found = hub
        .read(patient.booking_id().practice(), move |tx| {
            get::get(tx, patient)
        })
        .await?;
    Ok(Json(page(found)))
}

/// Cancels a booking
///
/// The PMS is told if it may have it; the reason stays between the patient and the practice. Again: the
/// same answer (BOOK-7).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/cancel",
    operation_id = "cancelBooking",
    tag = "bookings",
    security(("manageToken" = [])),
    request_body(content = Reason, example = json!({"reason": "I feel better"})),
    responses(
        (status = 200, description = "The booking.", body = PatientBooking),
        (status = 409, description = "It has begun, or there is nothing to cancel.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn cancel(
    State(hub): State<Hub>,
    call_id: CallId,
    Manager(patient): Manager,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<PatientBooking>> {
    let context = context(&call_id);
    let found = hub
        .write(patient.booking_id().practice(), move |tx| {
            cancel::cancel(tx, &context, patient, reason.as_deref())
        })
        .await?;
    Ok(Json(page(found)))
}
