//! `GET /requests/uploadDocuments`: the documents that patients have consented to have (DOC-2).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::upload_documents::{self, DocumentAsked};
use slotbridge_wire::documents::UploadDocumentsRequest;
use slotbridge_wire::page::Page;

/// The documents that are wanted
///
/// Each with its patient's consent, oldest first; none while the feature is off. `POST
/// /documents/upload` or `/documents/rejectUpload` answers one (DOC-2, DOC-3).
#[utoipa::path(
    get,
    path = "/requests/uploadDocuments",
    operation_id = "uploadDocumentsRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of documents.", body = Page<UploadDocumentsRequest>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<UploadDocumentsRequest>>> {
    let number = params.page()?;
    let window = number.window();
    let caller = caller.consented;
    let found = hub
        .read(caller.practice_id(), move |tx| {
            upload_documents::list(tx, &caller, window)
        })
        .await?;
    let document = |asked: DocumentAsked| UploadDocumentsRequest {
        booking_id: asked.booking_id.get(),
        pms_appointment_ids: asked.pms_record.pms_appointment_ids,
        pms_patient_id: asked.pms_record.pms_patient_id,
        pms_document_id: asked.details.pms_document_id,
    };
    Ok(Json(Page {
        data: found.entries.into_iter().map(document).collect(),
        page: number.paginated(found.total),
    }))
}
