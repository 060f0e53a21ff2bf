//! A patient in a client snapshot.

use super::More;
use crate::read::{Faults, FromJson, MAX_NAME, Node, Object, deserialize_by_reading, text_up_to};
use crate::schema::{Id, Line, PracticeTimestamp};
use crate::time;
use jiff::civil::DateTime;
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// A patient of the PMS. `Debug` shows nothing of them, so that they stay out of logs.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientPatient)]
pub struct Patient {
    /// The PMS's id of them.
    #[schema(value_type = Id)]
    pub pms_patient_id: String,
    /// Given name.
    #[schema(value_type = Line)]
    pub pms_patient_firstname: String,
    /// Family name.
    #[schema(value_type = Line)]
    pub pms_patient_lastname: String,
    /// How they like to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Line)]
    pub pms_patient_preferred_name: Option<String>,
    /// Mobile phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Line)]
    pub pms_patient_phone_mobile: Option<String>,
    /// Phone at home.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Line)]
    pub pms_patient_phone_home: Option<String>,
    /// Phone at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Line)]
    pub pms_patient_phone_work: Option<String>,
    /// Whether they agreed to be sent SMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool)]
    pub pms_patient_sms_consent: Option<bool>,
    /// Whether they are 16 years old or younger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool)]
    pub pms_patient_age16_and_under: Option<bool>,
    /// Since when the PMS knows them, on the practice's wall clock.
    #[serde(serialize_with = "time::as_timestamp")]
    #[schema(value_type = PracticeTimestamp)]
    pub pms_patient_creation_time: DateTime,
    /// Fields beyond the schema, kept as they came (SNAP-2).
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: More,
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patient")
    }
}

const KNOWN: [&str; 10] = [
    "pmsPatientId",
    "pmsPatientFirstname",
    "pmsPatientLastname",
    "pmsPatientPreferredName",
    "pmsPatientPhoneMobile",
    "pmsPatientPhoneHome",
    "pmsPatientPhoneWork",
    "pmsPatientSmsConsent",
    "pmsPatientAge16AndUnder",
    "pmsPatientCreationTime",
];

/// A line that may be absent; an empty one is.
fn line(object: &mut Object<'_>, key: &str) -> Option<String> {
    object
        .optional_with(key, text_up_to(MAX_NAME))
        .filter(|text| !text.is_empty())
}

impl FromJson for Patient {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required_id("pmsPatientId");
        let firstname = object.required_with("pmsPatientFirstname", text_up_to(MAX_NAME));
        let lastname = object.required_with("pmsPatientLastname", text_up_to(MAX_NAME));
        let preferred = line(&mut object, "pmsPatientPreferredName");
        let mobile = line(&mut object, "pmsPatientPhoneMobile");
        let home = line(&mut object, "pmsPatientPhoneHome");
        let work = line(&mut object, "pmsPatientPhoneWork");
        let consent = object.optional("pmsPatientSmsConsent");
        let young = object.optional("pmsPatientAge16AndUnder");
        let created = object.required("pmsPatientCreationTime");
        let more = object.more(&KNOWN);
        Some(Self {
            pms_patient_id: id?,
            pms_patient_firstname: firstname?,
            pms_patient_lastname: lastname?,
            pms_patient_preferred_name: preferred,
            pms_patient_phone_mobile: mobile,
            pms_patient_phone_home: home,
            pms_patient_phone_work: work,
            pms_patient_sms_consent: consent,
            pms_patient_age16_and_under: young,
            pms_patient_creation_time: created?,
            more,
        })
    }
}

deserialize_by_reading!(Patient);
