//! What changed since a mark.

use crate::practice::{DAY, booking, instant, practice, slot};
use jiff::SignedDuration;
use jiff::civil::{date, datetime};
use serde_json::json;
use slotbridge_agent::adapter::{Adapter, Fate};
use slotbridge_agent_fhir::Fhir;
use slotbridge_testkit::fhir::Endpoint;

/// A practice with booking 7, and a mark from long after it.
async fn marked() -> (Endpoint, Fhir, String) {
    let (endpoint, adapter) = practice().await;
    let booking = booking(7, datetime(2027, 3, 8, 9, 0, 0, 0), 15);
    adapter.insert(&booking, "p1").await.unwrap();
    endpoint.at_the_desk(|store| store.now += SignedDuration::from_hours(1));
    let mark = adapter.changed_since(None).await.unwrap().mark;
    (endpoint, adapter, mark)
}

#[tokio::test]
async fn without_a_mark_all_has_changed_that_is_of_use() {
    let (endpoint, adapter, _) = marked().await;
    endpoint.at_the_desk(|store| {
        slot(store, "old", "of-ben", datetime(2027, 1, 1, 9, 0, 0, 0), 15);
        store.page = 2;
    });
    let all = adapter.changed_since(None).await.unwrap();
    assert!(all.configuration);
    let days = [("of-alice".to_owned(), DAY), ("of-ben".to_owned(), DAY)];
    assert_eq!(all.days, days);
    assert_eq!(all.bookings, [(7, Fate::Stands)]);
}

#[tokio::test]
async fn if_nothing_changed_the_mark_stays() {
    let (endpoint, adapter, mark) = marked().await;
    endpoint.at_the_desk(|store| store.now += SignedDuration::from_hours(1));
    let none = adapter.changed_since(Some(&mark)).await.unwrap();
    assert!(!none.configuration && none.days.is_empty() && none.bookings.is_empty());
    assert_eq!(none.mark, mark);
}

#[tokio::test]
async fn a_changed_slot_changes_its_day() {
    let (endpoint, adapter, mark) = marked().await;
    endpoint.at_the_desk(|store| store.change("Slot", "ben-2", json!({"status": "busy"})));
    let some = adapter.changed_since(Some(&mark)).await.unwrap();
    assert_eq!(some.days, [("of-ben".to_owned(), DAY)]);
    assert!(!some.configuration && some.bookings.is_empty());
    assert!(some.mark > mark);
}

#[tokio::test]
async fn what_was_written_just_before_the_mark_is_seen_again() {
    let (endpoint, adapter, _) = marked().await;
    endpoint.at_the_desk(|store| {
        store.change("Slot", "ben-2", json!({"status": "busy"}));
        store.now += SignedDuration::from_mins(1);
    });
    let mark = adapter.changed_since(None).await.unwrap().mark;
    let some = adapter.changed_since(Some(&mark)).await.unwrap();
    assert_eq!(some.days, [("of-ben".to_owned(), DAY)]);
}

#[tokio::test]
async fn what_the_desk_does_to_a_booking_is_told() {
    for (elements, fate) in [
        (json!({"status": "cancelled"}), Fate::Off),
        (json!({"status": "noshow"}), Fate::DidNotAttend),
        (json!({"slot": [{"reference": "Slot/ben-0"}]}), Fate::Off),
        (json!({"comment": "late"}), Fate::Stands),
    ] {
        let (endpoint, adapter, mark) = marked().await;
        endpoint.at_the_desk(|store| store.change("Appointment", "new-1", elements.clone()));
        let some = adapter.changed_since(Some(&mark)).await.unwrap();
        assert_eq!(some.bookings, [(7, fate)], "{elements}");
    }
}

#[tokio::test]
async fn a_moved_booking_changes_the_day_that_it_was_on_and_the_day_that_it_is_on() {
    let (endpoint, adapter, mark) = marked().await;
    let there = datetime(2027, 3, 9, 9, 0, 0, 0);
    endpoint.at_the_desk(|store| {
        slot(store, "there", "of-ben", there, 15);
        let elements = json!({"start": instant(there), "slot": [{"reference": "Slot/there"}]});
        store.change("Appointment", "new-1", elements);
    });
    let some = adapter.changed_since(Some(&mark)).await.unwrap();
    assert_eq!(some.bookings, [(7, Fate::Off)]);
    let days = [
        ("of-alice".to_owned(), DAY),
        ("of-ben".to_owned(), date(2027, 3, 9)),
    ];
    assert_eq!(some.days, days);
}

#[tokio::test]
async fn appointments_that_are_none_of_the_hubs_are_no_bookings() {
    let (endpoint, adapter, mark) = marked().await;
    endpoint.at_the_desk(|store| {
        store.put(json!({
            "resourceType": "Appointment", "id": "desk", "status": "booked",
            "identifier": [{"system": "https://pms.example", "value": "7"}],
        }));
    });
    let some = adapter.changed_since(Some(&mark)).await.unwrap();
    assert!(some.bookings.is_empty());
}

#[tokio::test]
async fn schedules_practitioners_and_roles_are_configuration() {
    let (endpoint, adapter, _) = marked().await;
    let role = json!({"resourceType": "PractitionerRole", "id": "r"});
    endpoint.at_the_desk(|store| store.put(role));
    for (kind, id) in [
        ("Schedule", "of-ben"),
        ("Practitioner", "ben"),
        ("PractitionerRole", "r"),
    ] {
        endpoint.at_the_desk(|store| store.now += SignedDuration::from_hours(1));
        let mark = adapter.changed_since(None).await.unwrap().mark;
        assert!(
            !adapter
                .changed_since(Some(&mark))
                .await
                .unwrap()
                .configuration
        );
        endpoint.at_the_desk(|store| store.change(kind, id, json!({"active": true})));
        assert!(
            adapter
                .changed_since(Some(&mark))
                .await
                .unwrap()
                .configuration,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_mark_that_is_none_counts_as_no_mark() {
    let (_, adapter, _) = marked().await;
    let all = adapter.changed_since(Some("yesterday")).await.unwrap();
    assert!(all.configuration);
    assert_ne!(all.mark, "yesterday");
}
