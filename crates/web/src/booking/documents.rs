//! `/bookings/{bookingId}/documents`: what the practice has for the patient (DOC-2).

use super::Manager;
use crate::failure::Failure;
use crate::form::Form;
use crate::{Web, context, page};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use slotbridge_domain::document::{DocumentState, FileKind, file_name};
use slotbridge_domain::ids::DocumentId;
use slotbridge_hub::Result as HubResult;
use slotbridge_hub::auth::Patient;
use slotbridge_hub::booking::documents;
use slotbridge_hub::documents::DocumentView;
use slotbridge_hub::rows::Tx;
use std::sync::Arc;

/// A document as it is listed.
pub(super) struct Document {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) state: &'static str,
    /// Whether it can be asked for.
    pub(super) can_ask: bool,
}

impl From<DocumentView> for Document {
    fn from(view: DocumentView) -> Self {
        let name = view.details.name.filter(|name| !name.trim().is_empty());
        Self {
            id: view.document_id.get(),
            name: name.unwrap_or_else(|| "Document".to_owned()),
            description: view.details.description.unwrap_or_default(),
            state: view.state.as_str(),
            can_ask: view.state.consent_asks(),
        }
    }
}

/// The documents of a booking.
pub(super) fn list(tx: &mut Tx<'_>, patient: Patient) -> HubResult<Vec<Document>> {
    let found = documents::list(tx, patient)?;
    Ok(found.into_iter().map(Document::from).collect())
}

fn document_id(text: &str) -> Result<DocumentId, Failure> {
    let id = text.parse().ok().and_then(DocumentId::new);
    id.ok_or_else(Failure::no_page)
}

/// The patient consents to have it.
pub(crate) async fn consent(
    State(web): State<Web>,
    Manager(patient): Manager,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, Failure> {
    let (id, context) = (document_id(&id)?, context());
    let booking = patient.booking_id();
    web.hub
        .write(booking.practice(), move |tx| {
            documents::consent(tx, &context, patient, id).map(drop)
        })
        .await?;
    Ok(page::see_other(&format!("/bookings/{booking}#documents")))
}

/// Its content, as a file to be saved: whatever it is, nothing of it is shown as a page of ours.
pub(crate) async fn content(
    State(web): State<Web>,
    Manager(patient): Manager,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let id = document_id(&id)?;
    let practice = patient.booking_id().practice();
    // So many at once are in memory, until they are sent.
    let Ok(room) = Arc::clone(&web.rooms).try_acquire_owned() else {
        return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE));
    };
    let (view, content) = web
        .hub
        .read(practice, move |tx| documents::content(tx, patient, id))
        .await?;
    let content = content.read(&web.hub).await?;
    let ending = FileKind::of(&content).map_or("", FileKind::ending);
    let name = file_name(
        view.details.name.as_deref().unwrap_or_default(),
        ending,
        "document",
    );
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    let disposition =
        format!("attachment; filename=\"document{ending}\"; filename*=UTF-8''{encoded}");
    let body = Full::new(Bytes::from(content)).map_frame(move |frame| {
        let _ = &room;
        frame
    });
    let mut response = Body::new(body).into_response();
    let headers = response.headers_mut();
    let of_type = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, of_type);
    if let Ok(value) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The words for where a document stands, in the template.
impl Document {
    pub(super) fn is_here(&self) -> bool {
        self.state == DocumentState::Uploaded.as_str()
    }

    pub(super) fn is_asked(&self) -> bool {
        self.state == DocumentState::Requested.as_str()
    }
}
