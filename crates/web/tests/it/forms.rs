//! Forms are taken from pages of ours alone, and lead nowhere else.

use crate::visitor::{DETAILS, Visitor, html};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let made = visitor.book(&form, &time).await;
    let booking = made.header("location").unwrap().to_owned();
    let (form, time) = visitor.hold(&clinic).await;
    let token = visitor.token();
    let holds = format!("/practices/{}/holds", clinic.pms.practice_id);
    let before = clinic.app.database.content();
    let (right, wrong) = (
        ("token", token.as_str()),
        ("token", "0123456789abcdef0123456789abcdef"),
    );
    let time = ("time", time.as_str());
    for path in [
        &holds,
        &form,
        &format!("{form}/release"),
        &format!("{booking}/cancel"),
        &format!("{booking}/reschedule"),
        &format!("{booking}/waitlist"),
        &format!("{booking}/waitlist/leave"),
        "/unsubscribe",
    ] {
        for (fields, headers) in [
            (vec![time], vec![]),
            (vec![time, ("token", "")], vec![]),
            (vec![time, wrong], vec![]),
            (vec![time, wrong], vec![("sec-fetch-site", "same-origin")]),
            (vec![time, right], vec![("sec-fetch-site", "cross-site")]),
            (vec![time, right], vec![("sec-fetch-site", "same-site")]),
            (
                vec![time, right],
                vec![("host", "book.example"), ("origin", "https://evil.example")],
            ),
            (
                vec![time, right],
                vec![("host", "book.example"), ("origin", "null")],
            ),
        ] {
            let fields: Vec<(&str, &str)> = DETAILS.into_iter().chain(fields).collect();
            let answer = visitor.post_as(path, &fields, &headers).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
            assert!(html(&answer).contains("reload the page"));
        }
    }
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn a_browser_without_our_cookie_cannot_send_a_form() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let path = format!("/practices/{}/holds", clinic.pms.practice_id);
    let answer = visitor.post_as(&path, &[("token", "")], &[]).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_form_of_this_site_is_taken_by_its_origin_too() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let token = visitor.token();
    let fields: Vec<(&str, &str)> = DETAILS
        .into_iter()
        .chain([("time", time.as_str()), ("token", &token)])
        .collect();
    let headers = [("host", "book.example"), ("origin", "https://book.example")];
    assert_eq!(visitor.post_as(&form, &fields, &headers).await.status, 303);
}

#[tokio::test]
async fn a_form_that_is_too_large_or_nonsense_is_refused_with_a_page() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let large = "x".repeat(70_000);
    let answer = visitor
        .post(&form, &[("time", &time), ("reason", &large)])
        .await;
    assert_eq!(answer.status, 413);
    for time in [
        "",
        "1",
        "1-2",
        "a-b-c",
        "1-2-3-4",
        "99999999999999999999-1-1",
        "1-1-99999999999999",
    ] {
        let answer = visitor.post(&form, &[("time", time)]).await;
        assert_eq!(answer.status, 404, "{time}");
    }
}

#[tokio::test]
async fn no_form_and_no_link_leads_to_another_site() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let elsewhere = [
        ("next", "https://evil.example"),
        ("to", "//evil.example"),
        ("return", "//evil.example"),
    ];
    let fields: Vec<(&str, &str)> = DETAILS
        .into_iter()
        .chain([("time", time.as_str())])
        .chain(elsewhere)
        .collect();
    let made = visitor.post(&form, &fields).await;
    let place = made.header("location").unwrap().to_owned();
    assert!(place.starts_with("/bookings/"), "{place}");
    for path in [
        "//evil.example",
        "/bookings//evil.example/open?token=x",
        "/%2f%2fevil.example",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("location"), None, "{path}");
    }
}
