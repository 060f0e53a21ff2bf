//! `POST /documents/rejectUpload`: a document that the PMS does not give (DOC-3).

use crate::pms::{Caller, Done, Input, Result, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::documents::reject_upload::reject_upload;
use slotbridge_wire::documents::RejectDocumentUpload;

/// A document that the PMS does not give
///
/// It answers the request, and the patient is told. Again: 200. For a document that nobody asked for,
/// or while the feature is off: 400 (DOC-3).
#[utoipa::path(
    post,
    path = "/documents/rejectUpload",
    operation_id = "rejectUploadDocument",
    tag = "documents",
    request_body(
        content = RejectDocumentUpload,
        example = json!({"bookingId": 100_000_001, "pmsDocumentId": "D-77", "reason": "Withdrawn"}),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Input(sent): Input<RejectDocumentUpload>,
) -> Result<Response> {
    let (context, caller) = (caller.context(), caller.consented);
    hub.write(caller.practice_id(), move |tx| {
        let (id, document) = (sent.booking_id, &sent.pms_document_id);
        reject_upload(tx, &caller, &context, id, document, sent.reason.as_deref())
    })
    .await?;
    Ok(done())
}
