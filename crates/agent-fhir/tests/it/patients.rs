//! Patients.

use crate::practice::{patient, person, practice};
use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;
use slotbridge_agent::adapter::{Adapter, NewPatient, Perhaps, Trouble};
use slotbridge_client::wire::bookings::{Gender, Patient};
use slotbridge_client::wire::profile::Field;
use slotbridge_testkit::fhir::{Endpoint, Fault};

fn new(booking_id: i64, person: Patient) -> NewPatient {
    NewPatient {
        booking_id,
        person,
        perhaps: Vec::new(),
    }
}

fn full() -> Patient {
    let text = |text: &str| Some(text.to_owned());
    let value = |text: &str| Field::Value(text.to_owned());
    Patient {
        dob: "1980-02-01".to_owned(),
        phone: text("0412 345 678"),
        email: text("ann@lee.example"),
        address: text("7 High St"),
        suburb: text("Perth"),
        state: text("WA"),
        postcode: text("6000"),
        gender: Field::Value(Gender::Female),
        medicare_number: value("2428778132"),
        medicare_irn: value("1"),
        medicare_expiry: value("05/2028"),
        ..person()
    }
}

fn later(endpoint: &Endpoint) {
    endpoint.at_the_desk(|store| store.now += SignedDuration::from_hours(1));
}

#[tokio::test]
async fn a_patient_who_was_added_is_read_as_the_same_person() {
    let (_, adapter) = practice().await;
    let id = adapter.create_patient(&new(7, full())).await.unwrap();
    let patients = adapter.patients(None).await.unwrap();
    let read = patients
        .changed
        .into_iter()
        .find(|one| one.id == id)
        .unwrap();
    assert!(read.person == Some(full()));
}

#[tokio::test]
async fn a_person_of_whom_little_is_known_can_be_added() {
    let (_, adapter) = practice().await;
    let id = adapter.create_patient(&new(7, person())).await.unwrap();
    let patients = adapter.patients(None).await.unwrap();
    assert!(patients.changed.iter().any(|one| one.id == id));
}

#[tokio::test]
async fn a_booking_adds_one_patient_however_often_it_is_asked_to() {
    let (endpoint, adapter) = practice().await;
    let first = adapter.create_patient(&new(7, person())).await.unwrap();
    assert_eq!(
        adapter.create_patient(&new(7, person())).await.unwrap(),
        first
    );
    assert_ne!(
        adapter.create_patient(&new(8, person())).await.unwrap(),
        first
    );
    assert_eq!(endpoint.at_the_desk(|store| store.count("Patient")), 3);
}

#[tokio::test]
async fn a_patient_whose_adding_was_not_answered_is_found_again() {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::POST, Fault::AnswerIsLost);
    let lost = adapter.create_patient(&new(7, person())).await;
    assert!(matches!(lost, Err(Trouble::Later(_))));
    assert_eq!(
        adapter.create_patient(&new(7, person())).await.unwrap(),
        "new-1"
    );
    assert_eq!(endpoint.at_the_desk(|store| store.count("Patient")), 2);
}

#[tokio::test]
async fn a_patient_who_was_merged_since_is_the_one_with_whom() {
    let (endpoint, adapter) = practice().await;
    let first = adapter.create_patient(&new(7, person())).await.unwrap();
    endpoint.at_the_desk(|store| {
        let link = json!([{"type": "replaced-by", "other": {"reference": "Patient/p1"}}]);
        store.change("Patient", &first, json!({"active": false, "link": link}));
    });
    assert_eq!(
        adapter.create_patient(&new(7, person())).await.unwrap(),
        "p1"
    );
}

#[tokio::test]
async fn those_whom_a_new_patient_may_be_are_noted_for_staff() {
    let (endpoint, adapter) = practice().await;
    let mut new = new(7, person());
    new.perhaps.push(Perhaps {
        patient_id: "p1".to_owned(),
        explanation: "same phone".to_owned(),
    });
    let id = adapter.create_patient(&new).await.unwrap();
    let noted = endpoint.at_the_desk(|store| store.read("Patient", &id).unwrap());
    let parts = &noted["extension"][0]["extension"];
    assert_eq!(parts[0]["valueString"], "Patient/p1");
    assert_eq!(parts[1]["valueString"], "same phone");
}

#[tokio::test]
async fn only_patients_who_changed_since_the_mark_are_read() {
    let (endpoint, adapter) = practice().await;
    later(&endpoint);
    let all = adapter.patients(None).await.unwrap();
    assert_eq!(all.changed.len(), 1);
    later(&endpoint);
    let none = adapter.patients(Some(&all.mark)).await.unwrap();
    assert!(none.changed.is_empty());
    assert_eq!(none.mark, all.mark);
    endpoint.at_the_desk(|store| {
        store.page = 1;
        patient(store, "p2", "Roe", json!({}));
        patient(store, "p3", "Doe", json!({"active": false}));
    });
    let some = adapter.patients(Some(&all.mark)).await.unwrap();
    let some: Vec<_> = some
        .changed
        .iter()
        .map(|one| (one.id.as_str(), one.person.is_some()))
        .collect();
    assert_eq!(some, [("p2", true), ("p3", false)]);
}

#[tokio::test]
async fn patients_who_change_while_the_pages_are_read_are_seen_the_next_time() {
    let (endpoint, adapter) = practice().await;
    let mark = adapter.patients(None).await.unwrap().mark;
    let now = endpoint.at_the_desk(|store| store.now);
    assert!(mark.parse::<jiff::Timestamp>().unwrap() <= now);
    endpoint.at_the_desk(|store| patient(store, "p0", "Poe", json!({})));
    let next = adapter.patients(Some(&mark)).await.unwrap();
    assert!(next.changed.iter().any(|one| one.id == "p0"));
}

#[tokio::test]
async fn a_server_that_puts_no_time_into_its_bundles_has_one_in_its_answers() {
    let (endpoint, adapter) = practice().await;
    let bundle = r#"{"resourceType": "Bundle"}"#.to_owned();
    endpoint.fails(Method::GET, Fault::Says(bundle));
    let mark = adapter.patients(None).await.unwrap().mark;
    assert!(mark.parse::<jiff::Timestamp>().is_ok());
}

#[tokio::test]
async fn a_patient_who_was_merged_is_gone() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        let link = json!([{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]);
        store.change("Patient", "p1", json!({"link": link}));
    });
    let all = adapter.patients(None).await.unwrap();
    assert!(all.changed[0].person.is_none());
}

#[tokio::test]
async fn a_patient_who_cannot_be_read_does_not_hide_the_others() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        patient(store, "p2", "Roe", json!({"telecom": "0412"}));
        patient(
            store,
            "p3",
            "Doe",
            json!({"name": null, "birthDate": "1980"}),
        );
    });
    let all = adapter.patients(None).await.unwrap();
    let ids: Vec<_> = all.changed.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["p1"]);
}

#[tokio::test]
async fn a_patient_whom_the_server_does_not_take_is_refused_without_a_word_of_whom() {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::POST, Fault::Status(422));
    let refused = adapter.create_patient(&new(7, person())).await.unwrap_err();
    let text = "the practice's system does not take the patient (422)".to_owned();
    assert_eq!(refused, Trouble::Refused(text));
}
