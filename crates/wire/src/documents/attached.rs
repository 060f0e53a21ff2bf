//! A patient's document as a PMS receives it: its content as bytes.

use super::{AttachDocumentMetadata, content_of};
use crate::read::{Fault, read_with, take_base64};
use std::fmt;

/// The key of the content.
const CONTENT: &str = "documentContent";

/// A patient's document with its content (ATT-1). `Debug` shows nothing of the content.
#[derive(Clone, PartialEq, Eq)]
pub struct AttachedDocument {
    /// What is said of it.
    pub metadata: AttachDocumentMetadata,
    /// The content, decoded.
    pub content: Vec<u8>,
}

impl fmt::Debug for AttachedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachedDocument")
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

/// Reads the answer of `GET /attachDocuments/{requestId}`. The content is taken out of the body, so
/// that it is in memory once as text and once as bytes. Whether it is what its size and hash say is
/// for the caller to see.
///
/// # Errors
/// Every fault found.
pub fn read_attach_document(mut body: Vec<u8>) -> Result<AttachedDocument, Vec<Fault>> {
    let taken = take_base64(&mut body, CONTENT);
    read_with(&body, |node, faults| {
        let mut object = node.object(faults)?;
        let metadata = AttachDocumentMetadata::of(&mut object);
        let content = content_of(&mut object, CONTENT, taken, true);
        Some(AttachedDocument {
            metadata: metadata?,
            content: content?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::AttachDocument;
    use crate::read::describe;

    #[test]
    fn a_document_is_read_as_the_hub_writes_it_att_1() {
        let metadata = AttachDocumentMetadata {
            pms_patient_id: "P1".into(),
            pms_appointment_id: None,
            booking_id: Some(7),
            document_id: None,
            document_type: "REFERRAL".into(),
            document_name: "Referral".into(),
            document_description: String::new(),
            document_format: "application/pdf".into(),
            document_size: 3,
            document_hash: "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33".into(),
            created_at: "2026-11-24T01:02:03Z".parse().unwrap(),
        };
        let written = serde_json::to_vec(&AttachDocument {
            metadata: metadata.clone(),
            document_content: "Zm9v".into(),
        });
        let read = read_attach_document(written.unwrap()).unwrap();
        assert_eq!((&read.metadata, &*read.content), (&metadata, &b"foo"[..]));
        assert!(!format!("{read:?}").contains("foo"));
    }

    #[test]
    fn every_fault_of_a_document_is_named_wire_4() {
        let faults = read_attach_document(b"{\"documentContent\": \"%\"}".to_vec()).unwrap_err();
        let told = describe(&faults);
        for fault in [
            "documentHash: is required",
            "documentContent: must be base64",
        ] {
            assert!(told.contains(fault), "{fault}: {told}");
        }
    }
}
