//! What a PMS is asked about its documents.

use crate::schema::Id;
use serde::Serialize;
use utoipa::ToSchema;

/// A booking whose list of documents is wanted (DOC-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailableDocumentsRequest {
    /// The hub's id of the booking.
    pub booking_id: i64,
    /// The PMS's appointments of the booking; may be empty, never left out.
    #[schema(value_type = Vec<Id>)]
    pub pms_appointment_ids: Vec<String>,
    /// The PMS's id of the patient, if it has told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id)]
    pub pms_patient_id: Option<String>,
}

/// A document that the patient has consented to have (DOC-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadDocumentsRequest {
    /// The hub's id of the booking.
    pub booking_id: i64,
    /// The PMS's appointments of the booking; may be empty, never left out.
    #[schema(value_type = Vec<Id>)]
    pub pms_appointment_ids: Vec<String>,
    /// The PMS's id of the patient, if it has told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id)]
    pub pms_patient_id: Option<String>,
    /// The PMS's id of the document.
    #[schema(value_type = Id)]
    pub pms_document_id: String,
}
