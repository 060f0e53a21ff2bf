//! `POST /documents/upload`: a document with its content (DOC-2).

use super::details;
use crate::ApiState;
use crate::body::{self, Reserved};
use crate::pms::{Caller, Done, PmsFailure, Result, booking_id, done};
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::documents::upload::{NewUpload, upload};
use slotbridge_wire::documents::{DocumentBody, DocumentUpload, read_document_upload};

/// A document as it was sent, with its room in memory.
pub(super) struct Sent {
    upload: DocumentUpload,
    _room: Option<Reserved>,
}

impl FromRequest<ApiState> for Sent {
    type Rejection = PmsFailure;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let limit = state.limits.document_body_bytes;
        let body = body::read_within(&state.rooms.documents, limit, &parts, body).await?;
        body::check_type(&parts.headers, &body)?;
        let (read, room) = body.take_apart(read_document_upload).await;
        Ok(Self {
            upload: read?,
            _room: room,
        })
    }
}

/// A document that was asked for
///
/// The patient has consented to have it (`GET /requests/uploadDocuments`). What is left out of what is
/// said of it stays as it was. The same upload again: 200. One that nobody asked for: 403. The body may
/// be 30 MiB large; a `documentSize` that is not the content's is noted for the practice (DOC-2).
#[utoipa::path(
    post,
    path = "/documents/upload",
    operation_id = "uploadDocument",
    tag = "documents",
    request_body(
        content = DocumentBody,
        example = json!({
            "bookingId": 100_000_001,
            "pmsDocumentId": "D-77",
            "documentFormat": "application/pdf",
            "documentSize": 9,
            "documentContent": "JVBERi0xLjcK",
        }),
    ),
    responses(
        (status = 200, description = "Taken.", body = Done),
        (status = 404, description = "There is no such booking.", body = slotbridge_wire::error::ErrorBody),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    sent: Sent,
) -> Result<Response> {
    let DocumentUpload { metadata, content } = sent.upload;
    let (booking, details) = details(metadata);
    let new = NewUpload {
        booking_id: booking_id(booking)?,
        details,
        content,
    };
    upload(&hub, &caller.consented, caller.context(), new).await?;
    Ok(done())
}
