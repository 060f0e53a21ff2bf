//! `POST /reminders/unsubscribe`: a patient wants no more reminders (SNAP-3).

use crate::problem::{Input, PROBLEM, ProblemDetails, Result, no_content};
use axum::extract::State;
use axum::http::StatusCode;
use slotbridge_hub::Hub;
use slotbridge_hub::reminders::unsubscribe;
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::Line;
use utoipa::ToSchema;

/// Who wants no more reminders.
#[derive(ToSchema)]
pub(super) struct Unsubscribe {
    /// The token that stands in each reminder.
    #[schema(value_type = Line)]
    token: String,
}

impl FromJson for Unsubscribe {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let token = object.required_with("token", slotbridge_wire::read::text_up_to(255));
        Some(Self { token: token? })
    }
}

/// Stops reminders
///
/// Those of the patient whose reminder held the token, at that practice. Again: nothing changes
/// (SNAP-3).
#[utoipa::path(
    post,
    path = "/reminders/unsubscribe",
    operation_id = "unsubscribe",
    tag = "reminders",
    request_body(
        content = Unsubscribe,
        example = json!({"token": "1.sbu_0123456789abcdefghjkmnpqrstvwxyz000000"}),
    ),
    responses(
        (status = 204, description = "There will be no more."),
        (status = 404, description = "It is no such token.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn unsubscribe(
    State(hub): State<Hub>,
    Input(Unsubscribe { token }): Input<Unsubscribe>,
) -> Result<StatusCode> {
    unsubscribe::stop(&hub, &token).await?;
    Ok(no_content())
}
