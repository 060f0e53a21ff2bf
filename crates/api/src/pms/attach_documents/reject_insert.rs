//! `POST /attachDocuments/{requestId}/rejectInsert`: the PMS does not take the document (ATT-2).

use super::request_id;
use crate::pms::{Caller, Done, Ids, Input, Result, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::attach_documents::reject_insert::reject_insert;
use slotbridge_wire::bookings::Reason;
use slotbridge_wire::error::ErrorBody;

/// The document is not taken
///
/// Once it was confirmed or rejected, or after 30 days: 410 (ATT-2).
#[utoipa::path(
    post,
    path = "/attachDocuments/{requestId}/rejectInsert",
    operation_id = "rejectAttachDocument",
    tag = "attach documents",
    request_body(content = Reason, example = json!({"reason": "The patient is not known"})),
    responses(
        (status = 200, description = "Taken.", body = Done),
        (status = 410, description = "It was answered, or it has expired.", body = ErrorBody),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids([id]): Ids<1>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Response> {
    let (id, days) = (request_id(id)?, hub.settings().attach_days);
    let (context, caller) = (caller.context(), caller.consented);
    hub.write(caller.practice_id(), move |tx| {
        reject_insert(tx, &caller, &context, id, days, reason.as_deref())
    })
    .await?;
    Ok(done())
}
