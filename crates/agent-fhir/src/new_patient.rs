//! A patient whom a booking adds, as a resource. FHIR knows no empty texts: what is blank is left
//! out.

use crate::fhir::{MEDICARE, PATIENT_OF_BOOKING, PERHAPS};
use serde_json::{Map, Value, json};
use slotbridge_agent::adapter::NewPatient;
use slotbridge_client::wire::bookings::{Gender, Patient};

/// The resource.
pub(crate) fn resource(new: &NewPatient) -> Value {
    let person = &new.person;
    let booking = new.booking_id.to_string();
    let mut identifiers = vec![json!({"system": PATIENT_OF_BOOKING, "value": booking})];
    identifiers.extend(card(person));
    let mut patient = json!({
        "resourceType": "Patient",
        "active": true,
        "identifier": identifiers,
    });
    let name = object([
        ("family", text(Some(&person.lastname))),
        (
            "given",
            text(Some(&person.firstname)).map(|given| json!([given])),
        ),
    ]);
    let born = person.date_of_birth().map(|date| json!(date.to_string()));
    let gender = person.gender.value().map(|gender| match gender {
        Gender::Female => json!("female"),
        Gender::Male => json!("male"),
        Gender::Other => json!("other"),
    });
    let elements = [
        ("name", name.map(|name| json!([name]))),
        ("birthDate", born),
        ("gender", gender),
        ("telecom", list(telecom(person))),
        ("address", address(person).map(|address| json!([address]))),
        ("extension", list(perhaps(new))),
    ];
    let elements = elements.into_iter();
    if let Some(patient) = patient.as_object_mut() {
        let told = elements.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        patient.extend(told);
    }
    patient
}

fn text(text: Option<&str>) -> Option<Value> {
    let text = text?.trim();
    (!text.is_empty()).then(|| json!(text))
}

fn list(values: Vec<Value>) -> Option<Value> {
    (!values.is_empty()).then_some(Value::Array(values))
}

/// An object of what there is; none if there is nothing.
fn object<const N: usize>(elements: [(&str, Option<Value>); N]) -> Option<Value> {
    let told = elements.into_iter();
    let told = told.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let told: Map<String, Value> = told.collect();
    (!told.is_empty()).then_some(Value::Object(told))
}

fn telecom(person: &Patient) -> Vec<Value> {
    let phone = text(person.phone.as_deref());
    let email = text(person.email.as_deref());
    let phone = phone.map(|phone| json!({"system": "phone", "value": phone}));
    let email = email.map(|email| json!({"system": "email", "value": email}));
    phone.into_iter().chain(email).collect()
}

fn address(person: &Patient) -> Option<Value> {
    let line = text(person.address.as_deref());
    let mut address = object([
        ("line", line.map(|line| json!([line]))),
        ("city", text(person.suburb.as_deref())),
        ("state", text(person.state.as_deref())),
        ("postalCode", text(person.postcode.as_deref())),
    ])?;
    if let Some(address) = address.as_object_mut() {
        address.insert("use".to_owned(), json!("home"));
    }
    Some(address)
}

/// The Medicare card, with the patient's line as the number's last digit.
fn card(person: &Patient) -> Option<Value> {
    let number = person.medicare_number.value()?.trim();
    if number.is_empty() {
        return None;
    }
    let irn = person.medicare_irn.value().map_or("", |irn| irn.trim());
    let expiry = person.medicare_expiry.value();
    let expiry = expiry.and_then(|expiry| expiry.split_once('/'));
    let coding = json!({
        "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
        "code": "MC",
    });
    object([
        ("type", Some(json!({"coding": [coding]}))),
        ("system", Some(json!(MEDICARE))),
        ("value", Some(json!(format!("{number}{irn}")))),
        (
            "period",
            expiry.map(|(month, year)| json!({"end": format!("{year}-{month}")})),
        ),
    ])
}

/// Whom staff should compare the patient with. Not as references: one that has gone since must not
/// stand in the way.
fn perhaps(new: &NewPatient) -> Vec<Value> {
    let perhaps = new.perhaps.iter().map(|one| {
        let why = text(Some(&one.explanation));
        let mut parts = vec![json!({
            "url": "patient",
            "valueString": format!("Patient/{}", one.patient_id),
        })];
        parts.extend(why.map(|why| json!({"url": "why", "valueString": why})));
        json!({"url": PERHAPS, "extension": parts})
    });
    perhaps.collect()
}
