//! Whose patient a booking is.

use crate::stage::{Stage, at, settings};
use crate::wrapped::Wrapped;
use serde_json::{Value, json};
use slotbridge_agent::clinic::Clinic as Agent;
use slotbridge_testkit::Booked;

/// A patient of the practice, as its staff once entered them.
fn knows(stage: &Stage, id: &str, firstname: &str, lastname: &str, dob: &str) {
    let sql = "INSERT INTO patients (id, firstname, lastname, dob, phone, email, changed)
        VALUES (?1, ?2, ?3, ?4, '0412345678', 'anna@example.com', 0)";
    let book = stage.meddle();
    book.execute(sql, [id, firstname, lastname, dob]).unwrap();
    let touch = "UPDATE patients SET changed = (SELECT value + 1 FROM counter) WHERE id = ?1";
    book.execute(touch, [id]).unwrap();
    book.execute("UPDATE counter SET value = value + 1", [])
        .unwrap();
}

/// The patient of a booking in the book, and whom staff should compare them with.
fn patient_of(stage: &Stage, booked: &Booked) -> (String, Option<String>) {
    let id = stage.standing(booked)[0].patient.clone();
    let sql = "SELECT perhaps FROM patients WHERE id = ?1";
    let perhaps = stage.meddle().query_row(sql, [&id], |row| row.get(0));
    (id, perhaps.unwrap())
}

async fn booked(stage: &Stage, person: Value) -> Booked {
    booked_with(stage, &stage.agent(), "09:00", person).await
}

async fn booked_with(stage: &Stage, agent: &Agent, time: &str, person: Value) -> Booked {
    let mut body = stage.hub.booking(&at(time));
    for (name, value) in person.as_object().unwrap() {
        body["patient"][name] = value.clone();
    }
    let made = stage
        .hub
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    agent.poll().await.unwrap();
    Booked {
        id: made["bookingId"].as_i64().unwrap(),
        token: made["manageToken"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn a_known_patient_is_found_in_spite_of_a_typo() {
    let stage = Stage::new().await;
    knows(&stage, "K1", "Anna", "Nguyen", "29-02-1984");
    knows(&stage, "K2", "Bertram", "Nguyen", "01-05-1950");
    let typo = booked(&stage, json!({"lastname": "Nguyne"})).await;
    assert_eq!(patient_of(&stage, &typo), ("K1".to_owned(), None));
    assert_eq!(stage.view(&typo).await["pmsPatientId"], "K1");
}

#[tokio::test]
async fn a_twin_with_another_first_name_becomes_a_new_patient() {
    let stage = Stage::new().await;
    knows(&stage, "K1", "Maria", "Nguyen", "29-02-1984");
    let twin = booked(&stage, json!({"firstname": "Sophie"})).await;
    assert_ne!(patient_of(&stage, &twin).0, "K1");
}

#[tokio::test]
async fn whom_a_new_patient_may_be_is_noted_for_staff() {
    let stage = Stage::new().await;
    knows(&stage, "K1", "Mohammed", "Nguyen", "29-02-1984");
    let twin = booked(&stage, json!({"firstname": "Mohamad"})).await;
    let (id, perhaps) = patient_of(&stage, &twin);
    assert_ne!(id, "K1");
    assert_eq!(perhaps.as_deref(), Some("K1"));
}

#[tokio::test]
async fn a_stranger_becomes_a_patient_once() {
    let stage = Stage::new().await;
    let first = booked(&stage, json!({})).await;
    stage.assert_confirmed(&first).await;
    let (id, perhaps) = patient_of(&stage, &first);
    assert_eq!(perhaps, None);
    let again = stage.hub.book(&at("10:00")).await;
    stage.agent().poll().await.unwrap();
    assert_eq!(patient_of(&stage, &again).0, id);
}

#[tokio::test]
async fn a_patient_who_is_gone_is_nobody_any_more() {
    let stage = Stage::new().await;
    knows(&stage, "K1", "Anna", "Nguyen", "29-02-1984");
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    let before = booked_with(&stage, &agent, "09:00", json!({})).await;
    assert_eq!(patient_of(&stage, &before).0, "K1");
    wrapped.gone.lock().unwrap().push("K1".to_owned());
    let after = booked_with(&stage, &agent, "09:15", json!({})).await;
    assert_ne!(patient_of(&stage, &after).0, "K1");
}
