//! Rules of FHIR R4 that the adapter could break.

use super::store::Refusal;
use serde_json::Value;

const STATUSES: [&str; 10] = [
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
];

fn unless(is_broken: bool) -> Result<(), Refusal> {
    if is_broken { Err(Refusal(422)) } else { Ok(()) }
}

/// Whether a resource is valid, as far as that is looked at here.
pub(super) fn check(resource: &Value) -> Result<(), Refusal> {
    unless(has_nothing_somewhere(resource))?;
    match resource["resourceType"].as_str() {
        Some("Appointment") => appointment(resource),
        Some("Patient") => patient(resource),
        Some("Slot") => unless(!["busy", "free"].contains(&resource["status"].as_str().unwrap())),
        _ => Err(Refusal(404)),
    }
}

/// No element is null, or an empty text, list or object.
fn has_nothing_somewhere(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty() || list.iter().any(has_nothing_somewhere),
        Value::Object(object) => object.is_empty() || object.values().any(has_nothing_somewhere),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn instant(value: &Value) -> Result<jiff::Timestamp, Refusal> {
    let text = value.as_str().ok_or(Refusal(422))?;
    text.parse().map_err(|_| Refusal(422))
}

fn appointment(appointment: &Value) -> Result<(), Refusal> {
    let status = appointment["status"].as_str().unwrap_or_default();
    unless(!STATUSES.contains(&status))?;
    let (start, end) = (
        instant(&appointment["start"])?,
        instant(&appointment["end"])?,
    );
    unless(end <= start)?;
    unless(
        appointment["minutesDuration"]
            .as_i64()
            .is_none_or(|minutes| minutes < 1),
    )?;
    let participants = appointment["participant"].as_array().ok_or(Refusal(422))?;
    let has_status = |one: &Value| one["status"] == "accepted" && one["actor"].is_object();
    unless(!participants.iter().all(has_status))
}

fn patient(patient: &Value) -> Result<(), Refusal> {
    let gender = patient["gender"].as_str().unwrap_or("unknown");
    unless(!["male", "female", "other", "unknown"].contains(&gender))?;
    let born = patient["birthDate"].as_str().unwrap_or("1980-01-01");
    unless(born.parse::<jiff::civil::Date>().is_err())
}

/// What a resource refers to.
pub(super) fn references(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    if let Some(reference) = value["reference"].as_str() {
        found.push(reference);
    }
    match value {
        Value::Array(list) => found.extend(list.iter().flat_map(references)),
        Value::Object(object) => found.extend(object.values().flat_map(references)),
        _ => {}
    }
    found
}
