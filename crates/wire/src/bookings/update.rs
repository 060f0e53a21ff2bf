//! A change of a booking that the PMS is to take note of (BOOK-8).

use super::{BookingStatus, MAX_APPOINTMENT_IDS};
use crate::schema::{Id, UtcTimestamp};
use crate::{
    read::{Faults, FromJson, Node, array_of, deserialize_by_reading, id},
    time::{self, Utc},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A booking that changed after the PMS heard of it; so far that is always a cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingUpdate {
    /// The request to confirm or reject; ids grow in the order of what happened (REQ-2).
    pub request_id: i64,
    /// The hub's id of the booking.
    pub booking_id: i64,
    /// The PMS's appointments of the booking; may be empty, never left out.
    #[schema(value_type = Vec<Id>)]
    pub pms_appointment_ids: Vec<String>,
    /// The PMS's id of the patient, if it has told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id)]
    pub pms_patient_id: Option<String>,
    /// When it changed; UTC on the wire, to the second.
    #[serde(serialize_with = "time::as_utc")]
    #[schema(value_type = UtcTimestamp)]
    pub updated_at: Timestamp,
    /// What the booking is now.
    pub booking_status: BookingStatus,
}

impl FromJson for BookingUpdate {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let request_id = object.required("requestId");
        let booking_id = object.required("bookingId");
        let pms_appointment_ids =
            object.optional_with("pmsAppointmentIds", array_of(MAX_APPOINTMENT_IDS, id));
        let pms_patient_id = object.optional_id("pmsPatientId");
        let updated_at = object.required::<Utc>("updatedAt");
        let booking_status = object.required("bookingStatus");
        Some(Self {
            request_id: request_id?,
            booking_id: booking_id?,
            pms_appointment_ids: pms_appointment_ids.unwrap_or_default(),
            pms_patient_id,
            updated_at: updated_at?.0,
            booking_status: booking_status?,
        })
    }
}

deserialize_by_reading!(BookingUpdate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_of_a_booking_that_was_never_confirmed_has_no_patient_id_book_8() {
        let update = BookingUpdate {
            request_id: 700_000_002,
            booking_id: 700_000_001,
            pms_appointment_ids: vec![],
            pms_patient_id: None,
            updated_at: "2027-04-03T22:00:00Z".parse().unwrap(),
            booking_status: BookingStatus::Cancelled,
        };
        assert_eq!(
            serde_json::to_string(&update).unwrap(),
            r#"{"requestId":700000002,"bookingId":700000001,"pmsAppointmentIds":[],"updatedAt":"2027-04-03 22:00:00","bookingStatus":"Cancelled"}"#
        );
    }
}
