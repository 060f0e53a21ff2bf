//! `POST /attachDocuments/{requestId}/confirmInsert`: the document is in the PMS (ATT-2).

use super::request_id;
use crate::pms::{Caller, Done, Ids, Input, Result, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::attach_documents::confirm_insert::confirm_insert;
use slotbridge_wire::documents::ConfirmAttachDocument;
use slotbridge_wire::error::ErrorBody;

/// The document is attached
///
/// Once it was confirmed or rejected, or after 30 days: 410 (ATT-2).
#[utoipa::path(
    post,
    path = "/attachDocuments/{requestId}/confirmInsert",
    operation_id = "confirmAttachDocument",
    tag = "attach documents",
    request_body(content = ConfirmAttachDocument, example = json!({"pmsDocumentId": "D-78"})),
    responses(
        (status = 200, description = "Taken.", body = Done),
        (status = 410, description = "It was answered, or it has expired.", body = ErrorBody),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids([id]): Ids<1>,
    Input(sent): Input<ConfirmAttachDocument>,
) -> Result<Response> {
    let (id, days) = (request_id(id)?, hub.settings().attach_days);
    let (context, caller) = (caller.context(), caller.consented);
    hub.write(caller.practice_id(), move |tx| {
        let document = sent.pms_document_id.as_deref();
        confirm_insert(tx, &caller, &context, id, days, document)
    })
    .await?;
    Ok(done())
}
