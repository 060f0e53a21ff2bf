//! The body of `POST /clientSnapshot`.

use super::{Appointment, AppointmentType, Location, Patient, Practitioner};
use crate::names::names;
use crate::read::{Faults, FromJson, Node, array_of, deserialize_by_reading};
use crate::schema::Day;
use crate::time;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// Which of their times puts appointments into a client snapshot.
    pub enum DateType {
        /// When they begin.
        ApptDatetime = "appt_datetime",
        /// When they were made.
        ApptCreationDatetime = "appt_creation_datetime",
    }
}

/// The most locations and practitioners.
const MOST_PLACES: usize = 2_000;
/// The most appointment types, appointments and patients.
const MOST: usize = 20_000;

/// The appointment book of a date, with all that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientSnapshot {
    /// The date at the practice.
    #[serde(serialize_with = "time::as_date")]
    #[schema(value_type = Day)]
    pub date: Date,
    /// Which of their times puts appointments into it.
    pub date_type: DateType,
    /// All locations: one that is missing counts as deleted.
    #[schema(max_items = 2000)]
    pub locations: Vec<Location>,
    /// All practitioners: one who is missing counts as deleted.
    #[schema(max_items = 2000)]
    pub practitioners: Vec<Practitioner>,
    /// All appointment types: one that is missing counts as deleted.
    #[schema(max_items = 20000)]
    pub appointment_types: Vec<AppointmentType>,
    /// The appointments of the date.
    #[schema(max_items = 20000)]
    pub appointments: Vec<Appointment>,
    /// Their patients.
    #[schema(max_items = 20000)]
    pub patients: Vec<Patient>,
}

impl FromJson for ClientSnapshot {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let date = object.required("date");
        let date_type = object.required("dateType");
        let locations =
            object.required_with("locations", array_of(MOST_PLACES, Location::from_json));
        let practitioners =
            object.required_with("practitioners", array_of(MOST_PLACES, FromJson::from_json));
        let types = object.required_with("appointmentTypes", array_of(MOST, FromJson::from_json));
        let appointments =
            object.required_with("appointments", array_of(MOST, Appointment::from_json));
        let patients = object.required_with("patients", array_of(MOST, Patient::from_json));
        Some(Self {
            date: date?,
            date_type: date_type?,
            locations: locations?,
            practitioners: practitioners?,
            appointment_types: types?,
            appointments: appointments?,
            patients: patients?,
        })
    }
}

deserialize_by_reading!(ClientSnapshot);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    const WHOLE: &str = r#"{
      "date": "2026-11-24", "dateType": "appt_datetime",
      "locations": [{"pmsLocationId": 1, "pmsLocationName": "Main", "pmsLocationStatus": "active"}],
      "practitioners": [{"pmsPractitionerId": "D", "pmsPractitionerName": "Dr D",
        "pmsPractitionerStatus": "inactive", "room": {"n": [4]}}],
      "appointmentTypes": [{"pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "",
        "pmsAppointmentTypeStatus": "active"}],
      "appointments": [{"pmsAppointmentId": 7, "pmsPatientId": "P", "pmsPractitionerId": "D",
        "pmsAppointmentTypeId": "T", "pmsAppointmentCreationTime": "2026-11-01 10:00:00",
        "pmsAppointmentTime": "2026-11-24 09:00:00", "pmsAppointmentLength": "15",
        "pmsAppointmentStatus": "patient-in-consult", "pmsLocationId": "1", "other": null}],
      "patients": [{"pmsPatientId": "P", "pmsPatientFirstname": "Anna", "pmsPatientLastname": "",
        "pmsPatientSmsConsent": "true", "pmsPatientPhoneMobile": 412345678,
        "pmsPatientPhoneHome": "", "pmsPatientCreationTime": "2020-01-01 00:00:00",
        "pmsPatientEmail": "anna@example.com"}]}"#;

    #[test]
    fn what_vendors_send_is_read_with_its_fields_beyond_the_schema_snap_2() {
        let snapshot: ClientSnapshot = read(WHOLE.as_bytes()).unwrap();
        let appointment = &snapshot.appointments[0];
        assert_eq!(appointment.pms_appointment_id, "7");
        assert_eq!(appointment.pms_appointment_length, 15);
        assert_eq!(appointment.more["pmsLocationId"], "1");
        assert!(!appointment.more.contains_key("other"), "null is absent");
        let patient = &snapshot.patients[0];
        assert_eq!(
            patient.pms_patient_phone_mobile.as_deref(),
            Some("412345678")
        );
        assert_eq!(patient.pms_patient_phone_home, None);
        assert_eq!(patient.pms_patient_sms_consent, Some(true));
        assert_eq!(patient.more["pmsPatientEmail"], "anna@example.com");
        let written = serde_json::to_vec(&snapshot).unwrap();
        assert_eq!(read::<ClientSnapshot>(&written).as_ref(), Ok(&snapshot));
        assert_eq!(
            serde_json::from_slice::<ClientSnapshot>(&written).unwrap(),
            snapshot
        );
    }

    #[test]
    fn every_missing_wrong_and_unknown_value_is_named_snap_2() {
        let body = br#"{
          "date": "24-11-2026", "dateType": "appt",
          "locations": [{"pmsLocationId": "", "pmsLocationStatus": "gone"}],
          "practitioners": {}, "appointments": [{"pmsAppointmentTime": "2026-11-24T09:00:00",
            "pmsAppointmentLength": -1}],
          "patients": [{"pmsPatientSmsConsent": "maybe"}]}"#;
        let faults = read::<ClientSnapshot>(body).unwrap_err();
        let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "date",
                "dateType",
                "locations[0].pmsLocationId",
                "locations[0].pmsLocationName",
                "locations[0].pmsLocationStatus",
                "practitioners",
                "appointmentTypes",
                "appointments[0].pmsAppointmentId",
                "appointments[0].pmsPatientId",
                "appointments[0].pmsPractitionerId",
                "appointments[0].pmsAppointmentTypeId",
                "appointments[0].pmsAppointmentCreationTime",
                "appointments[0].pmsAppointmentTime",
                "appointments[0].pmsAppointmentLength",
                "appointments[0].pmsAppointmentStatus",
                "patients[0].pmsPatientId",
                "patients[0].pmsPatientFirstname",
                "patients[0].pmsPatientLastname",
                "patients[0].pmsPatientSmsConsent",
                "patients[0].pmsPatientCreationTime",
            ]
        );
    }
}
