//! The booking API: `/booking-api/v1`, what patients (and pages) use.

mod attachments;
mod bookings;
mod calendar;
mod documents;
mod events;
mod forms;
mod holds;
mod instants;
mod manage_link;
mod practices;
mod reminders;
mod reschedule;
mod slots;
mod waitlist;

pub(crate) use instants::rfc3339;

use crate::ApiState;
use crate::call_id::CallId;
use crate::failure::Failure;
use crate::openapi::values::{PracticeNumber, ScopedNumber};
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use jiff::tz::TimeZone;
use serde::Serialize;
use slotbridge_domain::ids::{
    AppointmentTypeId, BookingId, DocumentId, PracticeId, PractitionerId,
};
use slotbridge_hub::auth::Patient;
use slotbridge_hub::booking::hold::Wanted;
use slotbridge_hub::booking::slots::BookableSlot;
use slotbridge_hub::{Actor, Context};
use slotbridge_wire::read::{FromJson, Node, Object};
use slotbridge_wire::schema::Instant;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(practices::search))
        .routes(routes!(practices::one))
        .routes(routes!(slots::handler))
        .routes(routes!(holds::create))
        .routes(routes!(bookings::create))
        .routes(routes!(bookings::one))
        .routes(routes!(bookings::cancel))
        .routes(routes!(reschedule::handler))
        .routes(routes!(waitlist::join, waitlist::one, waitlist::leave))
        .routes(routes!(events::handler))
        .routes(routes!(calendar::handler))
        .routes(routes!(manage_link::handler))
        .routes(routes!(documents::list))
        .routes(routes!(documents::consent))
        .routes(routes!(documents::content))
        .routes(routes!(forms::list))
        .routes(routes!(attachments::list, attachments::create))
        .routes(routes!(reminders::unsubscribe))
}

/// A bookable time as it is written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Slot {
    /// With whom.
    practitioner_id: i64,
    /// For what.
    appointment_type_id: i64,
    /// When it begins, with the practice's offset.
    #[schema(value_type = Instant)]
    start: String,
    /// When it ends, with the practice's offset.
    #[schema(value_type = Instant)]
    end: String,
}

impl Slot {
    pub(crate) fn all(slots: &[BookableSlot], zone: &TimeZone) -> Vec<Self> {
        let slot = |slot: &BookableSlot| Self {
            practitioner_id: slot.practitioner_id.get(),
            appointment_type_id: slot.appointment_type_id.get(),
            start: rfc3339(slot.start, zone),
            end: rfc3339(slot.end, zone),
        };
        slots.iter().map(slot).collect()
    }
}

/// Which time is wanted: the four fields that holds and bookings share.
fn read_wanted(object: &mut Object<'_>) -> Option<Wanted> {
    let practice = object.required("practiceId");
    let practitioner = object.required("practitionerId");
    let kind = object.required("appointmentTypeId");
    let start = object.required("start");
    let practice_id = named(object, "practiceId", practice, PracticeId::new);
    let practitioner_id = named(object, "practitionerId", practitioner, PractitionerId::new);
    let appointment_type_id = named(object, "appointmentTypeId", kind, AppointmentTypeId::new);
    Some(Wanted {
        practice_id: practice_id?,
        practitioner_id: practitioner_id?,
        appointment_type_id: appointment_type_id?,
        start: start?,
    })
}

/// An integer as an id, or a fault if it can be none.
fn named<T>(
    object: &mut Object<'_>,
    key: &str,
    number: Option<i64>,
    id: impl FnOnce(i64) -> Option<T>,
) -> Option<T> {
    id(number?).or_else(|| object.fault(key, "is no such id"))
}

impl FromJson for WantedInput {
    fn from_json(node: &Node<'_>, faults: &mut slotbridge_wire::read::Faults) -> Option<Self> {
        read_wanted(&mut node.object(faults)?).map(Self)
    }
}

/// The body of `POST /holds`.
pub(crate) struct WantedInput(Wanted);

/// A time that is wanted.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `read_wanted` reads")]
pub(super) struct WantedTime {
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
}

/// The patient of a booking, proven by the token.
pub(crate) struct Manager(Patient);

impl FromRequestParts<ApiState> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let [id] = crate::params::ids_of(parts, state).await?;
        Ok(Self(patient_of(parts, state, id).await?))
    }
}

/// The patient of a booking, proven by the token, and the id of one of its documents.
pub(crate) struct DocumentManager(Patient, DocumentId);

impl FromRequestParts<ApiState> for DocumentManager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let [booking, document] = crate::params::ids_of(parts, state).await?;
        let patient = patient_of(parts, state, booking).await?;
        let document = DocumentId::new(document)
            .filter(|id| id.practice() == patient.booking_id().practice())
            .ok_or_else(|| Failure::not_found("document"))?;
        Ok(Self(patient, document))
    }
}

/// The patient of a booking, proven by the token.
async fn patient_of(parts: &Parts, state: &ApiState, id: i64) -> Result<Patient, Problem> {
    let id = BookingId::new(id).ok_or_else(|| Failure::not_found("booking"))?;
    if let Some(call_id) = parts.extensions.get::<CallId>() {
        call_id.about(id.practice());
    }
    let token = bearer(parts);
    Ok(state.hub.authenticate_patient(id, token.as_deref()).await?)
}

/// The circumstances of a patient's call.
fn context(call_id: &CallId) -> Context {
    Context {
        actor: Actor::Patient,
        call_id: call_id.to_text(),
    }
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}
