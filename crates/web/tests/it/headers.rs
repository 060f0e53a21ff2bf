//! What pages say of themselves, how large they are, and that nothing that is shown becomes markup.

use crate::visitor::{DETAILS, Visitor, between, html};
use serde_json::json;
use slotbridge_testkit::{Answer, Clinic, TestApp};

const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

pub(crate) fn is_protected(answer: &Answer, what: &str) {
    for (name, value) in [
        ("content-security-policy", STRICT),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}");
    }
    assert!(answer.header("x-request-id").is_some(), "{what}");
    let page = html(answer);
    let marks = ["<style", " style=", "onclick", "onload", "javascript:"];
    assert!(
        !marks.iter().any(|mark| page.contains(mark)),
        "{what}: {page}"
    );
    let scripts = page.matches("<script").count();
    assert_eq!(
        scripts,
        page.matches("<script src=\"/assets/").count(),
        "{what}"
    );
}

#[tokio::test]
async fn every_page_has_a_strict_policy_and_personal_ones_are_never_kept() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let (form, time) = visitor.hold(&clinic).await;
    let details = format!("{form}?time={time}");
    let booked = {
        let other = Visitor::new(&clinic.app);
        let (form, time) = other.hold(&clinic).await;
        let made = other.book(&form, &time).await;
        is_protected(&made, "the way to the booking");
        let page = other.follow(&made).await;
        let cancel = format!("{}/cancel", made.header("location").unwrap());
        [page, other.get(&cancel).await]
    };
    let personal = [
        visitor.get(&details).await,
        visitor.get("/unsubscribe?token=x").await,
    ];
    for page in personal.iter().chain(&booked) {
        assert_eq!(page.status, 200);
        is_protected(page, &html(page));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    for path in ["/", &practice] {
        let page = visitor.get(path).await;
        is_protected(&page, path);
        assert_eq!(page.header("cache-control"), Some("private, no-cache"));
    }
}

#[tokio::test]
async fn failures_are_pages_that_say_what_to_do_and_for_programs_they_stay_problems() {
    let app = TestApp::new().await;
    let visitor = Visitor::new(&app);
    for path in [
        "/nowhere",
        "/practices/7",
        "/practices/x",
        "/practices/99999999999999999999",
        "/bookings/100000001",
        "/bookings/x/open?token=1",
        "/assets/site-0.css",
        "/practices/1/holds/x?time=1-2-3",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        is_protected(&page, path);
        assert!(html(&page).contains("Find a practice"), "{path}");
    }
    let wrong = visitor.post_as("/", &[], &[]).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.header("allow").is_some());
    is_protected(&wrong, "405");
    let problem = app.raw("GET", "/nowhere", &[], "").await;
    assert_eq!(
        problem.header("content-type"),
        Some("application/problem+json")
    );
    let accept = [("accept".to_owned(), "text/html".to_owned())];
    let of_api = app
        .raw("GET", "/booking-api/v1/practices/7", &accept, "")
        .await;
    assert_eq!(
        of_api.header("content-type"),
        Some("application/problem+json")
    );
}

#[tokio::test]
async fn assets_are_named_by_their_content_packed_and_kept_for_good() {
    let app = TestApp::new().await;
    let visitor = Visitor::new(&app);
    let page = html(&visitor.get("/").await);
    let css = between(&page, "rel=\"stylesheet\" href=\"", "\"").to_owned();
    let gzip = [("accept-encoding".to_owned(), "br, gzip".to_owned())];
    let packed = app.raw("GET", &css, &gzip, "").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let keep = "public, max-age=31536000, immutable";
    assert_eq!(packed.header("cache-control"), Some(keep));
    let plain = app.raw("GET", &css, &[], "").await;
    assert_eq!(plain.header("content-encoding"), None);
    assert!(packed.bytes.len() < plain.bytes.len() / 2);
    is_protected(&plain, "a style sheet");
}

#[tokio::test]
async fn the_way_to_a_booking_is_under_60_kb() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let details = format!("{form}?time={time}");
    let page = html(&visitor.get("/").await);
    let mut sizes = Vec::new();
    let asset = |before: &str| between(&page, before, "\"").to_owned();
    let assets = [
        asset("rel=\"stylesheet\" href=\""),
        asset("<script src=\""),
        asset("rel=\"icon\" href=\""),
    ];
    let pages = ["/".to_owned(), practice, details];
    for path in assets.iter().chain(&pages) {
        let plain = visitor.get(path).await;
        assert_eq!(plain.status, 200, "{path}");
        sizes.push((path, plain.bytes.len()));
    }
    let sum: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(sum < 60_000, "{sum} bytes before packing: {sizes:?}");
}

/// A text that would do harm wherever it were not escaped.
pub(crate) const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}";

