//! Every page as it looks on a phone and on a desktop, in light and dark: kept as a picture, without
//! a violation of accessibility and without a complaint of the browser.

use crate::chromium::{Chromium, Look, Page};
use crate::stage::Stage;
use serde_json::json;
use slotbridge_hub::outgoing::ErrorType;
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::staff::PASSWORD;
use slotbridge_web::console_paths;
use std::sync::Mutex;

/// The addresses that this test has looked at.
static LOOKED_AT: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Whether an address of a route was looked at.
fn is_looked_at(route: &str) -> bool {
    let is_of_route = |address: &String| {
        let (address, route) = (address.split('/'), route.split('/'));
        address.clone().count() == route.clone().count()
            && address
                .zip(route)
                .all(|(is, wanted)| is == wanted || wanted.starts_with('{'))
    };
    LOOKED_AT.lock().expect("no panic").iter().any(is_of_route)
}

/// Looks at the page that is open in all ways.
pub(crate) async fn look_at(page: &Page<'_>, name: &str, expected: &[&str]) {
    let address = page.eval("location.pathname").await;
    let address = address.as_str().expect("an address").to_owned();
    LOOKED_AT.lock().expect("no panic").push(address);
    for look in Look::all() {
        page.look(look).await;
        let name = format!("{name}-{}", look.name());
        let wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(
            page.eval(wide).await,
            json!(false),
            "{name} is wider than the screen"
        );
        page.picture(&name).await;
        let violations = page.violations().await;
        assert!(violations.is_empty(), "{name}: {violations:#?}");
    }
    page.look(Look {
        phone: true,
        dark: false,
        scripts: true,
    })
    .await;
    let mut complaints = page.complaints();
    complaints.retain(|complaint| !expected.iter().any(|part| complaint.contains(part)));
    assert_eq!(complaints, Vec::<String>::new(), "{name}");
}

