//! What a PMS is asked about its documents.

use crate::read::{Faults, FromJson, Node, deserialize_by_reading};
use crate::requests::PmsAppointmentChangesRequest;
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

impl FromJson for AvailableDocumentsRequest {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        // The PMS is asked about a booking in the same words, whatever it is asked.
        let asked = PmsAppointmentChangesRequest::from_json(node, faults)?;
        Some(Self {
            booking_id: asked.booking_id,
            pms_appointment_ids: asked.pms_appointment_ids,
            pms_patient_id: asked.pms_patient_id,
        })
    }
}

impl FromJson for UploadDocumentsRequest {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let booking = AvailableDocumentsRequest::from_json(node, faults);
        let pms_document_id = node.object(faults)?.required_id("pmsDocumentId");
        let booking = booking?;
        Some(Self {
            booking_id: booking.booking_id,
            pms_appointment_ids: booking.pms_appointment_ids,
            pms_patient_id: booking.pms_patient_id,
            pms_document_id: pms_document_id?,
        })
    }
}

deserialize_by_reading!(AvailableDocumentsRequest, UploadDocumentsRequest);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};

    #[test]
    fn what_is_asked_for_is_read_as_it_is_written_doc_2() {
        let body =
            r#"{"bookingId":7,"pmsAppointmentIds":["A"],"pmsPatientId":"P","pmsDocumentId":"D"}"#;
        let asked: UploadDocumentsRequest = read(body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&asked).unwrap(), body);
        let body = r#"{"bookingId":7,"pmsAppointmentIds":[]}"#;
        let asked: AvailableDocumentsRequest = read(body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&asked).unwrap(), body);
    }

    #[test]
    fn every_fault_of_what_is_asked_for_is_named_wire_4() {
        let faults = read::<UploadDocumentsRequest>(b"{}").unwrap_err();
        assert_eq!(
            describe(&faults),
            "bookingId: is required; pmsDocumentId: is required"
        );
    }
}
