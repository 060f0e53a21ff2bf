//! `GET /attachDocuments/{requestId}`: a patient's document with its content (ATT-1).

use super::{metadata, request_id};
use crate::pms::{Caller, Ids, Result};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::attach_documents::get::get;
use slotbridge_wire::documents::AttachDocument;
use slotbridge_wire::error::ErrorBody;

/// A patient's document with its content
///
/// Size and SHA-1 are those of the content, decoded. Once it was confirmed or rejected, or after 30
/// days: 410 (ATT-1, ATT-2).
#[utoipa::path(
    get,
    path = "/attachDocuments/{requestId}",
    operation_id = "getAttachDocument",
    tag = "attach documents",
    responses(
        (status = 200, description = "The document.", body = AttachDocument),
        (status = 410, description = "It was answered, or it has expired.", body = ErrorBody),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids([id]): Ids<1>,
) -> Result<Json<AttachDocument>> {
    let (document, content) = get(&hub, &caller.consented, request_id(id)?).await?;
    Ok(Json(AttachDocument {
        metadata: metadata(document),
        document_content: STANDARD.encode(content),
    }))
}
