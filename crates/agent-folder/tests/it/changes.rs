//! What changed since a mark.

use crate::support::{DAY, FREE, Practice, booking, said};
use jiff::civil::{Date, date, datetime};
use slotbridge_agent::adapter::{Adapter, Cancelled, Changes, Fate};

fn day(resource: &str, day: Date) -> (String, Date) {
    (resource.to_owned(), day)
}

fn is_nothing(changes: &Changes) -> bool {
    !changes.configuration && changes.days.is_empty() && changes.bookings.is_empty()
}

#[tokio::test]
async fn without_a_mark_all_has_changed_and_with_it_nothing() {
    let practice = Practice::new();
    practice.export("changes.csv", "bookingId,change\n7,didNotAttend\n");
    let all = practice.changes(None).await;
    assert!(all.configuration);
    assert_eq!(
        all.days,
        [day("R1", DAY), day("R1", date(2027, 4, 1)), day("R2", DAY)]
    );
    assert_eq!(all.bookings, [(7, Fate::DidNotAttend)]);
    let none = practice.changes(Some(&all.mark)).await;
    assert!(is_nothing(&none));
    assert_eq!(none.mark, all.mark);
    // Written again as they were.
    practice.export("free_times.csv", FREE);
    practice.export("changes.csv", practice.read("changes.csv"));
    assert!(is_nothing(&practice.changes(Some(&all.mark)).await));
}

#[tokio::test]
async fn only_what_differs_has_changed() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    practice.export("free_times.csv", FREE.replace("13:00", "14:00"));
    let changes = practice.changes(Some(&mark)).await;
    assert_eq!(changes.days, [day("R2", DAY)]);
    assert!(!changes.configuration && changes.bookings.is_empty());
    practice.export(
        "resources.csv",
        "pmsResourceId,pmsResourceName\nR1,Dr Lee\n",
    );
    let changes = practice.changes(Some(&changes.mark)).await;
    assert!(changes.configuration && changes.days.is_empty());
}

#[tokio::test]
async fn a_day_that_is_gone_from_the_file_has_changed() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    practice.export(
        "free_times.csv",
        "pmsResourceId,date,start,end,slotSeconds\n",
    );
    let gone = practice.changes(Some(&mark)).await;
    assert_eq!(
        gone.days,
        [day("R1", DAY), day("R1", date(2027, 4, 1)), day("R2", DAY)]
    );
    assert!(practice.free("R1").await.unwrap().is_empty());
    assert!(is_nothing(&practice.changes(Some(&gone.mark)).await));
}

#[tokio::test]
async fn what_was_told_and_not_dealt_with_is_told_again() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    practice.export(
        "free_times.csv",
        FREE.replace("R2,2027-03-31", "R2,2027-04-05"),
    );
    let first = practice.changes(Some(&mark)).await;
    practice.export("changes.csv", "bookingId,change\n7,cancelled\n");
    let both = practice.changes(Some(&mark)).await;
    assert_eq!(first.days, [day("R2", DAY), day("R2", date(2027, 4, 5))]);
    assert_eq!(both.days, first.days);
    assert_eq!(both.bookings, [(7, Fate::Off)]);
}

#[tokio::test]
async fn what_changed_while_the_agent_was_down_is_told() {
    let mut practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    let ones = practice.changes(Some(&mark)).await.mark;
    practice.restart();
    practice.export("free_times.csv", FREE.replace("12:00", "11:00"));
    practice.export("changes.csv", "bookingId,change\n7,moved\n");
    // Not only the first time: what the agent makes of it may fail, and then it asks again.
    for _ in 0..3 {
        let changes = practice.changes(Some(&ones)).await;
        assert!(changes.configuration);
        assert_eq!(changes.days.len(), 3);
        assert_eq!(changes.bookings, [(7, Fate::Off)]);
        practice.export(
            "appointment_types.csv",
            practice.read("appointment_types.csv"),
        );
    }
    let mark = practice.changes(Some(&ones)).await.mark;
    assert!(is_nothing(&practice.changes(Some(&mark)).await));
}

#[tokio::test]
async fn a_mark_that_was_never_given_is_none() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    for strange in ["", "read", "99.99.99", "-1", "🦘"] {
        let changes = practice.changes(Some(strange)).await;
        assert_eq!(
            (changes.days.len(), changes.mark.as_str()),
            (3, mark.as_str())
        );
    }
    let fresh = Practice::new();
    assert_eq!(
        fresh.changes(Some("of another adapter")).await.days.len(),
        3
    );
}

#[tokio::test]
async fn our_own_bookings_change_their_days() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 9, 0, 0, 0)))
        .await
        .unwrap();
    let inserted = practice.changes(Some(&mark)).await;
    assert_eq!(inserted.days, [day("R1", DAY)]);
    assert_eq!(practice.adapter.cancel(7, &[]).await, Ok(Cancelled::Done));
    let cancelled = practice.changes(Some(&inserted.mark)).await;
    assert_eq!(cancelled.days, [day("R1", DAY)]);
}

#[tokio::test]
async fn a_booking_that_the_practice_takes_off_gives_its_time_back() {
    let mut practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 9, 0, 0, 0)))
        .await
        .unwrap();
    practice.export("changes.csv", "bookingId,change\n7,moved\n");
    let changes = practice.changes(Some(&mark)).await;
    assert_eq!(changes.bookings, [(7, Fate::Off)]);
    assert_eq!(practice.minutes("R1").await, [(540, 720)]);
    assert_eq!(practice.adapter.find(7).await, Ok(None));
    // The PMS may forget it then.
    practice.export("changes.csv", "bookingId,change\n");
    practice.restart();
    assert_eq!(practice.adapter.fate(7, &[]).await, Ok(Some(Fate::Off)));
    assert_eq!(practice.minutes("R1").await, [(540, 720)]);
}

#[tokio::test]
async fn the_last_row_of_a_booking_counts() {
    let practice = Practice::new();
    practice.export("changes.csv", "bookingId,change\n7,moved\n7,didNotAttend\n");
    assert_eq!(
        practice.changes(None).await.bookings,
        [(7, Fate::DidNotAttend)]
    );
    assert_eq!(
        practice.adapter.fate(7, &[]).await,
        Ok(Some(Fate::DidNotAttend))
    );
}

#[tokio::test]
async fn a_faulty_file_does_not_hide_what_others_say_and_is_told_afterwards() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    practice.export("resources.csv", "nonsense\n");
    practice.export("free_times.csv", "pmsResourceId\n");
    practice.export("changes.csv", "bookingId,change\n7,cancelled\n");
    let told = practice.changes(Some(&mark)).await;
    assert_eq!(told.bookings, [(7, Fate::Off)]);
    // What cannot be read has not changed yet.
    assert!(!told.configuration && told.days.is_empty());
    let error = said(practice.adapter.changed_since(Some(&told.mark)).await);
    assert_eq!(error, "resources.csv:1: there is no column pmsResourceId");
    practice.export("free_times.csv", FREE.replace("13:00", "14:00"));
    let mended = practice.changes(Some(&told.mark)).await;
    assert_eq!(mended.days, [day("R2", DAY)]);
}

#[tokio::test]
async fn a_file_that_is_missing_takes_nothing_away() {
    let practice = Practice::new();
    let mark = practice.changes(None).await.mark;
    std::fs::remove_file(practice.path("free_times.csv")).unwrap();
    let error = said(practice.adapter.changed_since(Some(&mark)).await);
    assert_eq!(error, "free_times.csv: there is no such file");
    practice.export("free_times.csv", FREE);
    assert!(is_nothing(&practice.changes(Some(&mark)).await));
}
