//! From a time to a booking and its end, without scripts.

use crate::visitor::{DETAILS, Visitor, between, html};
use serde_json::json;
use slotbridge_testkit::Clinic;

async fn bookings(clinic: &Clinic) -> usize {
    clinic.list("bookings").await.len()
}

#[tokio::test]
async fn a_patient_books_and_sees_it_confirmed_book_3() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let page = html(&visitor.get(&format!("{form}?time={time}")).await);
    assert!(
        page.contains("Tuesday 24 November 2026 at 9:00\u{a0}am"),
        "{page}"
    );
    assert!(
        page.contains("until 11:05\u{a0}am"),
        "the hold's end in practice time: {page}"
    );
    let made = visitor.book(&form, &time).await;
    let page = visitor.follow(&made).await;
    assert!(html(&page).contains("Your request is with the practice"));
    let list = clinic.list("bookings").await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0]["patient"]["firstname"], "Anna", "{list:?}");
    clinic.app.advance(21).await;
    let page = visitor.follow(&made).await;
    assert!(html(&page).contains("Your appointment is confirmed"));
}

#[tokio::test]
async fn a_form_sent_again_gives_the_same_booking() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let first = visitor.book(&form, &time).await;
    let again = visitor.book(&form, &time).await;
    assert_eq!(first.header("location"), again.header("location"));
    assert!(first.header("location").is_some());
    assert_eq!(bookings(&clinic).await, 1);
    assert_eq!(visitor.follow(&again).await.status, 200);
}

#[tokio::test]
async fn who_knows_the_address_of_the_form_alone_does_not_get_the_booking() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    visitor.book(&form, &time).await;
    let other = Visitor::new(&clinic.app);
    other.hold(&clinic).await;
    let answer = other.book(&form, &time).await;
    assert_eq!(answer.status, 409, "{}", html(&answer));
    assert_eq!(bookings(&clinic).await, 1);
}

#[tokio::test]
async fn every_fault_stands_beside_its_field_and_what_was_entered_stays() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let fields = [
        ("time", time.as_str()),
        ("firstname", "Anna"),
        ("lastname", " "),
        ("dobDay", "31"),
        ("dobMonth", "2"),
        ("dobYear", "1984"),
        ("phone", "12"),
        ("email", "anna"),
        ("medicareNumber", "1234567890"),
    ];
    let answer = visitor.post(&form, &fields).await;
    assert_eq!(answer.status, 400);
    let page = html(&answer);
    for name in ["lastname", "dob", "phone", "email", "new", "medicareNumber"] {
        assert!(
            page.contains(&format!("id=\"{name}-error\"")),
            "{name}: {page}"
        );
        let target = if name == "dob" { "dobDay" } else { name };
        assert!(page.contains(&format!("href=\"#{target}\"")), "{name}");
        assert!(page.contains(&format!("id=\"{target}\"")), "{name}");
    }
    assert!(page.contains("value=\"Anna\"") && page.contains("value=\"1984\""));
    assert!(page.contains("<details open>"), "Medicare stands open");
    assert_eq!(page.matches("Please check 6 things").count(), 1, "{page}");
    assert_eq!(bookings(&clinic).await, 0);
}

#[tokio::test]
async fn an_expired_hold_books_if_the_time_is_free_still() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    clinic.app.advance(301).await;
    let gone = visitor.get(&format!("{form}?time={time}")).await;
    assert_eq!(gone.status, 410);
    assert!(html(&gone).contains("The nearest free times are"));
    assert_eq!(visitor.book(&form, &time).await.status, 303);
}

#[tokio::test]
async fn when_the_time_is_taken_what_was_entered_stays_and_another_time_books() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    clinic.app.advance(301).await;
    clinic.book("2026-11-24T09:00").await;
    let answer = visitor.book(&form, &time).await;
    assert_eq!(answer.status, 409);
    let page = html(&answer);
    assert!(page.contains("This time has just gone") && page.contains("value=\"Anna\""));
    let other = between(&page, "name=\"alternative\" value=\"", "\"").to_owned();
    let mut fields = DETAILS.to_vec();
    fields.extend([("time", time.as_str()), ("alternative", &other)]);
    let made = visitor.post(&form, &fields).await;
    assert!(html(&visitor.follow(&made).await).contains("9:30\u{a0}am"));
    assert_eq!(bookings(&clinic).await, 2);
}

