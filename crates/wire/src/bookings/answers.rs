//! What the PMS says about a booking: that it is in, or why not.

use super::MAX_APPOINTMENT_IDS;
use crate::read::{Faults, FromJson, Json, Node, array_of, deserialize_by_reading, id};
use crate::schema::{Id, Text};
use serde::Serialize;
use utoipa::ToSchema;

/// The PMS has the booking (BOOK-4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmBookingInsert {
    /// The PMS's appointments for it; must be there, may be empty.
    #[schema(value_type = Vec<Id>, max_items = 1000)]
    pub pms_appointment_ids: Vec<String>,
    /// The PMS's id of the patient.
    #[schema(value_type = Id)]
    pub pms_patient_id: String,
    /// Telehealth: where the patient joins; any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text)]
    pub patient_appointment_link: Option<String>,
    /// Telehealth: what the patient needs to know to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text)]
    pub patient_appointment_description: Option<String>,
    /// Telehealth: where the practitioner joins; any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text)]
    pub practitioner_appointment_link: Option<String>,
    /// Telehealth: what the practitioner needs to know to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text)]
    pub practitioner_appointment_description: Option<String>,
}

impl FromJson for ConfirmBookingInsert {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let pms_appointment_ids =
            object.required_with("pmsAppointmentIds", array_of(MAX_APPOINTMENT_IDS, id));
        let pms_patient_id = object.required_id("pmsPatientId");
        let patient_appointment_link = object.optional("patientAppointmentLink");
        let patient_appointment_description = object.optional("patientAppointmentDescription");
        let practitioner_appointment_link = object.optional("practitionerAppointmentLink");
        let practitioner_appointment_description =
            object.optional("practitionerAppointmentDescription");
        Some(Self {
            pms_appointment_ids: pms_appointment_ids?,
            pms_patient_id: pms_patient_id?,
            patient_appointment_link,
            patient_appointment_description,
            practitioner_appointment_link,
            practitioner_appointment_description,
        })
    }
}

/// Why a booking or update was rejected, or a booking cancelled or not attended; for support. The
/// body of `rejectInsert`, `rejectUpdate`, `cancel` and `didNotAttend`: it may be empty, `{}` or
/// `null` (WIRE-2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// The reason, if one is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Text>)]
    pub reason: Option<String>,
}

impl FromJson for Reason {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        if matches!(node.value(), Json::Null) {
            return Some(Self::default());
        }
        let mut object = node.object(faults)?;
        Some(Self {
            reason: object.optional("reason"),
        })
    }
}

deserialize_by_reading!(ConfirmBookingInsert, Reason);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};

    #[test]
    fn ids_may_be_numbers_wire_2() {
        let read: ConfirmBookingInsert =
            read(br#"{"pmsAppointmentIds": [12384, "A1"], "pmsPatientId": 7}"#).unwrap();
        assert_eq!(read.pms_appointment_ids, ["12384", "A1"]);
        assert_eq!(read.pms_patient_id, "7");
    }

    #[test]
    fn the_list_of_appointments_may_be_empty_but_not_absent_book_4() {
        assert!(
            read::<ConfirmBookingInsert>(br#"{"pmsAppointmentIds":[],"pmsPatientId":"P"}"#).is_ok()
        );
        let faults = read::<ConfirmBookingInsert>(b"{}").unwrap_err();
        assert_eq!(
            describe(&faults),
            "pmsAppointmentIds: is required; pmsPatientId: is required"
        );
        let faults =
            read::<ConfirmBookingInsert>(br#"{"pmsAppointmentIds":[null],"pmsPatientId":""}"#)
                .unwrap_err();
        assert_eq!(
            describe(&faults),
            "pmsAppointmentIds[0]: must be a text, not null; pmsPatientId: must not be blank"
        );
    }

    #[test]
    fn the_telehealth_fields_are_any_text_book_4() {
        let read: ConfirmBookingInsert = read(
            br#"{"pmsAppointmentIds":[1],"pmsPatientId":1,"patientAppointmentLink":"skype:x","practitionerAppointmentLink":null}"#,
        )
        .unwrap();
        assert_eq!(read.patient_appointment_link.as_deref(), Some("skype:x"));
        assert_eq!(read.practitioner_appointment_link, None);
    }

    #[test]
    fn a_reason_may_be_given_in_no_way_or_any_wire_2() {
        for body in [
            "",
            " \r\n",
            "{}",
            "null",
            r#"{"reason": null}"#,
            r#"{"other": 1}"#,
        ] {
            assert_eq!(
                read::<Reason>(body.as_bytes()),
                Ok(Reason::default()),
                "{body:?}"
            );
        }
        let given: Reason = read(br#"{"reason": "double\r\nbooked"}"#).unwrap();
        assert_eq!(given.reason.as_deref(), Some("double\r\nbooked"));
        assert_eq!(
            describe(&read::<Reason>(b"[]").unwrap_err()),
            "body: must be an object, not an array"
        );
    }
}
