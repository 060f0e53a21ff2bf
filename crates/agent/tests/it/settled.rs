//! What is remembered, of which clinic, and for how long.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use slotbridge_agent::state::{ClinicState, KEPT, Remembered, State, StateError, Step};

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

#[test]
fn a_state_that_an_agent_has_is_not_opened_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let state = State::open(&path).unwrap();
    let other = State::open(&path).err();
    assert!(matches!(other, Some(StateError::Taken)), "{other:?}");
    drop(state);
    State::open(&path).unwrap();
}

#[test]
fn of_one_clinic_another_knows_nothing_auth_3() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&folder.path().join("state")).unwrap();
    let clinic = |name, practice, key| state.clinic(name, practice, key).unwrap();
    let [north, south] = ["north", "south"].map(|name| clinic(name, 1, "sbp_key"));
    let now = Timestamp::UNIX_EPOCH;
    let day: Date = "2026-11-24".parse().unwrap();
    let inserting = Remembered {
        step: Step::Inserting,
        appointment_ids: Vec::new(),
        patient_id: String::new(),
    };
    north.set_mark("7").unwrap();
    north.set_configuration("all").unwrap();
    north
        .set_days([("1", day, "free".to_owned())], day)
        .unwrap();
    north.set_booking(7, &inserting, now).unwrap();
    let knows = |one: &ClinicState| {
        [
            one.mark().unwrap().is_some(),
            one.configuration().unwrap().is_some(),
            one.day("1", day).unwrap().is_some(),
            one.booking(7).unwrap().is_some(),
            one.unsettled().unwrap() == [7],
        ]
    };
    assert_eq!(knows(&south), [false; 5]);
    // What the one forgets, the other does not.
    south.forget_sent().unwrap();
    south.keep_days_of(&[]).unwrap();
    south.set_days([], day.tomorrow().unwrap()).unwrap();
    clinic("south", 1, "sbp_other");
    clinic("south", 2, "sbp_other");
    assert_eq!(knows(&north), [true; 5]);
    // A day that is over is nobody's concern.
    north.set_days([], day.tomorrow().unwrap()).unwrap();
    assert_eq!(knows(&north), [true, true, false, true, true]);
}
