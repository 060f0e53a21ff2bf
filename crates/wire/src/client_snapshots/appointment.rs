//! An appointment in a client snapshot.

use super::More;
use crate::names::names;
use crate::read::{Faults, FromJson, Node, deserialize_by_reading, integer};
use crate::schema::{Id, PracticeTimestamp};
use crate::time;
use jiff::civil::DateTime;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

names! {
    /// Where an appointment stands in the PMS.
    pub enum AppointmentStatus {
        /// It is booked.
        Booked = "booked",
        /// The patient did not attend.
        PatientDna = "patient-dna",
        /// The patient has arrived.
        PatientArrived = "patient-arrived",
        /// The patient is being seen.
        PatientInConsult = "patient-in-consult",
        /// The patient was seen.
        PatientComplete = "patient-complete",
        /// It is off.
        Cancelled = "cancelled",
    }
}

/// An appointment of the PMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientAppointment)]
pub struct Appointment {
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_appointment_id: String,
    /// Whose it is.
    #[schema(value_type = Id)]
    pub pms_patient_id: String,
    /// With whom.
    #[schema(value_type = Id)]
    pub pms_practitioner_id: String,
    /// For what.
    #[schema(value_type = Id)]
    pub pms_appointment_type_id: String,
    /// When it was made, on the practice's wall clock.
    #[serde(serialize_with = "time::as_timestamp")]
    #[schema(value_type = PracticeTimestamp)]
    pub pms_appointment_creation_time: DateTime,
    /// When it begins, on the practice's wall clock.
    #[serde(serialize_with = "time::as_timestamp")]
    #[schema(value_type = PracticeTimestamp)]
    pub pms_appointment_time: DateTime,
    /// How long it takes, in minutes.
    #[schema(value_type = Minutes)]
    pub pms_appointment_length: i64,
    /// Where it stands.
    pub pms_appointment_status: AppointmentStatus,
    /// Fields beyond the schema, kept as they came (SNAP-2).
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: More,
}

crate::schemas! {
    /// How long an appointment takes.
    Minutes = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(LONGEST))
        .description(Some("Minutes."));
}

const KNOWN: [&str; 8] = [
    "pmsAppointmentId",
    "pmsPatientId",
    "pmsPractitionerId",
    "pmsAppointmentTypeId",
    "pmsAppointmentCreationTime",
    "pmsAppointmentTime",
    "pmsAppointmentLength",
    "pmsAppointmentStatus",
];
/// The longest appointment: a week, in minutes.
const LONGEST: i64 = 10_080;

impl FromJson for Appointment {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required_id("pmsAppointmentId");
        let patient = object.required_id("pmsPatientId");
        let practitioner = object.required_id("pmsPractitionerId");
        let kind = object.required_id("pmsAppointmentTypeId");
        let created = object.required("pmsAppointmentCreationTime");
        let starts = object.required("pmsAppointmentTime");
        let length = object.required_with("pmsAppointmentLength", integer(0..=LONGEST));
        let status = object.required("pmsAppointmentStatus");
        let more = object.more(&KNOWN);
        Some(Self {
            pms_appointment_id: id?,
            pms_patient_id: patient?,
            pms_practitioner_id: practitioner?,
            pms_appointment_type_id: kind?,
            pms_appointment_creation_time: created?,
            pms_appointment_time: starts?,
            pms_appointment_length: length?,
            pms_appointment_status: status?,
            more,
        })
    }
}

deserialize_by_reading!(Appointment);
