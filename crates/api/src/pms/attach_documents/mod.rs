//! Patients' documents, to be attached in the PMS.

mod confirm_insert;
mod get;
mod reject_insert;

use crate::ApiState;
use crate::pms::Result;
use slotbridge_domain::ids::RequestId;
use slotbridge_hub::Error;
use slotbridge_hub::pms::requests::attach_documents::DocumentToAttach;
use slotbridge_wire::documents::AttachDocumentMetadata;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(get::handler))
        .routes(routes!(confirm_insert::handler))
        .routes(routes!(reject_insert::handler))
}

/// The id of a request that may be one.
fn request_id(id: i64) -> Result<RequestId> {
    RequestId::new(id).ok_or_else(|| Error::NotFound("document to attach").into())
}

/// What is said of a document.
pub(super) fn metadata(document: DocumentToAttach) -> AttachDocumentMetadata {
    let DocumentToAttach {
        booking_id,
        document_id,
        pms_record,
        kind,
        details,
        created_at,
        ..
    } = document;
    AttachDocumentMetadata {
        pms_patient_id: pms_record.pms_patient_id.unwrap_or_default(),
        pms_appointment_id: pms_record.pms_appointment_ids.into_iter().next(),
        booking_id: Some(booking_id.get()),
        document_id: Some(document_id.to_string()),
        document_type: kind.document_type().to_owned(),
        document_name: kind.title().to_owned(),
        document_description: details.file_name,
        document_format: details.format,
        document_size: details.size,
        document_hash: details.sha1,
        created_at,
    }
}
