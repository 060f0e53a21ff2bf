//! `GET /requests/attachDocuments`: patients' documents to be attached (ATT-1).

use crate::params::{PageParams, Params};
use crate::pms::attach_documents::metadata;
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::attach_documents::{self, DocumentToAttach};
use slotbridge_wire::documents::AttachDocumentRequest;
use slotbridge_wire::page::Page;

/// The documents to attach to patients
///
/// Without their content, which `GET /attachDocuments/{requestId}` gives; oldest first, none while the
/// feature is off. `createdAt` is UTC (ATT-1).
#[utoipa::path(
    get,
    path = "/requests/attachDocuments",
    operation_id = "attachDocumentRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of documents.", body = Page<AttachDocumentRequest>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<AttachDocumentRequest>>> {
    let number = params.page()?;
    let (window, days) = (number.window(), hub.settings().attach_days);
    let caller = caller.consented;
    let found = hub
        .read(caller.practice_id(), move |tx| {
            attach_documents::list(tx, &caller, window, days)
        })
        .await?;
    let document = |document: DocumentToAttach| AttachDocumentRequest {
        request_id: document.request_id.get(),
        metadata: metadata(document),
    };
    Ok(Json(Page {
        data: found.entries.into_iter().map(document).collect(),
        page: number.paginated(found.total),
    }))
}
