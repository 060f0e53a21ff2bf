//! What a PMS says of a document, without its content.

use super::Bytes;
use crate::read::{Fault, Faults, FromJson, Node, Object, array_of, integer, read_with};
use crate::schema::{self, Described, Id, Text, UtcTimestamp};
use crate::time::Utc;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::{PartialSchema, ToSchema};

/// The most documents of one call.
const MOST: usize = 2_000;

/// What a PMS says of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentMetadata {
    /// The hub's id of the booking that it belongs to.
    pub booking_id: i64,
    /// The PMS's id of it, unique among those of the booking.
    #[schema(value_type = Id)]
    pub pms_document_id: String,
    /// What it is, such as scripts or referral.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text, required = false)]
    pub document_type: Option<String>,
    /// Its name, for the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text, required = false)]
    pub document_name: Option<String>,
    /// What it is about, for the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text, required = false)]
    pub document_description: Option<String>,
    /// Its media type; any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text, required = false)]
    pub document_format: Option<String>,
    /// Its size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Bytes, required = false)]
    pub document_size: Option<i64>,
    /// When it was made; UTC.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "utc")]
    #[schema(value_type = UtcTimestamp, required = false)]
    pub created_at: Option<Timestamp>,
    /// When it was changed; UTC.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "utc")]
    #[schema(value_type = UtcTimestamp, required = false)]
    pub updated_at: Option<Timestamp>,
}

/// An instant that is left out where there is none.
fn utc<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(Utc).serialize(serializer)
}

impl DocumentMetadata {
    /// What must be said of a document, and nothing more.
    #[must_use]
    pub fn new(booking_id: i64, pms_document_id: impl Into<String>) -> Self {
        Self {
            booking_id,
            pms_document_id: pms_document_id.into(),
            document_type: None,
            document_name: None,
            document_description: None,
            document_format: None,
            document_size: None,
            created_at: None,
            updated_at: None,
        }
    }

    /// Reads the fields of an object that may have others.
    pub(super) fn of(object: &mut Object<'_>) -> Option<Self> {
        let booking_id = object.required("bookingId");
        let pms_document_id = object.required_id("pmsDocumentId");
        let document_type = object.optional("documentType");
        let document_name = object.optional("documentName");
        let document_description = object.optional("documentDescription");
        let document_format = object.optional("documentFormat");
        let document_size = object.optional_with("documentSize", integer(0..=i64::MAX));
        let created_at = object.optional::<Utc>("createdAt").map(|at| at.0);
        let updated_at = object.optional::<Utc>("updatedAt").map(|at| at.0);
        Some(Self {
            booking_id: booking_id?,
            pms_document_id: pms_document_id?,
            document_type,
            document_name,
            document_description,
            document_format,
            document_size,
            created_at,
            updated_at,
        })
    }
}

impl FromJson for DocumentMetadata {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        Self::of(&mut node.object(faults)?)
    }
}

/// The body of `POST /documents/available`; it has only a schema.
#[derive(Clone, Copy, Debug)]
pub enum AvailableDocuments {}

impl PartialSchema for AvailableDocuments {
    fn schema() -> Described {
        Described::from(schema::list_of::<DocumentMetadata>(MOST))
    }
}

impl ToSchema for AvailableDocuments {
    fn schemas(schemas: &mut Vec<(String, Described)>) {
        schema::add::<DocumentMetadata>(schemas);
    }
}

/// Reads the body of `POST /documents/available`: a list, which may be empty (DOC-1).
///
/// # Errors
/// Every fault found.
pub fn read_available_documents(body: &[u8]) -> Result<Vec<DocumentMetadata>, Vec<Fault>> {
    read_with(body, array_of(MOST, DocumentMetadata::from_json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::describe;

    #[test]
    fn a_document_needs_its_booking_and_its_id_alone_doc_1() {
        let read = read_available_documents(
            br#"[{"bookingId": "100000001", "pmsDocumentId": 77, "documentSize": "12",
                  "createdAt": "2026-11-24 01:02:03", "documentFormat": "whatever", "x": 1}]"#,
        )
        .unwrap();
        assert_eq!(read[0].booking_id, 100_000_001);
        assert_eq!(read[0].pms_document_id, "77");
        assert_eq!(read[0].document_size, Some(12));
        let at: Timestamp = "2026-11-24T01:02:03Z".parse().unwrap();
        assert_eq!(read[0].created_at, Some(at));
        assert_eq!(read_available_documents(b"[]"), Ok(vec![]));
    }

    #[test]
    fn what_is_not_known_of_a_document_is_left_out_doc_1() {
        let mut document = DocumentMetadata::new(7, "D");
        let written = |document: &DocumentMetadata| serde_json::to_string(document).unwrap();
        assert_eq!(written(&document), r#"{"bookingId":7,"pmsDocumentId":"D"}"#);
        document.document_size = Some(3);
        document.updated_at = "2026-11-24T01:02:03Z".parse().ok();
        assert_eq!(
            written(&document),
            r#"{"bookingId":7,"pmsDocumentId":"D","documentSize":3,"updatedAt":"2026-11-24 01:02:03"}"#
        );
        let read = read_available_documents(format!("[{}]", written(&document)).as_bytes());
        assert_eq!(read, Ok(vec![document]));
    }

    #[test]
    fn every_fault_is_named_by_its_path_wire_4() {
        let faults = read_available_documents(
            br#"[{"pmsDocumentId": "1"}, {"bookingId": 1, "pmsDocumentId": " ", "documentSize": -1,
                 "updatedAt": "yesterday"}]"#,
        )
        .unwrap_err();
        let told = describe(&faults);
        for path in [
            "[0].bookingId: is required",
            "[1].pmsDocumentId: must not be blank",
            "[1].documentSize: ",
            "[1].updatedAt: ",
        ] {
            assert!(told.contains(path), "{path}: {told}");
        }
        assert!(read_available_documents(b"").is_err());
    }
}
