//! `/bookings/{bookingId}/documents`: what the PMS has for the patient (DOC-2).

use crate::ApiState;
use crate::body::answer::prepare;
use crate::booking::{DocumentManager, Manager, context};
use crate::call_id::CallId;
use crate::openapi::values::{Binary, DocumentStateName};
use crate::problem::{Input, Nothing, PROBLEM, ProblemDetails, Result};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use slotbridge_domain::document::{FileKind, ending_of, file_name};
use slotbridge_hub::Hub;
use slotbridge_hub::booking::documents;
use slotbridge_hub::documents::DocumentView;
use slotbridge_wire::schema::Instant;
use utoipa::ToSchema;

/// A document of the PMS, as the patient sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatientDocument {
    /// Its id.
    document_id: i64,
    /// Where it stands.
    #[schema(value_type = DocumentStateName)]
    status: &'static str,
    /// What it is, in the PMS's words.
    #[schema(required)]
    document_type: Option<String>,
    /// Its name.
    #[schema(required)]
    name: Option<String>,
    /// What it is about.
    #[schema(required)]
    description: Option<String>,
    /// Its media type, in the PMS's words.
    #[schema(required)]
    format: Option<String>,
    /// Its size in bytes: the real one once it is here, before that what the PMS says.
    #[schema(required)]
    size: Option<i64>,
    /// When it was made.
    #[schema(value_type = Option<Instant>, required)]
    created_at: Option<String>,
    /// When it was changed.
    #[schema(value_type = Option<Instant>, required)]
    updated_at: Option<String>,
}

fn shown(view: DocumentView) -> PatientDocument {
    let details = view.details;
    let (created_at, updated_at) = (details.created_at(), details.updated_at());
    PatientDocument {
        document_id: view.document_id.get(),
        status: view.state.as_str(),
        document_type: details.document_type,
        name: details.name,
        description: details.description,
        format: details.format,
        size: view.upload.map(|upload| upload.size).or(details.size),
        created_at: created_at.map(|at| at.to_string()),
        updated_at: updated_at.map(|at| at.to_string()),
    }
}

/// The documents of a booking.
#[derive(Serialize, ToSchema)]
pub(super) struct PatientDocuments {
    /// All of them, oldest first.
    documents: Vec<PatientDocument>,
}

/// The documents that the practice has for a booking
///
/// For whoever has its token. What is said of them comes from the practice's system; the content only
/// with the patient's consent (DOC-1, DOC-2).
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/documents",
    operation_id = "listDocuments",
    tag = "documents",
    security(("manageToken" = [])),
    responses((status = 200, description = "The documents.", body = PatientDocuments)),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    Manager(patient): Manager,
) -> Result<Json<PatientDocuments>> {
    let practice = patient.booking_id().practice();
    let found = hub
        .read(practice, move |tx| documents::list(tx, patient))
        .await?;
    let documents = found.into_iter().map(shown).collect();
    Ok(Json(PatientDocuments { documents }))
}

/// Consents to have a document
///
/// The practice's system is asked for it. Again: the same answer; one that the practice did not give is
/// asked for anew (DOC-2).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/documents/{documentId}/consent",
    operation_id = "consentToDocument",
    tag = "documents",
    security(("manageToken" = [])),
    responses(
        (status = 200, description = "The document.", body = PatientDocument),
        (status = 409, description = "The practice gives none at the moment.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn consent(
    State(hub): State<Hub>,
    call_id: CallId,
    DocumentManager(patient, id): DocumentManager,
    Input(Nothing): Input<Nothing>,
) -> Result<Json<PatientDocument>> {
    let (practice, context) = (patient.booking_id().practice(), context(&call_id));
    let view = hub
        .write(practice, move |tx| {
            documents::consent(tx, &context, patient, id)
        })
        .await?;
    Ok(Json(shown(view)))
}

/// The content of a document
///
/// As a file to be saved, whatever it is. Before the practice has sent it: 409 (DOC-2).
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/documents/{documentId}/content",
    operation_id = "getDocumentContent",
    tag = "documents",
    security(("manageToken" = [])),
    responses(
        (status = 200, description = "The content.", body = Binary, content_type = "application/octet-stream"),
        (status = 409, description = "It is not here.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn content(
    State(state): State<ApiState>,
    headers: HeaderMap,
    DocumentManager(patient, id): DocumentManager,
) -> Result<Response> {
    let (hub, practice) = (&state.hub, patient.booking_id().practice());
    let (view, content) = hub
        .read(practice, move |tx| documents::content(tx, patient, id))
        .await?;
    let prepared = prepare(&state.rooms.fetched_documents, &headers, content.bytes()).await?;
    let content = content.read(hub).await?;
    let details = view.details;
    let ending = match FileKind::of(&content) {
        Some(kind) => kind.ending(),
        None => ending_of(details.format.as_deref().unwrap_or_default()),
    };
    let name = file_name(
        details.name.as_deref().unwrap_or_default(),
        ending,
        "document",
    );
    let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    let disposition =
        format!("attachment; filename=\"document{ending}\"; filename*=UTF-8''{encoded}");
    // What the PMS says of its type is not believed: nothing of it is shown as a page of ours.
    let mut response = Response::new(prepared.send(content));
    let headers = response.headers_mut();
    for (header, value) in [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
