//! A booking whose appointment may have changed in the PMS.

use crate::read::{Faults, FromJson, Node, array_of, deserialize_by_reading, id};
use crate::schema::Id;
use serde::Serialize;
use utoipa::ToSchema;

/// The most ids of PMS appointments that a booking has.
const MAX_APPOINTMENT_IDS: usize = 1_000;

/// A booking of which the hub wants to know whether its appointment changed in the PMS (BOOK-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PmsAppointmentChangesRequest {
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

impl FromJson for PmsAppointmentChangesRequest {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let booking_id = object.required("bookingId");
        let pms_appointment_ids =
            object.optional_with("pmsAppointmentIds", array_of(MAX_APPOINTMENT_IDS, id));
        let pms_patient_id = object.optional_id("pmsPatientId");
        Some(Self {
            booking_id: booking_id?,
            pms_appointment_ids: pms_appointment_ids.unwrap_or_default(),
            pms_patient_id,
        })
    }
}

deserialize_by_reading!(PmsAppointmentChangesRequest);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_appointments_are_never_left_out_and_the_patient_is_book_11() {
        let request = PmsAppointmentChangesRequest {
            booking_id: 700_000_001,
            pms_appointment_ids: vec![],
            pms_patient_id: None,
        };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"bookingId":700000001,"pmsAppointmentIds":[]}"#
        );
    }
}
