//! Bookings become appointments.

use crate::practice::{SERVICES, booking, free_with_alice, instant, practice, slot, statuses};
use axum::http::Method;
use jiff::civil::{DateTime, datetime};
use serde_json::json;
use slotbridge_agent::adapter::{Adapter, Cancelled, Fate, Trouble};
use slotbridge_client::wire::profile::Field;
use slotbridge_testkit::fhir::Fault;

const NINE: DateTime = datetime(2027, 3, 8, 9, 0, 0, 0);

fn refused<T: std::fmt::Debug>(outcome: Result<T, Trouble>) -> String {
    match outcome {
        Err(Trouble::Refused(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_booking_becomes_an_appointment_that_takes_its_slots() {
    let (endpoint, adapter) = practice().await;
    let mut booking = booking(7, NINE, 30);
    booking.reason = "Cough\nand fever".to_owned();
    booking.is_new_patient = true;
    let inserted = adapter.insert(&booking, "p1").await.unwrap();
    assert_eq!(inserted.patient_id, "p1");
    assert_eq!(statuses(&endpoint), ["busy", "busy", "free", "free"]);
    assert_eq!(free_with_alice(&adapter).await, ["09:30-10:00/15"]);
    let id = &inserted.appointment_ids[0];
    let made = endpoint.at_the_desk(|store| store.read("Appointment", id).unwrap());
    assert_eq!(made["status"], "booked");
    assert_eq!(made["start"], instant(NINE));
    assert_eq!(made["end"], instant(datetime(2027, 3, 8, 9, 30, 0, 0)));
    assert_eq!(made["minutesDuration"], 30);
    assert_eq!(made["description"], "Standard");
    assert_eq!(made["comment"], "Cough\nand fever\nNew to the practice.");
    let coding = json!([{"coding": [{"system": SERVICES, "code": "gp"}]}]);
    assert_eq!(made["serviceType"], coding);
    assert_eq!(made["participant"][0]["actor"]["reference"], "Patient/p1");
    assert_eq!(
        made["participant"][1]["actor"]["reference"],
        "Practitioner/alice"
    );
    assert_eq!(adapter.find(7).await.unwrap(), Some(inserted));
}

#[tokio::test]
async fn what_else_a_slot_says_is_kept() {
    let (endpoint, adapter) = practice().await;
    adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    let slot = endpoint.at_the_desk(|store| store.read("Slot", "alice-0").unwrap());
    assert_eq!(
        (&slot["status"], &slot["comment"]),
        (&json!("busy"), &json!("kept"))
    );
}

#[tokio::test]
async fn a_booking_is_inserted_once_however_often_it_is_asked_for() {
    let (endpoint, adapter) = practice().await;
    let first = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    let again = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 1);
}

#[tokio::test]
async fn an_insertion_whose_answer_was_lost_is_found_again() {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::POST, Fault::AnswerIsLost);
    let lost = adapter.insert(&booking(7, NINE, 15), "p1").await;
    assert!(matches!(lost, Err(Trouble::Later(_))));
    let again = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    assert_eq!(again.appointment_ids, ["new-1"]);
    assert_eq!(adapter.find(7).await.unwrap(), Some(again));
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 1);
}

#[tokio::test]
async fn an_insertion_that_is_done_late_is_among_the_changes_and_can_be_taken_out() {
    let (endpoint, adapter) = practice().await;
    let mark = adapter.changed_since(None).await.unwrap().mark;
    endpoint.fails(Method::POST, Fault::Late);
    let late = adapter.insert(&booking(7, NINE, 15), "p1").await;
    assert!(matches!(late, Err(Trouble::Later(_))));
    assert_eq!(adapter.find(7).await.unwrap(), None);
    assert_eq!(adapter.cancel(7, &[]).await, Ok(Cancelled::Done));
    endpoint.arrives();
    let changes = adapter.changed_since(Some(&mark)).await.unwrap();
    assert_eq!(changes.bookings, [(7, Fate::Stands)]);
    assert_eq!(adapter.cancel(7, &[]).await, Ok(Cancelled::Done));
    assert_eq!(adapter.find(7).await.unwrap(), None);
    assert_eq!(statuses(&endpoint), ["free"; 4]);
}

#[tokio::test]
async fn an_insertion_that_is_done_late_and_was_repeated_is_one() {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::POST, Fault::Late);
    let late = adapter.insert(&booking(7, NINE, 15), "p1").await;
    assert!(matches!(late, Err(Trouble::Later(_))));
    let inserted = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    endpoint.arrives();
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 1);
    assert_eq!(adapter.find(7).await.unwrap(), Some(inserted));
}

