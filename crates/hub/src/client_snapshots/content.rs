//! What a client snapshot holds, as it is sealed. `Debug` shows no person.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Fields beyond the schema, as the PMS sent them.
pub type More = serde_json::Map<String, serde_json::Value>;

/// A location, a practitioner or an appointment type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The PMS's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the PMS says that it is in use.
    pub active: bool,
    /// Fields beyond the schema.
    pub more: More,
}

/// Where an appointment stands in the PMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppointmentStatus {
    /// It is booked.
    Booked,
    /// The patient did not attend.
    DidNotAttend,
    /// The patient has arrived.
    Arrived,
    /// The patient is being seen.
    InConsult,
    /// The patient was seen.
    Complete,
    /// It is off.
    Cancelled,
}

/// An appointment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// The PMS's id of it.
    pub id: String,
    /// Whose it is.
    pub patient_id: String,
    /// With whom.
    pub practitioner_id: String,
    /// For what.
    pub type_id: String,
    /// When it was made, in practice time.
    pub created: DateTime,
    /// When it begins, in practice time.
    pub start: DateTime,
    /// How long it takes, in minutes.
    pub length_minutes: i64,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Fields beyond the schema.
    pub more: More,
}

/// A patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// The PMS's id of them.
    pub id: String,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// How they like to be called.
    pub preferred_name: Option<String>,
    /// Mobile phone, as the PMS has it.
    pub mobile: Option<String>,
    /// Phone at home.
    pub home: Option<String>,
    /// Phone at work.
    pub work: Option<String>,
    /// Whether they agreed to be sent SMS; `None`: nobody said so.
    pub sms_consent: Option<bool>,
    /// Whether they are 16 years old or younger.
    pub age_16_and_under: Option<bool>,
    /// Since when the PMS knows them, in practice time.
    pub created: DateTime,
    /// Fields beyond the schema.
    pub more: More,
}

/// All that a snapshot holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Every location.
    pub locations: Vec<Entry>,
    /// Every practitioner.
    pub practitioners: Vec<Entry>,
    /// Every appointment type.
    pub types: Vec<Entry>,
    /// The appointments of the date.
    pub appointments: Vec<Appointment>,
    /// Their patients.
    pub patients: Vec<Patient>,
}

impl fmt::Debug for Appointment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Appointment")
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patient")
    }
}

/// A field beyond the schema, if it is a text or a number.
pub(super) fn extra<'m>(more: &'m More, name: &str) -> Option<std::borrow::Cow<'m, str>> {
    match more.get(name)? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text.as_str().into()),
        serde_json::Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

impl Appointment {
    /// Where it takes place, which vendors send beyond the schema.
    #[must_use]
    pub fn location_id(&self) -> Option<std::borrow::Cow<'_, str>> {
        extra(&self.more, "pmsLocationId")
    }
}

impl Patient {
    /// Their mail address, which vendors send beyond the schema.
    #[must_use]
    pub fn email(&self) -> Option<std::borrow::Cow<'_, str>> {
        extra(&self.more, "pmsPatientEmail")
    }
}
