//! Inserting, finding and cancelling.

use crate::support::{FREE, Practice, booking, said};
use jiff::civil::{DateTime, datetime};
use slotbridge_agent::adapter::{Adapter, Cancelled, Fate, Inserted};
use slotbridge_client::wire::profile::Field;

const NINE: DateTime = datetime(2027, 3, 31, 9, 0, 0, 0);

#[tokio::test]
async fn a_booking_is_inserted_once_and_found_also_after_a_restart() {
    let mut practice = Practice::new();
    assert_eq!(practice.adapter.find(7).await, Ok(None));
    assert_eq!(practice.adapter.fate(7, &[]).await, Ok(None));
    let inserted = practice.insert(&booking(7, NINE)).await.unwrap();
    let wanted = Inserted {
        appointment_ids: vec!["SB-A7".to_owned()],
        patient_id: "P1".to_owned(),
    };
    assert_eq!(inserted, wanted);
    let file = practice.read("bookings.csv");
    for _ in 0..2 {
        assert_eq!(practice.insert(&booking(7, NINE)).await, Ok(wanted.clone()));
        assert_eq!(practice.adapter.find(7).await, Ok(Some(wanted.clone())));
        assert_eq!(practice.adapter.fate(7, &[]).await, Ok(Some(Fate::Stands)));
        assert_eq!(practice.read("bookings.csv"), file);
        practice.restart();
    }
}

#[tokio::test]
async fn a_time_that_is_taken_or_closed_is_refused() {
    let practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    let refused = "refused: the time was given to somebody else, or is not open";
    for start in [
        NINE,
        datetime(2027, 3, 31, 9, 14, 0, 0),
        datetime(2027, 3, 31, 8, 50, 0, 0),
        datetime(2027, 3, 31, 11, 50, 0, 0),
        datetime(2027, 3, 31, 12, 0, 0, 0),
        datetime(2027, 4, 2, 9, 0, 0, 0),
    ] {
        assert_eq!(
            said(practice.insert(&booking(8, start)).await),
            refused,
            "{start}"
        );
    }
    let mut none = booking(8, datetime(2027, 3, 31, 10, 0, 0, 0));
    none.pms_appointment_length = 0;
    assert_eq!(said(practice.insert(&none).await), refused);
    none.pms_appointment_length = i64::MAX;
    assert_eq!(said(practice.insert(&none).await), refused);
    practice
        .insert(&booking(8, datetime(2027, 3, 31, 9, 15, 0, 0)))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_booking_may_go_over_ranges_that_touch() {
    let practice = Practice::new();
    let touching = FREE.to_owned() + "R1,2027-03-31,12:00,12:10,900,\n";
    practice.export("free_times.csv", touching);
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 11, 55, 0, 0)))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_booking_of_a_practitioner_who_is_gone_is_refused() {
    let practice = Practice::new();
    let mut gone = booking(7, NINE);
    gone.pms_resource_id = Field::Null;
    let said = said(practice.insert(&gone).await);
    assert_eq!(said, "refused: the practitioner is not there any more");
}

#[tokio::test]
async fn a_booking_that_the_practice_cancelled_is_not_inserted_again() {
    let practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    practice.export("changes.csv", "bookingId,change\n7,cancelled\n");
    practice.changes(None).await;
    let said = said(practice.insert(&booking(7, NINE)).await);
    assert_eq!(said, "refused: the practice has cancelled it");
}

#[tokio::test]
async fn cancelling_is_done_once_and_may_be_asked_for_twice() {
    let mut practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    let ids = ["SB-A7".to_owned()];
    for _ in 0..2 {
        assert_eq!(practice.adapter.cancel(7, &ids).await, Ok(Cancelled::Done));
        assert_eq!(practice.adapter.find(7).await, Ok(None));
        assert_eq!(practice.adapter.fate(7, &ids).await, Ok(Some(Fate::Off)));
        assert!(
            practice
                .read("bookings.csv")
                .contains("7,SB-A7,cancelled,R1,")
        );
        practice.restart();
    }
    // Nothing is known of it; whether there is anything depends on who asks.
    assert_eq!(
        practice.adapter.cancel(8, &ids).await,
        Ok(Cancelled::Unknown)
    );
    assert_eq!(practice.adapter.cancel(8, &[]).await, Ok(Cancelled::Done));
}

#[tokio::test]
async fn while_the_free_times_cannot_be_read_a_booking_waits() {
    let practice = Practice::new();
    std::fs::write(practice.path("free_times.csv"), &FREE[..FREE.len() - 3]).unwrap();
    let error = said(practice.insert(&booking(7, NINE)).await);
    assert!(
        error.starts_with("free_times.csv:4: the file ends within a line"),
        "{error}"
    );
    practice.export("free_times.csv", FREE);
    practice.insert(&booking(7, NINE)).await.unwrap();
}

#[tokio::test]
async fn a_faulty_file_of_changes_holds_up_no_new_booking() {
    let practice = Practice::new();
    practice.export("changes.csv", "nonsense\n");
    practice.insert(&booking(7, NINE)).await.unwrap();
}
