//! "Tell me if an earlier time comes free."

use crate::visitor::{Visitor, between, html};
use serde_json::Value;
use slotbridge_testkit::Clinic;
use slotbridge_testkit::clinic::snapshot;

/// A patient with a confirmed booking on the morrow.
async fn booked(clinic: &Clinic) -> (Visitor<'_>, String) {
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(clinic).await;
    let made = visitor.book(&form, &time).await;
    clinic.app.advance(21).await;
    (visitor, made.header("location").unwrap().to_owned())
}

/// Times of today come free.
async fn frees(clinic: &Clinic) {
    let today = snapshot("12345", "2026-11-23");
    clinic
        .pms("POST", "/availability/snapshot", today)
        .await
        .expect(200);
    clinic.app.advance(5).await;
}

#[tokio::test]
async fn an_earlier_time_is_offered_and_taken_from_the_page_of_the_booking() {
    let clinic = Clinic::new().await;
    let (visitor, booking) = booked(&clinic).await;
    let page = html(&visitor.get(&booking).await);
    assert!(page.contains("Want an earlier time?"), "{page}");
    let joined = visitor
        .post(&format!("{booking}/waitlist"), &[("whom", "same")])
        .await;
    assert_eq!(joined.status, 303, "{}", html(&joined));
    let page = html(&visitor.get(&booking).await);
    assert!(
        page.contains("We email you when") && !page.contains("is free for you"),
        "{page}"
    );
    frees(&clinic).await;
    let page = html(&visitor.get(&booking).await);
    assert!(page.contains("An earlier time is free for you"), "{page}");
    let place = between(&page, "href=\"", "\">Take the earlier time").to_owned();
    let place = place.rsplit("href=\"").next().unwrap();
    let time = place.split("time=").nth(1).unwrap().to_owned();
    let asked = html(&visitor.get(place).await);
    assert!(asked.contains("Move your appointment?"), "{asked}");
    let path = format!("{booking}/reschedule");
    // Nobody else gets it meanwhile.
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let other = Visitor::new(&clinic.app);
    assert!(!html(&other.get(&practice).await).contains(&time));
    let moved = visitor.post(&path, &[("time", &time)]).await;
    let page = html(&visitor.follow(&moved).await);
    assert!(page.contains("Your request is with the practice"), "{page}");
    assert!(page.contains("Monday 23 November 2026"), "{page}");
}

#[tokio::test]
async fn who_leaves_the_list_is_offered_nothing() {
    let clinic = Clinic::new().await;
    let (visitor, booking) = booked(&clinic).await;
    visitor
        .post(&format!("{booking}/waitlist"), &[("whom", "any")])
        .await;
    let page = html(&visitor.get(&booking).await);
    assert!(page.contains("with anyone here"), "{page}");
    visitor
        .post(&format!("{booking}/waitlist/leave"), &[])
        .await;
    frees(&clinic).await;
    let page = html(&visitor.get(&booking).await);
    assert!(
        !page.contains("is free for you") && page.contains(">Tell me<"),
        "{page}"
    );
    let booking = booking.trim_start_matches("/bookings/");
    let path = format!("/practices/{}/messages", clinic.pms.practice_id);
    let messages = clinic
        .app
        .admin("GET", &path, Value::Null)
        .await
        .expect(200);
    let about: Vec<&Value> = messages["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "earlierTime")
        .collect();
    assert!(about.is_empty(), "{booking}: {about:?}");
}