#[tokio::test]
async fn a_time_that_is_taken_is_refused() {
    let (endpoint, adapter) = practice().await;
    adapter.insert(&booking(7, NINE, 30), "p1").await.unwrap();
    let overlapping = booking(8, datetime(2027, 3, 8, 9, 15, 0, 0), 30);
    let why = refused(adapter.insert(&overlapping, "p1").await);
    assert_eq!(why, "the time was given to somebody else");
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 1);
    assert_eq!(adapter.find(8).await.unwrap(), None);
}

#[tokio::test]
async fn a_time_that_is_in_no_slot_is_refused() {
    let (_, adapter) = practice().await;
    let late = datetime(2027, 3, 8, 9, 45, 0, 0);
    for (start, minutes) in [(late, 30), (datetime(2027, 3, 8, 8, 0, 0, 0), 15)] {
        let why = refused(adapter.insert(&booking(7, start, minutes), "p1").await);
        assert_eq!(why, "the practice is closed then");
    }
    refused(adapter.insert(&booking(7, late, 0), "p1").await);
}

#[tokio::test]
async fn a_hole_between_slots_is_refused() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| store.delete("Slot", "alice-1"));
    let why = refused(adapter.insert(&booking(7, NINE, 45), "p1").await);
    assert_eq!(why, "the practice is closed then");
}

#[tokio::test]
async fn a_schedule_that_is_not_there_any_more_is_refused() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| store.change("Schedule", "of-alice", json!({"active": false})));
    refused(adapter.insert(&booking(7, NINE, 15), "p1").await);
    let mut nobodys = booking(7, NINE, 15);
    nobodys.pms_resource_id = Field::Absent;
    refused(adapter.insert(&nobodys, "p1").await);
}

#[tokio::test]
async fn a_slot_that_is_taken_while_it_is_about_to_be_is_refused() {
    let (endpoint, adapter) = practice().await;
    endpoint.meanwhile(|store| store.change("Slot", "alice-0", json!({"status": "busy"})));
    let why = refused(adapter.insert(&booking(7, NINE, 15), "p1").await);
    assert_eq!(why, "the time was given to somebody else");
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 0);
}

#[tokio::test]
async fn a_slot_that_is_changed_but_still_free_is_taken() {
    let (endpoint, adapter) = practice().await;
    endpoint.meanwhile(|store| store.change("Slot", "alice-0", json!({"comment": "room 2"})));
    adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    let slot = endpoint.at_the_desk(|store| store.read("Slot", "alice-0").unwrap());
    assert_eq!(
        (&slot["status"], &slot["comment"]),
        (&json!("busy"), &json!("room 2"))
    );
}

#[tokio::test]
async fn two_that_insert_one_booking_at_once_insert_it_once() {
    let (endpoint, adapter) = practice().await;
    endpoint.meanwhile(|store| {
        store.change("Slot", "alice-0", json!({"status": "busy"}));
        let identifier = json!([{"system": "urn:slotbridge:booking", "value": "7"}]);
        store.put(json!({
            "resourceType": "Appointment", "id": "others", "identifier": identifier,
            "status": "booked", "slot": [{"reference": "Slot/alice-0"}],
            "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}],
        }));
    });
    let inserted = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    assert_eq!(inserted.appointment_ids, ["others"]);
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 1);
}

