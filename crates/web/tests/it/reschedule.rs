//! Another time for a booking, in one step.

use crate::visitor::{Visitor, between, html};
use slotbridge_testkit::Clinic;

/// A patient with a booking at nine, confirmed, and its path.
async fn booked<'c>(clinic: &'c Clinic) -> (Visitor<'c>, String) {
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(clinic).await;
    let made = visitor.book(&form, &time).await;
    let booking = made.header("location").unwrap().to_owned();
    clinic.app.advance(21).await;
    (visitor, booking)
}

#[tokio::test]
async fn a_patient_chooses_another_time_is_asked_and_moves_book_7() {
    let clinic = Clinic::new().await;
    let (visitor, booking) = booked(&clinic).await;
    let page = html(&visitor.get(&booking).await);
    assert!(page.contains(&format!("{booking}/reschedule")), "{page}");
    let before = clinic.app.database.content();
    let choose = format!("{booking}/reschedule");
    let page = html(&visitor.get(&choose).await);
    assert!(page.contains("2026 at 9:00\u{a0}am"), "{page}");
    let time = between(&page, "name=\"time\" value=\"", "\"").to_owned();
    let page = html(&visitor.get(&format!("{choose}?time={time}")).await);
    assert!(
        page.contains("9:00\u{a0}am") && page.contains("9:30\u{a0}am"),
        "{page}"
    );
    let after = clinic.app.database.content();
    assert_eq!(after, before, "asking changes nothing");
    let moved = visitor.post(&choose, &[("time", &time)]).await;
    let page = html(&visitor.follow(&moved).await);
    assert!(page.contains("Your request is with the practice"), "{page}");
    assert!(page.contains("9:30\u{a0}am"), "{page}");
    let old = html(&visitor.get(&booking).await);
    assert!(old.contains("You moved this appointment"), "{old}");
    let new = moved.header("location").unwrap();
    assert!(old.contains(&format!("href=\"{new}\"")), "{old}");
    // The new one is to be entered; the old one, never taken by the PMS, was seen to with it.
    let starts: Vec<String> = clinic.starts().await;
    assert!(!starts.contains(&"09:30".to_owned()), "{starts:?}");
}

#[tokio::test]
async fn a_move_sent_again_moves_once() {
    let clinic = Clinic::new().await;
    let (visitor, booking) = booked(&clinic).await;
    let choose = format!("{booking}/reschedule");
    let page = html(&visitor.get(&choose).await);
    let time = between(&page, "name=\"time\" value=\"", "\"").to_owned();
    let first = visitor.post(&choose, &[("time", &time)]).await;
    let content = clinic.app.database.content();
    let again = visitor.post(&choose, &[("time", &time)]).await;
    assert_eq!(first.header("location"), again.header("location"));
    assert!(first.header("location").is_some(), "{}", html(&first));
    assert_eq!(clinic.app.database.content(), content);
}

#[tokio::test]
async fn if_the_time_is_taken_nothing_changes_and_others_are_shown_avail_4() {
    let clinic = Clinic::new().await;
    let (visitor, booking) = booked(&clinic).await;
    let choose = format!("{booking}/reschedule");
    let page = html(&visitor.get(&choose).await);
    let time = between(&page, "name=\"time\" value=\"", "\"").to_owned();
    clinic.book("2026-11-24T09:30").await;
    let before = clinic.app.database.content();
    let answer = visitor.post(&choose, &[("time", &time)]).await;
    assert_eq!(answer.status, 409);
    let page = html(&answer);
    assert!(page.contains("Nothing has changed"), "{page}");
    assert!(
        page.contains("10:00\u{a0}am") && !page.contains(&time),
        "{page}"
    );
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn what_does_not_stand_any_more_is_not_moved() {
    let clinic = Clinic::new().await;
    let (visitor, booking) = booked(&clinic).await;
    let choose = format!("{booking}/reschedule");
    let page = html(&visitor.get(&choose).await);
    let time = between(&page, "name=\"time\" value=\"", "\"").to_owned();
    visitor.post(&format!("{booking}/cancel"), &[]).await;
    for path in [choose.clone(), format!("{choose}?time={time}")] {
        let answer = visitor.get(&path).await;
        assert_eq!(answer.header("location"), Some(booking.as_str()), "{path}");
    }
    let before = clinic.app.database.content();
    let answer = visitor.post(&choose, &[("time", &time)]).await;
    assert_eq!(answer.status, 409, "{}", html(&answer));
    assert_eq!(clinic.app.database.content(), before);
}
