//! `POST /bookings/{bookingId}/reschedule`: another time instead.

use crate::booking::bookings::{MadeBooking, made, refused_or_made};
use crate::booking::{Manager, context, named};
use crate::call_id::CallId;
use crate::openapi::values::ScopedNumber;
use crate::problem::{Creating, PROBLEM, ProblemDetails, Result};
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_hub::Hub;
use slotbridge_hub::booking::reschedule::{self, NewTime};
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::{Id, Instant};
use utoipa::ToSchema;

/// The body of `POST /bookings/{bookingId}/reschedule`.
pub(super) struct NewTimeInput(NewTime);

/// The time that is wanted instead.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `NewTimeInput` reads")]
struct NewTimeBody {
    /// When it begins, as `GET /practices/{practiceId}/slots` gives it; any offset will do.
    #[schema(value_type = Instant)]
    start: String,
    /// With whom, if with somebody else.
    #[schema(value_type = Option<ScopedNumber>)]
    practitioner_id: Option<i64>,
    /// For what, if for something else.
    #[schema(value_type = Option<ScopedNumber>)]
    appointment_type_id: Option<i64>,
    /// The hold that keeps the time, if there is one. One that has expired is no obstacle.
    #[schema(value_type = Option<Id>)]
    hold_id: Option<String>,
}

impl FromJson for NewTimeInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let start = object.required("start");
        let practitioner = object.optional("practitionerId");
        let practitioner_id = named(
            &mut object,
            "practitionerId",
            practitioner,
            PractitionerId::new,
        );
        let kind = object.optional("appointmentTypeId");
        let appointment_type_id = named(
            &mut object,
            "appointmentTypeId",
            kind,
            AppointmentTypeId::new,
        );
        Some(Self(NewTime {
            hold_id: object.optional_id("holdId"),
            start: start?,
            practitioner_id,
            appointment_type_id,
        }))
    }
}

/// Moves a booking to another time
///
/// One step: the new time is booked, as a booking of its own with a token of its own, and the old one
/// is cancelled (`rescheduledTo` then names the new one); or nothing changes. Person and reason go
/// over. The new time may overlap the old (BOOK-3, BOOK-7, AVAIL-4).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/reschedule",
    operation_id = "rescheduleBooking",
    tag = "bookings",
    security(("manageToken" = [])),
    request_body(content = NewTimeBody, example = json!({"start": "2027-03-01T10:00:00+08:00"})),
    responses(
        (status = 201, description = "The new booking; it is requested.", body = MadeBooking<'_>),
        (status = 409, description = "The time is not available, and up to five others are; or the booking does not stand any more, or has begun.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    call_id: CallId,
    Manager(patient): Manager,
    Creating(NewTimeInput(new), key): Creating<NewTimeInput>,
) -> Result<Response> {
    let once = hub.once(key, made);
    refused_or_made(reschedule::reschedule(&hub, context(&call_id), patient, new, once).await?)
}