pub(crate) fn is_harmless(page: &str, what: &str) {
    for mark in ["<script>alert", "<img src=x", "\"'>"] {
        assert!(!page.contains(mark), "{what} has {mark}: {page}");
    }
}

#[tokio::test]
async fn whatever_a_practice_is_called_is_text_and_no_markup() {
    for field in ["name", "address", "suburb", "specialties"] {
        let value = if field == "specialties" {
            json!([HOSTILE])
        } else {
            json!(HOSTILE)
        };
        let app = TestApp::new().await;
        let mut details = json!({"timezone": "Australia/Sydney", "state": "NSW"});
        details[field] = value;
        let clinic = Clinic::at(app, details).await;
        let visitor = Visitor::new(&clinic.app);
        let (form, time) = visitor.hold(&clinic).await;
        let made = visitor.book(&form, &time).await;
        let booking = made.header("location").expect("a booking").to_owned();
        clinic.app.advance(25).await;
        let practice = format!("/practices/{}", clinic.pms.practice_id);
        let mut shown = 0;
        let (form, time) = visitor.hold(&clinic).await;
        for path in [
            "/",
            &practice,
            &format!("{form}?time={time}"),
            &booking,
            &format!("{booking}/cancel"),
            &format!("{booking}/reschedule"),
            &format!("{booking}/reschedule?time={time}"),
        ] {
            let page = html(&visitor.get(path).await);
            is_harmless(&page, &format!("{field} on {path}"));
            shown += usize::from(
                page.contains("&lt;script&gt;alert") || page.contains("&#60;script&#62;alert"),
            );
        }
        assert!(
            shown > 0,
            "{field} is shown nowhere: the test says nothing of it"
        );
    }
}

#[tokio::test]
async fn whatever_the_pms_says_is_text_and_no_markup() {
    let clinic = Clinic::new().await;
    let resources = json!([{"pmsResourceId": "12345", "pmsResourceName": HOSTILE}]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    let types = json!([{
        "pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": HOSTILE,
        "pmsAppointmentLength": "30",
    }]);
    clinic
        .pms("POST", "/config/pmsAppointmentTypes/snapshot", types)
        .await
        .expect(200);
    let visitor = Visitor::new(&clinic.app);
    let (form, time) = visitor.hold(&clinic).await;
    let made = visitor.book(&form, &time).await;
    let booking = made.header("location").unwrap().to_owned();
    let id = booking.trim_start_matches("/bookings/");
    let confirm = json!({
        "pmsAppointmentIds": ["A1"], "pmsPatientId": "P1",
        "patientAppointmentLink": "javascript:alert(1)",
        "patientAppointmentDescription": HOSTILE,
    });
    clinic
        .pms("POST", &format!("/bookings/{id}/confirmInsert"), confirm)
        .await
        .expect(200);
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let (cancel, reschedule) = (format!("{booking}/cancel"), format!("{booking}/reschedule"));
    for path in [&practice, &booking, &cancel, &reschedule] {
        let page = html(&visitor.get(path).await);
        is_harmless(&page, path);
        assert!(!page.contains("javascript:"), "{page}");
    }
    let page = html(&visitor.get(&booking).await);
    assert!(page.contains("onerror"), "the description is shown: {page}");
}

#[tokio::test]
async fn whatever_a_visitor_sends_is_text_and_no_markup() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let encoded: String = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let mut paths = Vec::new();
    for name in ["name", "place", "specialty", "page", "nonsense"] {
        paths.push(format!("/?{name}={encoded}"));
    }
    for name in ["type", "practitioner", "from", "nonsense"] {
        paths.push(format!("{practice}?{name}={encoded}"));
    }
    paths.push(format!("/unsubscribe?token={encoded}"));
    for path in &paths {
        is_harmless(&html(&visitor.get(path).await), path);
    }
    let (form, time) = visitor.hold(&clinic).await;
    let medicare = ["medicareNumber", "medicareIrn", "medicareExpiry"];
    for name in DETAILS
        .iter()
        .map(|(name, _)| *name)
        .chain(medicare)
        .chain(["time"])
    {
        let fields = DETAILS.iter().filter(|(of, _)| *of != name).copied();
        // One field is wrong in any case, so that the form comes back.
        let fields = fields.filter(|(of, _)| *of != "new");
        let mut fields: Vec<(&str, &str)> = fields.chain([(name, HOSTILE)]).collect();
        if name != "time" {
            fields.push(("time", &time));
        }
        let page = visitor.post(&form, &fields).await;
        assert!(page.status.is_client_error(), "{name}");
        is_harmless(&html(&page), name);
        let shown = html(&page).contains("onerror");
        assert_eq!(shown, !["time", "new"].contains(&name), "{name}");
    }
}
