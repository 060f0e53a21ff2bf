//! What the adapter reads of FHIR R4 resources. Elements that it does not use are not looked at, so
//! that what is wrong with them does no harm.

use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use slotbridge_client::wire::time;

/// The identifier of an appointment that the hub booked: the booking's id.
pub(crate) const BOOKING: &str = "urn:slotbridge:booking";
/// The identifier of a patient whom a booking added: the booking's id.
pub(crate) const PATIENT_OF_BOOKING: &str = "urn:slotbridge:patient-of-booking";
/// The extension of an appointment that says what was booked.
pub(crate) const BOOKED: &str = "urn:slotbridge:booked";
/// The extension of a patient that names one whom it may be.
pub(crate) const PERHAPS: &str = "urn:slotbridge:perhaps";
/// The identifier of a Medicare card, as the Australian base profiles have it.
pub(crate) const MEDICARE: &str = "http://ns.electronichealth.net.au/id/medicare-number";

/// A type of resource.
pub(crate) trait Resource: DeserializeOwned {
    /// Its name.
    const TYPE: &'static str;
}

/// A resource of a type; `None` if it is of another, or cannot be read, which the log says.
pub(crate) fn as_resource<T: Resource>(value: &Value) -> Option<T> {
    if type_of(value) != Some(T::TYPE) {
        return None;
    }
    let read = T::deserialize(value).ok();
    if read.is_none() {
        let resource = named(value);
        tracing::warn!(resource, "left out, since it cannot be read");
    }
    read
}

pub(crate) fn type_of(value: &Value) -> Option<&str> {
    value.get("resourceType").and_then(Value::as_str)
}

/// A resource by type and id, and by nothing that may be a patient's.
pub(crate) fn named(value: &Value) -> String {
    let id = value.get("id").and_then(Value::as_str);
    let id = id.filter(|id| is_id(id)).unwrap_or("(no id)");
    let kind = type_of(value).filter(|kind| is_id(kind));
    format!("{}/{id}", kind.unwrap_or("Resource"))
}

/// Whether a text is an id as FHIR has them: nothing else gets into a URL.
pub(crate) fn is_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(is_of_id) && !matches!(text, "." | "..")
}

/// An instant, e.g. `2027-04-04T09:00:00+10:00`.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    time::parse_instant(text)
}

fn an_id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let id = String::deserialize(from)?;
    let is_one = is_id(&id);
    is_one
        .then_some(id)
        .ok_or_else(|| D::Error::custom("no id"))
}

fn an_instant<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(from)?;
    instant(&text).ok_or_else(|| D::Error::custom("no instant"))
}

