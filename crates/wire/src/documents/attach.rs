//! Patients' documents, to be attached in the PMS.

use super::{Base64, Bytes};
use crate::read::{Faults, FromJson, Json, Node, Object, deserialize_by_reading};
use crate::schema::{Id, UtcTimestamp, pattern};
use crate::time::{self, Utc};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::SchemaFormat;

/// A patient's document, without its content (ATT-1). What has no value is `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachDocumentMetadata {
    /// The PMS's id of the patient.
    #[schema(value_type = Id)]
    pub pms_patient_id: String,
    /// The PMS's appointment that it belongs to.
    #[schema(value_type = Option<Id>, required)]
    pub pms_appointment_id: Option<String>,
    /// The hub's id of the booking that it belongs to.
    #[schema(required)]
    pub booking_id: Option<i64>,
    /// The hub's id of the document.
    #[schema(required)]
    pub document_id: Option<String>,
    /// What it is, such as `NEW PATIENT FORM`, `PRE-SCREENING FORM`, `REFERRAL`.
    pub document_type: String,
    /// Its name.
    pub document_name: String,
    /// The name of the file.
    pub document_description: String,
    /// Its media type.
    pub document_format: String,
    /// The size of the content in bytes, decoded.
    #[schema(value_type = Bytes)]
    pub document_size: i64,
    /// The SHA-1 of the content, decoded: 40 hexadecimal digits in lower case.
    #[schema(value_type = Sha1)]
    pub document_hash: String,
    /// When the patient gave it; UTC.
    #[serde(serialize_with = "time::as_utc")]
    #[schema(value_type = UtcTimestamp)]
    pub created_at: Timestamp,
}

/// A patient's document in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachDocumentRequest {
    /// The request to fetch, confirm or reject.
    pub request_id: i64,
    /// What is said of it.
    #[serde(flatten)]
    pub metadata: AttachDocumentMetadata,
}

/// A patient's document with its content.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachDocument {
    /// What is said of it.
    #[serde(flatten)]
    pub metadata: AttachDocumentMetadata,
    /// The content.
    #[schema(value_type = Base64)]
    pub document_content: String,
}

impl AttachDocumentMetadata {
    /// Reads the fields of an object that has others too.
    pub(super) fn of(object: &mut Object<'_>) -> Option<Self> {
        let pms_patient_id = object.required_id("pmsPatientId");
        let pms_appointment_id = object.optional_id("pmsAppointmentId");
        let booking_id = object.optional("bookingId");
        let document_id = object.optional_id("documentId");
        let document_type = object.optional("documentType");
        let document_name = object.optional("documentName");
        let document_description = object.optional("documentDescription");
        let document_format = object.optional("documentFormat");
        let document_size = object.required("documentSize");
        let document_hash = object.required("documentHash");
        let created_at = object.required::<Utc>("createdAt");
        Some(Self {
            pms_patient_id: pms_patient_id?,
            pms_appointment_id,
            booking_id,
            document_id,
            document_type: document_type.unwrap_or_default(),
            document_name: document_name.unwrap_or_default(),
            document_description: document_description.unwrap_or_default(),
            document_format: document_format.unwrap_or_default(),
            document_size: document_size?,
            document_hash: document_hash?,
            created_at: created_at?.0,
        })
    }
}

impl FromJson for AttachDocumentRequest {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let request_id = object.required("requestId");
        let metadata = AttachDocumentMetadata::of(&mut object);
        Some(Self {
            request_id: request_id?,
            metadata: metadata?,
        })
    }
}

deserialize_by_reading!(AttachDocumentRequest);

crate::schemas! {
    /// A SHA-1.
    Sha1 = pattern("^[0-9a-f]{40}$", "A SHA-1 in hexadecimal digits, lower case.")
        .format(Some(SchemaFormat::Custom("sha1".to_owned())));
}

/// The PMS has attached a document (ATT-2). The body may be empty, `{}` or `null` (WIRE-2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmAttachDocument {
    /// The PMS's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub pms_document_id: Option<String>,
}

impl FromJson for ConfirmAttachDocument {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        if matches!(node.value(), Json::Null) {
            return Some(Self::default());
        }
        let mut object = node.object(faults)?;
        Some(Self {
            pms_document_id: object.optional_id("pmsDocumentId"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_value_is_null_att_1() {
        let request = AttachDocumentRequest {
            request_id: 100_000_009,
            metadata: AttachDocumentMetadata {
                pms_patient_id: "P1".into(),
                pms_appointment_id: None,
                booking_id: None,
                document_id: None,
                document_type: "REFERRAL".into(),
                document_name: "Referral".into(),
                document_description: "r.pdf".into(),
                document_format: "application/pdf".into(),
                document_size: 3,
                document_hash: "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33".into(),
                created_at: "2026-11-24T01:02:03Z".parse().unwrap(),
            },
        };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"requestId":100000009,"pmsPatientId":"P1","pmsAppointmentId":null,"bookingId":null,"documentId":null,"documentType":"REFERRAL","documentName":"Referral","documentDescription":"r.pdf","documentFormat":"application/pdf","documentSize":3,"documentHash":"0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33","createdAt":"2026-11-24 01:02:03"}"#
        );
        let written = serde_json::to_vec(&request).unwrap();
        assert_eq!(
            crate::read::read::<AttachDocumentRequest>(&written),
            Ok(request)
        );
    }
}
