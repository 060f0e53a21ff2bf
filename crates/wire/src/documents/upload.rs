//! A document with its content, and the refusal to send one.

use super::{Base64, Bytes, DocumentMetadata};
use crate::read::{
    Fault, Faults, FromJson, Node, NotBase64, Object, decode_base64, read_with, take_base64,
    text_up_to,
};
use crate::schema::{Id, Text, UtcTimestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// The key of the content.
const CONTENT: &str = "documentContent";

/// A document with its content.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentUpload {
    /// What the PMS says of it.
    pub metadata: DocumentMetadata,
    /// The content.
    pub content: Vec<u8>,
}

impl Serialize for DocumentUpload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'d> {
            #[serde(flatten)]
            metadata: &'d DocumentMetadata,
            #[serde(rename = "documentContent")]
            content: String,
        }
        Written {
            metadata: &self.metadata,
            content: STANDARD.encode(&self.content),
        }
        .serialize(serializer)
    }
}

/// A document with its content.
#[derive(ToSchema)]
#[schema(as = Document, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `read_document_upload` reads")]
pub struct DocumentBody {
    /// The hub's id of the booking that it belongs to.
    booking_id: i64,
    /// The PMS's id of it, unique among those of the booking.
    #[schema(value_type = Id)]
    pms_document_id: String,
    /// What it is, such as scripts or referral.
    #[schema(value_type = Text, required = false)]
    document_type: Option<String>,
    /// Its name, for the patient.
    #[schema(value_type = Text, required = false)]
    document_name: Option<String>,
    /// What it is about, for the patient.
    #[schema(value_type = Text, required = false)]
    document_description: Option<String>,
    /// Its media type; any text.
    #[schema(value_type = Text, required = false)]
    document_format: Option<String>,
    /// The size of the content in bytes, decoded.
    #[schema(value_type = Bytes, required = false)]
    document_size: Option<i64>,
    /// When it was made; UTC.
    #[schema(value_type = UtcTimestamp, required = false)]
    created_at: Option<String>,
    /// When it was changed; UTC.
    #[schema(value_type = UtcTimestamp, required = false)]
    updated_at: Option<String>,
    /// The content.
    #[schema(value_type = Base64)]
    document_content: String,
}

/// Reads the body of `POST /documents/upload`. The content is taken out of the body, which is of no
/// use afterwards.
///
/// # Errors
/// Every fault found.
pub fn read_document_upload(mut body: Vec<u8>) -> Result<DocumentUpload, Vec<Fault>> {
    let taken = take_base64(&mut body, CONTENT);
    read_with(&body, |node, faults| {
        let mut object = node.object(faults)?;
        let metadata = DocumentMetadata::of(&mut object);
        let content = content_of(&mut object, CONTENT, taken, true);
        Some(DocumentUpload {
            metadata: metadata?,
            content: content?,
        })
    })
}

/// The content under a key, of which the text has been taken out already if it is one. `None` comes
/// with a fault, unless it need not be there.
pub fn content_of(
    object: &mut Object<'_>,
    key: &str,
    taken: Option<Result<Vec<u8>, NotBase64>>,
    required: bool,
) -> Option<Vec<u8>> {
    let content = match taken {
        Some(Ok(content)) => content,
        Some(Err(fault)) => return object.fault(key, fault),
        None if required => object.required_with(key, number)?,
        None => object.optional_with(key, number)?,
    };
    if content.is_empty() {
        return object.fault(key, "must not be empty");
    }
    Some(content)
}

/// A number where a text is declared is its digits (WIRE-2), which may happen to be base64.
fn number(node: &Node<'_>, faults: &mut Faults) -> Option<Vec<u8>> {
    let text = text_up_to(usize::MAX)(node, faults)?;
    decode_base64(&text)
        .map_err(|fault| node.fault::<()>(faults, fault))
        .ok()
}

/// A document that the PMS does not give (DOC-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RejectDocumentUpload {
    /// The hub's id of the booking that it belongs to.
    pub booking_id: i64,
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_document_id: String,
    /// Why, for support.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Text>)]
    pub reason: Option<String>,
}

impl FromJson for RejectDocumentUpload {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let booking_id = object.required("bookingId");
        let pms_document_id = object.required_id("pmsDocumentId");
        let reason = object.optional("reason");
        Some(Self {
            booking_id: booking_id?,
            pms_document_id: pms_document_id?,
            reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::describe;

    fn told(body: &str) -> String {
        match read_document_upload(body.as_bytes().to_vec()) {
            Ok(_) => String::new(),
            Err(faults) => describe(&faults),
        }
    }

    #[test]
    fn an_upload_is_metadata_and_content_doc_2() {
        let body = r#"{"documentContent": "Zm9v", "bookingId": 100000001, "pmsDocumentId": "D1"}"#;
        let read = read_document_upload(body.as_bytes().to_vec()).ok().unwrap();
        assert_eq!(read.content, b"foo");
        assert_eq!(read.metadata.pms_document_id, "D1");
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"{"bookingId":100000001,"pmsDocumentId":"D1","documentContent":"Zm9v"}"#
        );
    }

    #[test]
    fn what_is_wrong_with_the_content_is_named_beside_the_rest_wire_4() {
        assert_eq!(
            told(r#"{"documentContent": "%%%"}"#),
            "bookingId: is required; pmsDocumentId: is required; documentContent: must be base64"
        );
        let rest = r#""bookingId": 1, "pmsDocumentId": "D1""#;
        assert_eq!(told(&format!("{{{rest}}}")), "documentContent: is required");
        assert_eq!(
            told(&format!(r#"{{{rest}, "documentContent": ""}}"#)),
            "documentContent: must not be empty"
        );
        assert_eq!(
            told(&format!(r#"{{{rest}, "documentContent": [1]}}"#)),
            "documentContent: must be a text, not an array"
        );
        assert_eq!(
            told(&format!(r#"{{{rest}, "documentContent": null}}"#)),
            "documentContent: is required, not null"
        );
        assert!(told(r#"{"documentContent": "Zm9v""#).contains("is not valid JSON"));
    }
}
