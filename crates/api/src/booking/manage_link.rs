//! `POST /bookings/manageLink`: a patient has lost the links to their bookings.

use crate::booking::bookings::checked;
use crate::booking::named;
use crate::call_id::CallId;
use crate::openapi::values::{BirthDay, Email, Phone, PracticeNumber};
use crate::problem::{Input, PROBLEM, ProblemDetails, Result};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Serialize;
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::patient;
use slotbridge_hub::Hub;
use slotbridge_hub::booking::manage_link::{self, LostLink};
use slotbridge_wire::read::{Faults, FromJson, Node};
use utoipa::ToSchema;

/// The body of `POST /bookings/manageLink`.
pub(super) struct LostLinkInput(PracticeId, LostLink);

/// By what a patient is found who has lost the links. Give `dob`, `phone` or both.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `LostLinkInput` reads")]
struct LostLinkBody {
    /// Where they booked.
    #[schema(value_type = PracticeNumber)]
    practice_id: i64,
    /// The mail with which they booked.
    #[schema(value_type = Email)]
    email: String,
    /// Their day of birth.
    #[schema(value_type = Option<BirthDay>)]
    dob: Option<String>,
    /// The phone with which they booked.
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
}

impl FromJson for LostLinkInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let practice = object.required("practiceId");
        let practice = named(&mut object, "practiceId", practice, PracticeId::new);
        let email = object.required_with("email", checked(&|t| patient::email(t).map(drop)));
        // Which day is today depends on the practice.
        let dob = |text: &str| patient::dob(text, Date::MAX).map(drop);
        let dob = object.optional_with("dob", checked(&dob));
        let phone = object.optional_with("phone", checked(&|t| patient::phone(t).map(drop)));
        Some(Self(
            practice?,
            LostLink {
                email: email?,
                dob,
                phone,
            },
        ))
    }
}

/// What is said, whatever there is.
#[derive(Serialize, ToSchema)]
pub(super) struct Noted {
    /// What happens now.
    message: &'static str,
}

const NOTED: &str = "If there are bookings to come with these details, a mail with their links is on \
                     its way to the address on them.";

/// Sends lost links again
///
/// A mail with the links of the live bookings to come goes to the address on the bookings, at most
/// three times a day of the practice. The answer is the same whether there are any or not.
#[utoipa::path(
    post,
    path = "/bookings/manageLink",
    operation_id = "sendManageLink",
    tag = "bookings",
    request_body(
        content = LostLinkBody,
        example = json!({"practiceId": 1, "email": "anna@example.com", "dob": "1984-02-29"}),
    ),
    responses(
        (status = 202, description = "It is seen to.", body = Noted),
        (status = 404, description = "There is no such practice.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    call_id: CallId,
    Input(LostLinkInput(practice, lost)): Input<LostLinkInput>,
) -> Result<(StatusCode, Json<Noted>)> {
    call_id.about(practice);
    manage_link::request(&hub, practice, lost).await?;
    Ok((StatusCode::ACCEPTED, Json(Noted { message: NOTED })))
}