#[tokio::test]
async fn another_appointment_of_the_booking_is_not_added_to_the_first() {
    let (endpoint, adapter) = practice().await;
    endpoint.meanwhile(|store| {
        let identifier = json!([{"system": "urn:slotbridge:booking", "value": "7"}]);
        store.put(json!({
            "resourceType": "Appointment", "id": "others", "identifier": identifier,
            "status": "booked",
        }));
    });
    let inserted = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    assert_eq!(inserted.appointment_ids, ["others"]);
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 1);
}

#[tokio::test]
async fn what_was_inserted_and_cancelled_meanwhile_is_not_inserted_again() {
    let (endpoint, adapter) = practice().await;
    endpoint.meanwhile(|store| {
        store.change("Slot", "alice-0", json!({"status": "busy"}));
        store.change("Slot", "alice-0", json!({"status": "free"}));
        let identifier = json!([{"system": "urn:slotbridge:booking", "value": "7"}]);
        store.put(json!({
            "resourceType": "Appointment", "id": "others", "identifier": identifier,
            "status": "cancelled",
        }));
    });
    let why = refused(adapter.insert(&booking(7, NINE, 15), "p1").await);
    assert_eq!(why, "the practice has cancelled it");
    assert_eq!(statuses(&endpoint), ["free"; 4]);
}

#[tokio::test]
async fn what_the_desk_cancelled_is_not_inserted_again() {
    let (endpoint, adapter) = practice().await;
    let first = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    let ids = first.appointment_ids;
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
    let why = refused(adapter.insert(&booking(7, NINE, 15), "p1").await);
    assert_eq!(why, "the practice has cancelled it");
    assert_eq!(statuses(&endpoint), ["free"; 4]);
}

#[tokio::test]
async fn a_booking_of_a_patient_who_is_gone_is_refused_and_takes_nothing() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| store.delete("Patient", "p1"));
    for patient in ["p1", "../p1", ""] {
        refused(adapter.insert(&booking(7, NINE, 15), patient).await);
    }
    assert_eq!(statuses(&endpoint), ["free"; 4]);
    assert_eq!(endpoint.at_the_desk(|store| store.count("Appointment")), 0);
}

#[tokio::test]
async fn a_booking_across_a_change_of_the_clock_takes_its_slot() {
    let (endpoint, adapter) = practice().await;
    let start = datetime(2027, 10, 3, 1, 45, 0, 0);
    endpoint.at_the_desk(|store| slot(store, "a", "of-alice", start, 30));
    adapter.insert(&booking(7, start, 30), "p1").await.unwrap();
    let slot = endpoint.at_the_desk(|store| store.read("Slot", "a").unwrap());
    assert_eq!(slot["status"], "busy");
}

#[tokio::test]
async fn a_server_that_makes_no_true_transaction_is_told_of() {
    let (endpoint, adapter) = practice().await;
    let entries = json!([{"response": {"status": "201 Created"}}, {"response": {"status": "412"}}]);
    let batch = json!({"resourceType": "Bundle", "entry": entries}).to_string();
    endpoint.fails(Method::POST, Fault::Says(batch));
    let outcome = adapter.insert(&booking(7, NINE, 15), "p1").await;
    let why = "the FHIR server did only a part of a transaction: it cannot be used".to_owned();
    assert_eq!(outcome, Err(Trouble::Later(why)));
}

#[tokio::test]
async fn an_appointment_that_cannot_be_read_is_not_inserted_again() {
    let (endpoint, adapter) = practice().await;
    let first = adapter.insert(&booking(7, NINE, 15), "p1").await.unwrap();
    let id = &first.appointment_ids[0];
    endpoint.at_the_desk(|store| store.change("Appointment", id, json!({"status": 7})));
    let why = format!("Appointment/{id} of the FHIR server cannot be read");
    assert_eq!(adapter.find(7).await, Err(Trouble::Later(why)));
}
