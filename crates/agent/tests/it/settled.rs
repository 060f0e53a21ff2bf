//! What became of bookings is remembered as long as it is needed.

use jiff::{SignedDuration, Timestamp};
use slotbridge_agent::state::{KEPT, Remembered, State, Step};

#[test]
fn settled_bookings_are_forgotten_after_their_time_and_unsettled_ones_never() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&folder.path().join("state")).unwrap();
    let [north, south] =
        ["north", "south"].map(|clinic| state.clinic(clinic, 1, "sbp_key").unwrap());
    let then: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    let settled = [Step::Confirmed, Step::Rejected, Step::Off];
    let unsettled = [Step::Inserting, Step::Inserted, Step::Rejecting];
    for (step, id) in settled.into_iter().chain(unsettled).zip(1..) {
        let remembered = Remembered {
            step,
            appointment_ids: Vec::new(),
            patient_id: String::new(),
        };
        north.set_booking(id, &remembered, then).unwrap();
        south.set_booking(id, &remembered, then).unwrap();
    }
    let is_known = |id: i64| north.booking(id).unwrap().is_some();
    north.forget_settled(then + KEPT).unwrap();
    assert!((1..=6).all(is_known), "it is not over yet");
    north
        .forget_settled(then + KEPT + SignedDuration::from_secs(1))
        .unwrap();
    assert!(!(1..=3).any(is_known));
    assert!((4..=6).all(is_known));
    assert!(south.booking(1).unwrap().is_some(), "another clinic's");
}
