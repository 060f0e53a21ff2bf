//! `GET /practices/{practiceId}/bookings/{bookingId}/documents`.

use crate::admin::{Admin, Ids, practice_id};
use crate::failure::Failure;
use crate::openapi::values::{AttachmentKindName, AttachmentStateName, DocumentStateName};
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::documents;
use slotbridge_hub::attachments::AttachmentView;
use slotbridge_hub::documents::DocumentView;
use slotbridge_wire::schema::Instant;
use utoipa::ToSchema;

/// A document of the PMS.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffDocument {
    /// Its id.
    document_id: i64,
    /// The PMS's id of it.
    pms_document_id: String,
    /// Where it stands.
    #[schema(value_type = DocumentStateName)]
    status: &'static str,
    /// What it is, in the PMS's words.
    #[schema(required)]
    document_type: Option<String>,
    /// Its name.
    #[schema(required)]
    name: Option<String>,
    /// Its size in bytes, as the PMS says it.
    #[schema(required)]
    size_said: Option<i64>,
    /// The size of what was uploaded, in bytes.
    #[schema(required)]
    size: Option<i64>,
    /// Whether the two differ (DOC-2).
    size_differs: bool,
}

/// A document of the patient.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffAttachment {
    /// Its id.
    document_id: i64,
    /// What it is.
    #[schema(value_type = AttachmentKindName)]
    kind: &'static str,
    /// Where it stands.
    #[schema(value_type = AttachmentStateName)]
    status: &'static str,
    /// The file's name.
    file_name: String,
    /// Its media type.
    format: String,
    /// Its size in bytes.
    size: i64,
    /// The PMS's id of it, once it is there and the PMS has said so.
    #[schema(required)]
    pms_document_id: Option<String>,
    /// When the patient gave it.
    #[schema(value_type = Instant)]
    created_at: String,
}

/// The documents of a booking.
#[derive(Serialize, ToSchema)]
pub(super) struct StaffDocuments {
    /// The PMS's, oldest first.
    documents: Vec<StaffDocument>,
    /// The patient's, oldest first.
    attachments: Vec<StaffAttachment>,
}

fn document(view: DocumentView) -> StaffDocument {
    StaffDocument {
        document_id: view.document_id.get(),
        status: view.state.as_str(),
        size_differs: view.size_differs(),
        size: view.upload.map(|upload| upload.size),
        pms_document_id: view.details.pms_document_id,
        document_type: view.details.document_type,
        name: view.details.name,
        size_said: view.details.size,
    }
}

fn attachment(view: AttachmentView) -> StaffAttachment {
    StaffAttachment {
        document_id: view.attachment.document_id.get(),
        kind: view.attachment.kind.as_str(),
        status: view.attachment.state.as_str(),
        file_name: view.details.file_name,
        format: view.details.format,
        size: view.details.size,
        pms_document_id: view.details.pms_document_id,
        created_at: view.attachment.created_at.to_string(),
    }
}

/// The documents of a booking
///
/// The PMS's and the patient's, with where they stand; never their content (DOC-2, ATT-1).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/bookings/{bookingId}/documents",
    operation_id = "listBookingDocuments",
    tag = "bookings",
    responses((status = 200, description = "The documents.", body = StaffDocuments)),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice, booking]): Ids<2>,
) -> Result<Json<StaffDocuments>> {
    let practice = practice_id(practice)?;
    let booking = BookingId::new(booking).ok_or_else(|| Failure::not_found("booking"))?;
    let found = hub
        .read(practice, move |tx| {
            documents::list(tx, &admin.operator, practice, booking)
        })
        .await?;
    Ok(Json(StaffDocuments {
        documents: found.documents.into_iter().map(document).collect(),
        attachments: found.attachments.into_iter().map(attachment).collect(),
    }))
}
