//! `/practices/{practiceId}/erasePatient` and `/erase`: destroying what is personal, for good.

use crate::admin::bookings::{PersonBody, SearchInput};
use crate::admin::{Admin, Ids, practice_id};
use crate::openapi::values::ScopedNumber;
use crate::problem::{Input, PROBLEM, ProblemDetails, Result};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::erasure::{self, Whose};
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::Name;
use utoipa::ToSchema;

/// Who is erased: the patient of one booking, or of all that are found by phone or by last name and
/// day of birth.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what `WhoseInput` reads")]
enum PatientBody {
    /// By a booking: of that one alone.
    #[schema(rename_all = "camelCase")]
    Booking {
        /// The booking.
        #[schema(value_type = ScopedNumber)]
        booking_id: i64,
    },
    /// By what they gave: of all bookings of the practice.
    Person(PersonBody),
}

pub(super) struct WhoseInput(Whose);

impl FromJson for WhoseInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        if !object.has("bookingId") {
            let SearchInput(search) = SearchInput::from_json(node, faults)?;
            return Some(Self(Whose::Person(search)));
        }
        let number: Option<i64> = object.required("bookingId");
        for other in ["phone", "lastname", "dob"] {
            if object.has(other) {
                return object.fault(other, "give either bookingId, phone, or lastname and dob");
            }
        }
        let id = BookingId::new(number?).or_else(|| object.fault("bookingId", "is no such id"));
        Some(Self(Whose::Booking(id?)))
    }
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub(super) struct Erased {
    /// Of how many bookings the person was destroyed.
    bookings: u64,
}

/// Erases a patient
///
/// Destroys the keys of their bookings and all that these seal: person, reason, what the PMS said, notes
/// of the audit trail. Whoever is searched for is also taken out of the client snapshots, with the
/// reminders made of them. Times and statuses stay. It cannot be undone. Again: nothing is left to erase.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/erasePatient",
    operation_id = "erasePatient",
    tag = "practices",
    request_body(content = PatientBody, example = json!({"lastname": "Nguyen", "dob": "1984-02-29"})),
    responses(
        (status = 200, description = "They are erased.", body = Erased),
        (status = 409, description = "An appointment is still to come.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn patient(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(WhoseInput(whose)): Input<WhoseInput>,
) -> Result<Json<Erased>> {
    let (id, context) = (practice_id(id)?, admin.context());
    let bookings = hub
        .write(id, move |tx| {
            erasure::patient(tx, &admin.operator, &context, id, &whose)
        })
        .await?;
    Ok(Json(Erased { bookings }))
}

/// The confirmation that a practice is to be erased.
#[derive(ToSchema)]
pub(super) struct Confirmation {
    /// The practice's name, as it is.
    #[schema(value_type = Name)]
    name: String,
}

impl FromJson for Confirmation {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let name = object.required_name("name")?;
        Some(Self { name })
    }
}

/// Erases a practice
///
/// Destroys its key, and with it all that is personal at the practice; its consent ends, and it cannot
/// be made active again. Its name, its times and the audit trail without notes stay. It cannot be
/// undone, so the name must be repeated.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/erase",
    operation_id = "erasePractice",
    tag = "practices",
    request_body(content = Confirmation, example = json!({"name": "Harbour Street Medical"})),
    responses(
        (status = 200, description = "It is erased.", body = Erased),
        (status = 409, description = "An appointment is still to come.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn practice(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Confirmation { name }): Input<Confirmation>,
) -> Result<Json<Erased>> {
    let (id, context) = (practice_id(id)?, admin.context());
    let bookings = hub
        .write(id, move |tx| {
            erasure::whole_practice(tx, &admin.operator, &context, id, &name)
        })
        .await?;
    Ok(Json(Erased { bookings }))
}