#[tokio::test]
async fn a_time_that_somebody_holds_is_offered_to_nobody_else_and_comes_back_avail_3() {
    let clinic = Clinic::new().await;
    let (one, two) = (Visitor::new(&clinic.app), Visitor::new(&clinic.app));
    let (form, time) = one.hold(&clinic).await;
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let holds = format!("{practice}/holds");
    assert!(!html(&two.get(&practice).await).contains(&time));
    let answer = two.post(&holds, &[("time", &time)]).await;
    assert_eq!(answer.status, 409);
    assert!(html(&answer).contains("The nearest free times are"));
    let released = one
        .post(&format!("{form}/release"), &[("time", &time)])
        .await;
    assert!(html(&one.follow(&released).await).contains(&time));
    assert!(html(&two.get(&practice).await).contains(&time));
}

#[tokio::test]
async fn a_rejected_booking_shows_other_times_at_once_book_5() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let made = visitor.book(&form, &time).await;
    let id = made
        .header("location")
        .unwrap()
        .trim_start_matches("/bookings/")
        .to_owned();
    let path = format!("/bookings/{id}/rejectInsert");
    clinic
        .pms("POST", &path, json!({"reason": "double booked"}))
        .await
        .expect(200);
    let page = html(&visitor.follow(&made).await);
    assert!(page.contains("couldn’t take this booking"), "{page}");
    let other = between(&page, "name=\"time\" value=\"", "\"").to_owned();
    let holds = format!("/practices/{}/holds", clinic.pms.practice_id);
    assert_eq!(visitor.post(&holds, &[("time", &other)]).await.status, 303);
    assert!(
        !page.contains("double booked"),
        "what the PMS says is for staff"
    );
}

#[tokio::test]
async fn cancelling_asks_first_and_then_frees_the_time_book_7() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let made = visitor.book(&form, &time).await;
    let booking = made.header("location").unwrap().to_owned();
    let cancel = format!("{booking}/cancel");
    let before = clinic.app.database.content();
    let page = html(&visitor.get(&cancel).await);
    assert!(page.contains("This can’t be undone"), "{page}");
    assert_eq!(
        clinic.app.database.content(),
        before,
        "asking changes nothing"
    );
    let done = visitor.post(&cancel, &[("reason", "better")]).await;
    assert!(html(&visitor.follow(&done).await).contains("This appointment is cancelled"));
    assert!(
        !html(&visitor.get(&booking).await).contains("/cancel\""),
        "nothing to cancel"
    );
}

#[tokio::test]
async fn anothers_booking_is_like_one_that_there_is_not() {
    let clinic = Clinic::new().await;
    let (one, two) = (Visitor::new(&clinic.app), Visitor::new(&clinic.app));
    let (form, time) = one.hold(&clinic).await;
    let made = one.book(&form, &time).await;
    let booking = made.header("location").unwrap().to_owned();
    let (form, time) = two.hold(&clinic).await;
    two.book(&form, &time).await;
    let unknown = format!("/bookings/{}99999", clinic.pms.practice_id * 1000);
    for below in [
        "",
        "/events",
        "/calendar.ics",
        "/forms/newPatientForm",
        "/documents/1/content",
        "/cancel",
        "/reschedule",
        "/reschedule?time=1-1-1",
        "/open?token=SBM-wrong",
    ] {
        let anothers = two.get(&format!("{booking}{below}")).await;
        let none = two.get(&format!("{unknown}{below}")).await;
        assert_eq!(
            (anothers.status.as_u16(), none.status.as_u16()),
            (404, 404),
            "{below}"
        );
        assert_eq!(html(&anothers), html(&none), "{below}");
    }
    let before = clinic.app.database.content();
    assert_eq!(
        two.post(&format!("{booking}/cancel"), &[]).await.status,
        404
    );
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn the_link_of_a_mail_opens_the_booking_at_a_clean_address() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    let visitor = Visitor::new(&clinic.app);
    let link = format!("/bookings/{}/open?token={}", booked.id, booked.token);
    let answer = visitor.get(&link).await;
    let place = format!("/bookings/{}", booked.id);
    assert_eq!(answer.header("location"), Some(place.as_str()));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.ends_with(&format!("; Path={place}; HttpOnly; SameSite=Lax")),
        "{cookie}"
    );
    assert_eq!(visitor.follow(&answer).await.status, 200);
}
