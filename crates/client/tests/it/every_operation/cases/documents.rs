//! Documents, there and back.

use super::{Case, case, from, shown};
use serde_json::{Value, json};
use slotbridge_client::wire::{
    documents::DocumentUpload, documents::RejectDocumentUpload, documents::read_available_documents,
};

pub(super) fn documents() -> Vec<Case> {
    fn metadata() -> Value {
        json!({
            "bookingId": 1, "pmsDocumentId": "D", "documentType": "referral",
            "documentName": "Referral", "documentDescription": "To Dr Wu",
            "documentFormat": "application/pdf", "documentSize": 3,
            "createdAt": "2027-04-03 22:00:00", "updatedAt": "2027-04-03 23:00:00",
        })
    }
    pub(super) fn documents() -> Vec<slotbridge_client::wire::documents::DocumentMetadata> {
        read_available_documents(json!([metadata()]).to_string().as_bytes()).expect("metadata")
    }
    fn upload() -> DocumentUpload {
        DocumentUpload {
            metadata: documents().remove(0),
            content: b"foo".to_vec(),
        }
    }
    fn rejection() -> RejectDocumentUpload {
        from(&json!({"bookingId": 1, "pmsDocumentId": "D", "reason": "withdrawn"}))
    }
    let mut whole = metadata();
    whole["documentContent"] = json!("Zm9v");
    vec![
        case!(
            "POST /documents/available",
            available_documents(&documents())
        )
        .sends(json!([metadata()])),
        case!("POST /documents/upload", upload_document(&upload())).sends(whole),
        case!(
            "POST /documents/rejectUpload",
            reject_upload_document(&rejection())
        )
        .sends(json!({"bookingId": 1, "pmsDocumentId": "D", "reason": "withdrawn"})),
    ]
}

pub(super) fn attach_metadata() -> Value {
    json!({
        "pmsPatientId": "P", "pmsAppointmentId": "A", "bookingId": 1, "documentId": "17",
        "documentType": "REFERRAL", "documentName": "Referral", "documentDescription": "r.pdf",
        "documentFormat": "application/pdf", "documentSize": 3,
        "documentHash": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33",
        "createdAt": "2027-04-03 22:00:00",
    })
}

pub(super) fn attach_documents() -> Vec<Case> {
    use slotbridge_client::wire::documents::AttachedDocument;
    fn parts(document: &AttachedDocument) -> Value {
        json!([
            document.metadata,
            String::from_utf8_lossy(&document.content)
        ])
    }
    let mut whole = attach_metadata();
    whole["documentContent"] = json!("Zm9v");
    vec![
        case!("GET /attachDocuments/9", get_attach_document(9), parts)
            .answers(whole)
            .gives(json!([attach_metadata(), "foo"])),
        case!(
            "POST /attachDocuments/9/confirmInsert",
            confirm_attach_document(9, Some("D-78"))
        )
        .sends(json!({"pmsDocumentId": "D-78"})),
        case!(
            "POST /attachDocuments/9/rejectInsert",
            reject_attach_document(9, Some("why"))
        )
        .sends(json!({"reason": "why"})),
    ]
}
