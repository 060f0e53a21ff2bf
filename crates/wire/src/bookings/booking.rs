//! A booking in the list of those to insert (BOOK-1).

use super::{MAX_APPOINTMENT_IDS, Patient};
use crate::schema::{Id, PracticeTimestamp, Text, UtcTimestamp};
use crate::{
    names::names,
    profile::Field,
    read::{Faults, FromJson, Node, array_of, deserialize_by_reading, id},
    time::{self, Utc},
};
use jiff::{Timestamp, civil::DateTime};
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// Where a booking is in its life (BOOK-2).
    pub enum BookingStatus {
        /// Made, and not yet answered by the PMS.
        Requested = "Requested",
        /// It stands.
        Confirmed = "Confirmed",
        /// It is off.
        Cancelled = "Cancelled",
    }
}

/// A booking that the PMS is asked to insert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The hub's id of it.
    pub booking_id: i64,
    /// The resource that is booked; without a value if it was deleted while the booking waited
    /// (BOOK-6).
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<Id>)]
    pub pms_resource_id: Field<String>,
    /// The PMS's type of the appointment.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<Id>)]
    pub pms_appointment_type_id: Field<String>,
    /// The PMS's appointments of the booking; empty until it is confirmed, and written then too.
    #[schema(value_type = Vec<Id>)]
    pub pms_appointment_ids: Vec<String>,
    /// The PMS's id of the patient.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<Id>)]
    pub pms_patient_id: Field<String>,
    /// When the patient booked; UTC on the wire, to the second.
    #[serde(serialize_with = "time::as_utc")]
    #[schema(value_type = UtcTimestamp)]
    pub booked_time: Timestamp,
    /// Where it is in its life; in this list always `Requested` (BOOK-3).
    pub booking_status: BookingStatus,
    /// When the appointment begins, on the practice's wall clock.
    #[serde(serialize_with = "time::as_timestamp")]
    #[schema(value_type = PracticeTimestamp)]
    pub pms_appointment_time: DateTime,
    /// How long it takes, in seconds.
    pub pms_appointment_length: i64,
    /// Why the patient comes, lines joined by `\n`; may be empty, never left out.
    pub reason: String,
    /// The hub's name of the appointment type; may be empty, never left out.
    pub comments: String,
    /// Who comes.
    pub patient: Patient,
    /// Where the practitioner starts a telehealth consultation, if the hub gives out a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text)]
    pub telehealth_url: Option<String>,
    /// Whether the patient said to be new to the practice; never left out.
    pub is_new_patient: bool,
}

impl FromJson for Booking {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let booking_id = object.required("bookingId");
        let pms_resource_id = object.field("pmsResourceId");
        let pms_appointment_type_id = object.field("pmsAppointmentTypeId");
        let pms_appointment_ids =
            object.optional_with("pmsAppointmentIds", array_of(MAX_APPOINTMENT_IDS, id));
        let pms_patient_id = object.field("pmsPatientId");
        let booked_time = object.required::<Utc>("bookedTime");
        let booking_status = object.required("bookingStatus");
        let pms_appointment_time = object.required("pmsAppointmentTime");
        let pms_appointment_length = object.required("pmsAppointmentLength");
        let reason = object.optional("reason");
        let comments = object.optional("comments");
        let patient = object.required("patient");
        let telehealth_url = object.optional("telehealthUrl");
        let is_new_patient = object.optional("isNewPatient");
        Some(Self {
            booking_id: booking_id?,
            pms_resource_id,
            pms_appointment_type_id,
            pms_appointment_ids: pms_appointment_ids.unwrap_or_default(),
            pms_patient_id,
            booked_time: booked_time?.0,
            booking_status: booking_status?,
            pms_appointment_time: pms_appointment_time?,
            pms_appointment_length: pms_appointment_length?,
            reason: reason.unwrap_or_default(),
            comments: comments.unwrap_or_default(),
            patient: patient?,
            telehealth_url,
            is_new_patient: is_new_patient.unwrap_or_default(),
        })
    }
}

deserialize_by_reading!(Booking);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::WireProfile;
    use jiff::civil::datetime;
    use serde_json::json;

    fn booking(profile: WireProfile) -> Booking {
        Booking {
            booking_id: 700_000_001,
            pms_resource_id: profile.nullable(None),
            pms_appointment_type_id: profile.nullable(Some("G1235".to_owned())),
            pms_appointment_ids: vec![],
            pms_patient_id: profile.nullable(None),
            booked_time: "2027-04-03T22:00:00.25Z".parse().unwrap(),
            booking_status: BookingStatus::Requested,
            pms_appointment_time: datetime(2027, 4, 4, 9, 0, 0, 0),
            pms_appointment_length: 1800,
            reason: String::new(),
            comments: "Standard".to_owned(),
            patient: Patient {
                firstname: "Ann".to_owned(),
                lastname: "Lee".to_owned(),
                dob: profile.dob(jiff::civil::date(1980, 2, 1)),
                ..Patient::default()
            },
            telehealth_url: None,
            is_new_patient: false,
        }
    }

    #[test]
    fn a_documented_client_gets_null_where_the_text_says_so_wire_9() {
        let mut booking = booking(WireProfile::Documented);
        booking.patient.gender = WireProfile::Documented.nullable(None);
        assert_eq!(
            serde_json::to_value(booking).unwrap(),
            json!({
                "bookingId": 700_000_001,
                "pmsResourceId": null,
                "pmsAppointmentTypeId": "G1235",
                "pmsAppointmentIds": [],
                "pmsPatientId": null,
                "bookedTime": "2027-04-03 22:00:00",
                "bookingStatus": "Requested",
                "pmsAppointmentTime": "2027-04-04 09:00:00",
                "pmsAppointmentLength": 1800,
                "reason": "",
                "comments": "Standard",
                "patient": {
                    "firstname": "Ann", "lastname": "Lee", "dob": "01-02-1980", "gender": null
                },
                "isNewPatient": false
            })
        );
    }

    #[test]
    fn a_generated_client_gets_no_null_wire_9() {
        let text = serde_json::to_string(&booking(WireProfile::Generated)).unwrap();
        assert!(!text.contains("null"), "{text}");
        assert!(text.contains(r#""pmsAppointmentIds":[]"#), "{text}");
        assert!(text.contains(r#""dob":"1980-02-01""#), "{text}");
    }
}