fn perhaps_an_instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let read = |text: String| instant(&text).ok_or_else(|| D::Error::custom("no instant"));
    text.map(read).transpose()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Meta {
    pub(crate) version_id: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reference {
    pub(crate) reference: Option<String>,
    pub(crate) display: Option<String>,
}

impl Reference {
    /// Type and id of what it refers to. It may be absolute, and name a version.
    pub(crate) fn target(&self) -> Option<(&str, &str)> {
        let text = self.reference.as_deref()?;
        let text = text.split("/_history/").next()?;
        let mut parts = text.rsplit('/');
        let (id, kind) = (parts.next()?, parts.next()?);
        (is_id(id) && is_id(kind)).then_some((kind, id))
    }

    /// The id of what it refers to, if that is of a type.
    pub(crate) fn id_of(&self, kind: &str) -> Option<&str> {
        let (of, id) = self.target()?;
        (of == kind).then_some(id)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Coding {
    pub(crate) system: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) display: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Concept {
    pub(crate) coding: Vec<Coding>,
    pub(crate) text: Option<String>,
}

impl Concept {
    /// What people call it.
    pub(crate) fn shown(&self) -> Option<&str> {
        let mut displays = self.coding.iter().filter_map(|one| one.display.as_deref());
        self.text.as_deref().or_else(|| displays.next())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Identifier {
    pub(crate) system: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) period: Option<Period>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Period {
    pub(crate) end: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Extension {
    pub(crate) url: String,
    pub(crate) extension: Vec<Extension>,
    pub(crate) value_instant: Option<String>,
    pub(crate) value_reference: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schedule {
    #[serde(deserialize_with = "an_id")]
    pub(crate) id: String,
    pub(crate) active: Option<bool>,
    #[serde(default)]
    pub(crate) actor: Vec<Reference>,
    #[serde(default)]
    pub(crate) service_type: Vec<Concept>,
    #[serde(default)]
    pub(crate) specialty: Vec<Concept>,
}

impl Schedule {
    pub(crate) fn is_active(&self) -> bool {
        self.active != Some(false)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Slot {
    #[serde(deserialize_with = "an_id")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) meta: Meta,
    pub(crate) schedule: Reference,
    pub(crate) status: String,
    #[serde(deserialize_with = "an_instant")]
    pub(crate) start: Timestamp,
    #[serde(deserialize_with = "an_instant")]
    pub(crate) end: Timestamp,
    #[serde(default)]
    pub(crate) service_type: Vec<Concept>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Appointment {
    #[serde(deserialize_with = "an_id")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) meta: Meta,
    #[serde(default)]
    pub(crate) identifier: Vec<Identifier>,
    #[serde(default)]
    pub(crate) extension: Vec<Extension>,
    pub(crate) status: String,
    #[serde(default, deserialize_with = "perhaps_an_instant")]
    pub(crate) start: Option<Timestamp>,
    #[serde(default)]
    pub(crate) slot: Vec<Reference>,
    #[serde(default)]
    pub(crate) participant: Vec<Participant>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Participant {
    pub(crate) actor: Option<Reference>,
}

impl Appointment {
    /// The hub's booking that it is.
    pub(crate) fn booking(&self) -> Option<i64> {
        let identifiers = self.identifier.iter();
        let mut values = identifiers
            .filter(|one| one.system.as_deref() == Some(BOOKING))
            .filter_map(|one| one.value.as_deref());
        values.find_map(|value| value.parse().ok())
    }

    /// Whether it was cancelled, or never should have been.
    pub(crate) fn is_off(&self) -> bool {
        matches!(self.status.as_str(), "cancelled" | "entered-in-error")
    }

    pub(crate) fn patient_id(&self) -> Option<&str> {
        let actors = self.participant.iter().filter_map(|one| one.actor.as_ref());
        let mut patients = actors.filter_map(|actor| actor.id_of("Patient"));
        patients.next()
    }

    /// The ids of its slots.
    pub(crate) fn slot_ids(&self) -> impl Iterator<Item = &str> {
        self.slot.iter().filter_map(|slot| slot.id_of("Slot"))
    }
}

impl Resource for Schedule {
    const TYPE: &'static str = "Schedule";
}

impl Resource for Slot {
    const TYPE: &'static str = "Slot";
}

impl Resource for Appointment {
    const TYPE: &'static str = "Appointment";
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reference_may_be_absolute_and_name_a_version() {
        let target = |text: &str| {
            let reference = Reference {
                reference: Some(text.to_owned()),
                display: None,
            };
            let target = reference.target();
            target.map(|(kind, id)| format!("{kind} {id}"))
        };
        for text in [
            "Slot/1",
            "https://pms.example/fhir/Slot/1",
            "Slot/1/_history/7",
        ] {
            assert_eq!(target(text).as_deref(), Some("Slot 1"), "{text}");
        }
        for text in ["", "1", "#1", "Slot/", "Slot/..", "Slot/a b", "urn:uuid:1"] {
            assert_eq!(target(text), None, "{text}");
        }
    }

    #[test]
    fn an_unreadable_resource_is_named_by_type_and_id_only() {
        let patient = json!({"resourceType": "Patient", "id": "Ann Lee", "name": "Ann Lee"});
        assert_eq!(named(&patient), "Patient/(no id)");
        let slot = json!({"resourceType": "Slot", "id": "7", "start": "tomorrow"});
        assert_eq!(named(&slot), "Slot/7");
        assert!(as_resource::<Slot>(&slot).is_none());
    }
}
