//! The PMS's documents.

mod available;
mod reject_upload;
mod upload;

use crate::ApiState;
use jiff::Timestamp;
use slotbridge_hub::documents::Details;
use slotbridge_wire::documents::DocumentMetadata;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(available::handler))
        .routes(routes!(upload::handler))
        .routes(routes!(reject_upload::handler))
}

/// What is said of a document, and of which booking.
fn details(sent: DocumentMetadata) -> (i64, Details) {
    let details = Details {
        pms_document_id: sent.pms_document_id,
        document_type: sent.document_type,
        name: sent.document_name,
        description: sent.document_description,
        format: sent.document_format,
        size: sent.document_size,
        created_at: sent.created_at.map(Timestamp::as_microsecond),
        updated_at: sent.updated_at.map(Timestamp::as_microsecond),
    };
    (sent.booking_id, details)
}