/// The address of the page that is open is one that fails, and browsers say so.
pub(crate) const FAILED: &[&str] = &["Failed to load resource"];

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_on_the_way_to_a_booking_look_right() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    page.open(&stage.url).await;
    look_at(&page, "search", &[]).await;
    page.open(&format!("{}/?name=nothing+like+it", stage.url))
        .await;
    look_at(&page, "search-nothing", &[]).await;
    page.open(&stage.practice()).await;
    look_at(&page, "practice", &[]).await;
    page.open(&format!("{}?from=2027-02-01", stage.practice()))
        .await;
    look_at(&page, "practice-nothing", &[]).await;
    page.open(&format!(
        "{}/practices/{}",
        stage.url,
        stage.clinic.pms.practice_id + 1
    ))
    .await;
    look_at(&page, "practice-offline", &[]).await;
    page.open(&format!(
        "{}/bookings/lost?practice={}",
        stage.url, stage.clinic.pms.practice_id
    ))
    .await;
    look_at(&page, "lost", &[]).await;
    page.press("main form button").await;
    page.until_text("An email address has an @").await;
    look_at(&page, "lost-wrong", FAILED).await;
    page.open(&stage.practice()).await;
    page.press("button[name=time]").await;
    page.until_text("Your details").await;
    look_at(&page, "details", &[]).await;
    let details = page.eval("location.href").await;
    page.enter("firstname", "Anna").await;
    page.press("form.once > button").await;
    page.until_text("Please check").await;
    look_at(&page, "details-wrong", FAILED).await;
    stage.clinic.app.advance(301).await;
    page.open(details.as_str().unwrap()).await;
    look_at(&page, "details-expired", FAILED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_booking_look_right() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    stage.clinic.enable("documents").await;
    stage.clinic.enable("attachDocuments").await;
    let mut booked = Vec::new();
    for start in ["09:00", "10:00", "11:00"] {
        booked.push(stage.clinic.book(&format!("{DAY}T{start}")).await);
    }
    let open = async |at: usize| {
        let booked = &booked[at];
        let url = format!(
            "{}/bookings/{}/open?token={}",
            stage.url, booked.id, booked.token
        );
        page.open(&url).await;
    };
    open(0).await;
    look_at(&page, "booking-requested", &[]).await;
    let document = json!([{
        "bookingId": booked[0].id, "pmsDocumentId": "D1", "documentName": "Referral to Dr Wu",
        "documentDescription": "Cardiology", "documentFormat": "application/pdf",
        "documentSize": 20000,
    }]);
    stage
        .clinic
        .pms("POST", "/documents/available", document)
        .await
        .expect(200);
    let confirm = json!({
        "pmsAppointmentIds": ["A1"], "pmsPatientId": "P1",
        "patientAppointmentLink": "https://video.example/room/1",
        "patientAppointmentDescription": "Open the link five minutes before. Have your camera ready.",
    });
    stage
        .clinic
        .say(&booked[0], "confirmInsert", confirm)
        .await
        .expect(200);
    page.until_text("Your appointment is confirmed").await;
    look_at(&page, "booking-confirmed", &[]).await;
    let form = page.eval("location.href + '/forms/newPatientForm'").await;
    page.press("a[href$='/reschedule']").await;
    page.until_text("Choose another time").await;
    look_at(&page, "reschedule", &[]).await;
    page.press("button[name=time]").await;
    page.until_text("Move your appointment?").await;
    look_at(&page, "reschedule-ask", &[]).await;
    page.press("form.once a:last-child").await;
    page.until_text("Your appointment is confirmed").await;
    page.press("a[href$='/cancel']").await;
    page.until_text("This can’t be undone").await;
    look_at(&page, "booking-cancel", &[]).await;
    page.open(
        &form
            .as_str()
            .unwrap()
            .replace("/forms/newPatientForm", "/attachments"),
    )
    .await;
    look_at(&page, "upload", &[]).await;
    page.press("main form button").await;
    page.until_text("Choose a file.").await;
    look_at(&page, "upload-wrong", FAILED).await;
    page.open(form.as_str().unwrap()).await;
    look_at(&page, "form", &[]).await;
    page.press("main form button").await;
    page.until_text("Please check").await;
    look_at(&page, "form-wrong", FAILED).await;
    stage
        .clinic
        .say(&booked[1], "rejectInsert", json!({"reason": "away"}))
        .await
        .expect(200);
    open(1).await;
    look_at(&page, "booking-rejected", &[]).await;
    stage.clinic.cancel(&booked[2]).await;
    open(2).await;
    look_at(&page, "booking-cancelled", &[]).await;
    page.open(&format!("{}/bookings/1", stage.url)).await;
    look_at(&page, "not-found", FAILED).await;
    page.open(&format!("{}/unsubscribe?token=x", stage.url))
        .await;
    look_at(&page, "unsubscribe", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_looks_right() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let (clinic, url) = (&stage.clinic, format!("{}/portal", stage.url));
    let practice = clinic.pms.practice_id;
    let page = chromium.page(Look::PHONE).await;
    let (_, link) = clinic.app.take_on(practice, "jo", "receptionist").await;
    page.open(&format!("{url}/open?token={link}")).await;
    page.until_text("Set up your account").await;
    look_at(&page, "portal-set-up", &[]).await;
    let kim = clinic.app.member(practice, "kim", "manager").await;
    clinic.app.advance(60).await;
    page.open(&url).await;
    page.until_text("Sign in").await;
    page.enter("email", &kim.email).await;
    page.enter("password", "wrong").await;
    page.enter("code", "000000").await;
    page.press("form.once button").await;
    page.until_text("is wrong").await;
    look_at(&page, "portal-sign-in", FAILED).await;
    for (start, minutes) in [("09:00", 0), ("09:30", 0), ("10:00", 1)] {
        clinic.book(&format!("{DAY}T{start}")).await;
        clinic.app.advance(60 * minutes).await;
    }
    page.enter("password", PASSWORD).await;
    page.enter("code", &kim.code(&clinic.app)).await;
    page.press("form.once button").await;
    page.until_text("No online bookings on this day").await;
    look_at(&page, "portal-empty", &[]).await;
    clinic.book(&format!("{DAY}T11:00")).await;
    let own = format!("{url}/{practice}");
    page.open(&format!("{own}?day={DAY}")).await;
    page.until_text("Stands, not yet in your PMS").await;
    look_at(&page, "portal-agenda", &[]).await;
    for (name, text) in [
        ("attention", "Enter it by hand"),
        ("health", "How your PMS does"),
        ("times", "Why is a time not bookable?"),
    ] {
        page.open(&format!("{own}/{name}")).await;
        page.until_text(text).await;
        look_at(&page, &format!("portal-{name}"), &[]).await;
    }
    page.open(&format!("{own}/attention")).await;
    page.until_text("Enter it by hand").await;
    page.press(".agenda a").await;
    page.until_text("What became of it").await;
    look_at(&page, "portal-booking", &[]).await;
    page.press("form:has(input[value=cancel]) button").await;
    page.until_text("Cancel this appointment?").await;
    look_at(&page, "portal-cancel", &[]).await;
    page.open(&format!("{own}/nothing")).await;
    page.until_text("There is nothing here").await;
    look_at(&page, "portal-nowhere", FAILED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_looks_right() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let (clinic, url) = (&stage.clinic, format!("{}/console", stage.url));
    let (app, practice) = (&clinic.app, clinic.pms.practice_id);
    let page = chromium.page(Look::PHONE).await;
    page.open(&url).await;
    page.until_text("Operator token").await;
    page.enter("operatorToken", "wrong").await;
    page.press("form.once button").await;
    page.until_text("no operator token").await;
    look_at(&page, "console-sign-in", FAILED).await;
    let subscription = json!({
        "topic": "requests.bookings", "callbackUrl": "https://pms.example/callbacks",
    });
    clinic
        .pms("POST", "/subscription", subscription)
        .await
        .expect(201);
    app.receiver.fail(ErrorType::HttpStatus);
    let kim = app.member(practice, "kim", "manager").await;
    clinic.book(&format!("{DAY}T11:00")).await;
    app.deliver().await;
    for (minutes, start) in [(1, "09:00"), (14, "09:30"), (180, "10:00")] {
        app.charts.sample(&app.hub).await;
        app.advance(60 * minutes).await;
        clinic.book(&format!("{DAY}T{start}")).await;
    }
    for _ in 0..90 {
        app.clock.advance(10);
        clinic.list("bookings").await;
        app.charts.sample(&app.hub).await;
    }
    page.enter("operatorToken", &app.operator_token).await;
    page.press("form.once button").await;
    page.until_text("How Slotbridge does").await;
    look_at(&page, "console-overview", &[]).await;
    for (name, path, text) in [
        ("health", "/health", "did not answer"),
        ("health-days", "/health?by=days", "did not answer"),
        (
            "deliveries",
            &format!("/deliveries?practice={practice}"),
            "Send again",
        ),
        ("deliveries-nothing", "/deliveries", "Enter a practice’s id"),
        ("practices", "/practices", "2 practices"),
        (
            "practices-nothing",
            "/practices?q=nothing",
            "No practice matches",
        ),
        (
            "practice",
            &format!("/practices/{practice}"),
            "Outstanding in its PMS",
        ),
        (
            "practice-staff",
            &format!("/practices/{practice}/staff"),
            "Take somebody on",
        ),
        ("new", "/practices/new", "A new practice"),
        ("consumers", "/consumers", "A new consumer"),
        ("consumer", "/consumers/1", "Webhook secret"),
        (
            "audit",
            &format!("/audit?practice={practice}"),
            "X-Request-Id",
        ),
        ("audit-nothing", "/audit", "Enter a practice"),
        ("charts", "/charts", "What waits"),
        ("staff", "/staff", "Find an account"),
        ("account", &format!("/staff/{}", kim.staff_id), "Signed in"),
        ("tokens", "/operator-tokens", "A new token"),
        ("maintenance", "/maintenance", "everybody is served"),
    ] {
        page.open(&format!("{url}{path}")).await;
        page.until_text(text).await;
        look_at(&page, &format!("console-{name}"), &[]).await;
    }
    page.open(&format!("{url}/charts")).await;
    page.press("summary").await;
    look_at(&page, "console-charts-table", &[]).await;
    page.open(&format!("{url}/practices/{practice}")).await;
    page.press("form:has(input[value=deactivate]) button").await;
    page.until_text("Deactivate this practice?").await;
    look_at(&page, "console-ask", &[]).await;
    page.open(&format!("{url}/practices/new")).await;
    page.press("main form button").await;
    page.until_text("Please check").await;
    look_at(&page, "console-new-wrong", FAILED).await;
    let other = app.practice(json!({"name": "Harbour Street"})).await;
    page.open(&format!("{url}/practices/{other}")).await;
    page.until_text("None was given").await;
    look_at(&page, "console-practice-new", &[]).await;
    page.press("form:has(input[value=grantConsent]) button")
        .await;
    page.until_text("The consent is granted").await;
    look_at(&page, "console-secret", &[]).await;
    page.open(&format!("{url}/nothing")).await;
    page.until_text("There is nothing here").await;
    look_at(&page, "console-nowhere", FAILED).await;
    // What only takes forms shows nothing.
    let mut pages = console_paths().filter(|path| *path != "/console/sign-out");
    assert_eq!(pages.find(|path| !is_looked_at(path)), None);
}
