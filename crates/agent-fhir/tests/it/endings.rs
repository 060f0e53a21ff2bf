//! How appointments end.

use crate::practice::{booking, instant, practice, statuses};
use axum::http::Method;
use jiff::civil::datetime;
use serde_json::{Value, json};
use slotbridge_agent::adapter::{Adapter, Cancelled, Fate, Trouble};
use slotbridge_agent_fhir::Fhir;
use slotbridge_testkit::fhir::{Endpoint, Fault};

/// A practice with booking 7 of half an hour at nine, and its appointment's ids.
async fn booked() -> (Endpoint, Fhir, Vec<String>) {
    let (endpoint, adapter) = practice().await;
    let booking = booking(7, datetime(2027, 3, 8, 9, 0, 0, 0), 30);
    let inserted = adapter.insert(&booking, "p1").await.unwrap();
    (endpoint, adapter, inserted.appointment_ids)
}

fn change(endpoint: &Endpoint, ids: &[String], elements: Value) {
    endpoint.at_the_desk(|store| store.change("Appointment", &ids[0], elements));
}

#[tokio::test]
async fn a_cancelled_booking_gives_its_slots_back() {
    let (endpoint, adapter, ids) = booked().await;
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
    assert_eq!(statuses(&endpoint), ["free"; 4]);
    assert_eq!(adapter.find(7).await, Ok(None));
    assert_eq!(adapter.fate(7, &ids).await, Ok(Some(Fate::Off)));
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
}

#[tokio::test]
async fn a_booking_is_cancelled_by_its_number_alone() {
    let (endpoint, adapter, _) = booked().await;
    assert_eq!(adapter.cancel(7, &[]).await, Ok(Cancelled::Done));
    assert_eq!(statuses(&endpoint), ["free"; 4]);
}

#[tokio::test]
async fn a_cancellation_whose_answer_was_lost_is_done() {
    let (endpoint, adapter, ids) = booked().await;
    endpoint.fails(Method::POST, Fault::AnswerIsLost);
    let lost = adapter.cancel(7, &ids).await;
    assert!(matches!(lost, Err(Trouble::Later(_))));
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
    assert_eq!(statuses(&endpoint), ["free"; 4]);
}

#[tokio::test]
async fn what_is_not_there_is_unknown_only_if_it_was_named() {
    let (_, adapter, _) = booked().await;
    for id in ["nothing", "../Patient/p1"] {
        assert_eq!(
            adapter.cancel(8, &[id.to_owned()]).await,
            Ok(Cancelled::Unknown)
        );
        assert_eq!(adapter.fate(8, &[id.to_owned()]).await, Ok(None));
    }
    assert_eq!(adapter.cancel(8, &[]).await, Ok(Cancelled::Done));
    assert_eq!(adapter.fate(8, &[]).await, Ok(None));
}

#[tokio::test]
async fn an_appointment_of_another_booking_is_left_alone() {
    let (endpoint, adapter, ids) = booked().await;
    assert_eq!(adapter.cancel(8, &ids).await, Ok(Cancelled::Unknown));
    assert_eq!(statuses(&endpoint), ["busy", "busy", "free", "free"]);
}

#[tokio::test]
async fn a_slot_that_the_desk_gave_to_somebody_else_too_stays_taken() {
    let (endpoint, adapter, ids) = booked().await;
    endpoint.at_the_desk(|store| {
        store.put(json!({
            "resourceType": "Appointment", "id": "second", "status": "booked",
            "slot": [{"reference": "Slot/alice-1"}],
        }));
    });
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
    assert_eq!(statuses(&endpoint), ["free", "busy", "free", "free"]);
}

#[tokio::test]
async fn a_slot_that_was_closed_since_is_not_opened() {
    let (endpoint, adapter, ids) = booked().await;
    let closed = json!({"status": "busy-unavailable"});
    endpoint.at_the_desk(|store| store.change("Slot", "alice-0", closed));
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
    assert_eq!(
        statuses(&endpoint),
        ["busy-unavailable", "free", "free", "free"]
    );
}

#[tokio::test]
async fn what_changes_while_it_is_cancelled_is_looked_at_again() {
    let (endpoint, adapter, ids) = booked().await;
    let id = ids[0].clone();
    endpoint.meanwhile(move |store| store.change("Appointment", &id, json!({"priority": 1})));
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
    let kept = endpoint.at_the_desk(|store| store.read("Appointment", &ids[0]).unwrap());
    assert_eq!(
        (&kept["status"], &kept["priority"]),
        (&json!("cancelled"), &json!(1))
    );
}

#[tokio::test]
async fn each_status_has_its_fate() {
    let (endpoint, adapter, ids) = booked().await;
    for (status, fate) in [
        ("booked", Fate::Stands),
        ("arrived", Fate::Stands),
        ("fulfilled", Fate::Stands),
        ("noshow", Fate::DidNotAttend),
        ("cancelled", Fate::Off),
        ("entered-in-error", Fate::Off),
    ] {
        change(&endpoint, &ids, json!({"status": status}));
        assert_eq!(adapter.fate(7, &ids).await, Ok(Some(fate)), "{status}");
        assert_eq!(adapter.fate(7, &[]).await, Ok(Some(fate)), "{status}");
    }
}

#[tokio::test]
async fn an_appointment_at_another_time_is_off() {
    let (endpoint, adapter, ids) = booked().await;
    let later = instant(datetime(2027, 3, 8, 9, 30, 0, 0));
    change(&endpoint, &ids, json!({"start": later}));
    assert_eq!(adapter.fate(7, &ids).await, Ok(Some(Fate::Off)));
    let same = json!({"start": "2027-03-07T22:00:00.000Z", "minutesDuration": 15});
    change(&endpoint, &ids, same);
    assert_eq!(adapter.fate(7, &ids).await, Ok(Some(Fate::Stands)));
}

#[tokio::test]
async fn an_appointment_with_another_practitioner_is_off() {
    let (endpoint, adapter, ids) = booked().await;
    change(
        &endpoint,
        &ids,
        json!({"slot": [{"reference": "Slot/ben-0"}]}),
    );
    assert_eq!(adapter.fate(7, &ids).await, Ok(Some(Fate::Off)));
}

#[tokio::test]
async fn an_appointment_that_does_not_say_what_was_booked_stands() {
    let (endpoint, adapter, ids) = booked().await;
    change(&endpoint, &ids, json!({"extension": []}));
    assert_eq!(adapter.fate(7, &ids).await, Ok(Some(Fate::Stands)));
}

#[tokio::test]
async fn a_deleted_appointment_is_off_and_its_cancellation_done() {
    let (endpoint, adapter, ids) = booked().await;
    endpoint.at_the_desk(|store| store.delete("Appointment", &ids[0]));
    assert_eq!(adapter.fate(7, &ids).await, Ok(Some(Fate::Off)));
    assert_eq!(adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
}
