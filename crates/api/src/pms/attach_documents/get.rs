//! `GET /attachDocuments/{requestId}`: a patient's document with its content (ATT-1).

use super::{metadata, request_id};
use crate::ApiState;
use crate::body::answer::prepare;
use crate::pms::{Caller, Ids, Result};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    let (id, hub) = (request_id(id)?, &state.hub);
    let (caller, days) = (caller.consented, hub.settings().attach_days);
    let (document, content) = hub
        .read(caller.practice_id(), move |tx| get(tx, &caller, id, days))
        .await?;
    let prepared = prepare(&state.rooms.fetched_attachments, &headers, content.bytes()).await?;
    let document = AttachDocument {
        metadata: metadata(document),
        document_content: STANDARD.encode(content.read(hub).await?),
    };
    let bytes = document.document_content.len();
    Ok(prepared.send_json(document, bytes)?)
}
