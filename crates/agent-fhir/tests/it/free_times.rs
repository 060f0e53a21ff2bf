//! Free times.

use crate::practice::{DAY, SERVICES, free_with_alice, instant, practice, shown, slot};
use jiff::civil::{date, datetime};
use serde_json::json;
use slotbridge_agent::adapter::Adapter;

#[tokio::test]
async fn slots_that_follow_on_each_other_are_one_range() {
    let (_, adapter) = practice().await;
    assert_eq!(free_with_alice(&adapter).await, ["09:00-10:00/15"]);
}

#[tokio::test]
async fn all_pages_of_slots_are_read() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| store.page = 1);
    assert_eq!(free_with_alice(&adapter).await, ["09:00-10:00/15"]);
    let asked = endpoint.asked().into_iter();
    assert_eq!(asked.filter(|line| line.contains("/Slot?")).count(), 4);
}

#[tokio::test]
async fn only_what_is_free_on_the_days_asked_for_is_given() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        store.change("Slot", "alice-1", json!({"status": "busy"}));
        slot(
            store,
            "before",
            "of-alice",
            datetime(2027, 3, 7, 23, 45, 0, 0),
            15,
        );
        slot(
            store,
            "after",
            "of-alice",
            datetime(2027, 3, 9, 0, 0, 0, 0),
            15,
        );
    });
    let free = adapter.free_times("of-alice", DAY, DAY).await.unwrap();
    assert_eq!(free.len(), 1);
    assert_eq!(shown(&free, DAY), ["09:00-09:15/15", "09:30-10:00/15"]);
    let tomorrow = date(2027, 3, 9);
    let free = adapter.free_times("of-alice", DAY, tomorrow).await.unwrap();
    assert_eq!(shown(&free, tomorrow), ["00:00-00:15/15"]);
}

#[tokio::test]
async fn a_slot_may_end_with_the_day_but_not_on_the_next() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        for n in 0..4 {
            store.delete("Slot", &format!("alice-{n}"));
        }
        slot(
            store,
            "last",
            "of-alice",
            datetime(2027, 3, 8, 23, 30, 0, 0),
            30,
        );
        slot(
            store,
            "over",
            "of-alice",
            datetime(2027, 3, 8, 23, 50, 0, 0),
            20,
        );
    });
    assert_eq!(free_with_alice(&adapter).await, ["23:30-24:00/30"]);
}

#[tokio::test]
async fn a_longer_slot_that_is_not_free_stands_in_the_way_of_others() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        slot(
            store,
            "away",
            "of-alice",
            datetime(2027, 3, 7, 18, 0, 0, 0),
            15 * 60 + 20,
        );
        store.change("Slot", "away", json!({"status": "busy-unavailable"}));
    });
    assert_eq!(free_with_alice(&adapter).await, ["09:30-10:00/15"]);
}

#[tokio::test]
async fn where_the_clock_is_put_forward_the_range_is_as_long_as_the_appointment() {
    let (endpoint, adapter) = practice().await;
    // At 02:00 it is 03:00.
    let day = date(2027, 10, 3);
    endpoint.at_the_desk(|store| {
        slot(
            store,
            "a",
            "of-alice",
            datetime(2027, 10, 3, 1, 45, 0, 0),
            30,
        );
        slot(
            store,
            "b",
            "of-alice",
            datetime(2027, 10, 3, 3, 15, 0, 0),
            30,
        );
    });
    let free = adapter.free_times("of-alice", day, day).await.unwrap();
    assert_eq!(shown(&free, day), ["01:45-02:15/30", "03:15-03:45/30"]);
}

#[tokio::test]
async fn of_the_hour_that_comes_twice_only_the_first_can_be_booked() {
    let (endpoint, adapter) = practice().await;
    // At 03:00 it is 02:00 again.
    let day = date(2027, 4, 4);
    endpoint.at_the_desk(|store| {
        slot(
            store,
            "first",
            "of-alice",
            datetime(2027, 4, 4, 2, 0, 0, 0),
            30,
        );
        slot(
            store,
            "second",
            "of-alice",
            datetime(2027, 4, 4, 2, 0, 0, 0),
            30,
        );
        let later =
            json!({"start": "2027-04-04T02:30:00+10:00", "end": "2027-04-04T03:00:00+10:00"});
        store.change("Slot", "second", later);
    });
    let free = adapter.free_times("of-alice", day, day).await.unwrap();
    assert_eq!(shown(&free, day), ["02:00-02:30/30"]);
}

#[tokio::test]
async fn a_slot_is_for_the_types_of_its_own_that_its_schedule_has() {
    let (endpoint, adapter) = practice().await;
    let coded = |code: &str| json!({"coding": [{"system": SERVICES, "code": code}]});
    endpoint.at_the_desk(|store| {
        let types = json!({"serviceType": [coded("gp"), coded("long")]});
        store.change("Schedule", "of-alice", types);
        store.change(
            "Slot",
            "alice-1",
            json!({"serviceType": [coded("long"), coded("x")]}),
        );
        store.change("Slot", "alice-2", json!({"serviceType": [coded("x")]}));
    });
    let free = adapter.free_times("of-alice", DAY, DAY).await.unwrap();
    let ranges = free[&DAY].iter();
    let types: Vec<_> = ranges
        .map(|one| one.pms_appointment_type_ids.join(" "))
        .collect();
    let (gp, long) = (format!("{SERVICES}|gp"), format!("{SERVICES}|long"));
    let both = format!("{gp} {long}");
    assert_eq!(
        shown(&free, DAY),
        ["09:00-09:15/15", "09:15-09:30/15", "09:45-10:00/15"]
    );
    assert_eq!(types, [both.clone(), long, both]);
}

#[tokio::test]
async fn a_schedule_that_is_not_there_has_nothing_free() {
    let (endpoint, adapter) = practice().await;
    for resource in ["nobody", "../Patient", "a b", ""] {
        let free = adapter.free_times(resource, DAY, DAY).await.unwrap();
        assert!(free.is_empty(), "{resource}");
    }
    assert_eq!(endpoint.asked().len(), 1, "what is no id is not asked for");
}

#[tokio::test]
async fn slots_that_make_no_sense_are_left_out() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        let nine = instant(datetime(2027, 3, 8, 9, 0, 0, 0));
        store.change("Slot", "alice-0", json!({"end": "later"}));
        store.change("Slot", "alice-1", json!({"end": nine}));
        store.change("Slot", "alice-2", json!({"end": "9999-12-31T23:59:59Z"}));
    });
    assert_eq!(free_with_alice(&adapter).await, ["09:45-10:00/15"]);
}
