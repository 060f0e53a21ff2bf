//! What patients do, from the first page to the last.

use crate::chromium::{Chromium, Look, Page};
use crate::stage::Stage;
use serde_json::json;
use slotbridge_hub::outgoing::ErrorType;
use slotbridge_testkit::chromium::Chromium as Browser;
use slotbridge_testkit::clinic::DAY;

const TIME: &str = "button[name=time]";

async fn fill_in(page: &Page<'_>) {
    for (field, text) in [
        ("firstname", "Anna"),
        ("lastname", "Nguyen"),
        ("dobDay", "29"),
        ("dobMonth", "2"),
        ("dobYear", "1984"),
        ("phone", "0412 345 678"),
        ("email", "anna@example.com"),
    ] {
        page.enter(field, text).await;
    }
    page.press("input[name=new][value=yes]").await;
}

/// From the practice's page to a booking that is requested.
async fn book(stage: &Stage, page: &Page<'_>) {
    page.open(&stage.practice()).await;
    page.press(TIME).await;
    page.until_text("Your details").await;
    fill_in(page).await;
    page.press("form.once > button").await;
    page.until_text("Your request is with the practice").await;
}

/// The id of the booking that the page shows.
async fn booking_id(page: &Page<'_>) -> String {
    let path = page.eval("location.pathname").await;
    let path = path.as_str().expect("a path").to_owned();
    path.trim_start_matches("/bookings/").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_searches_books_and_watches_the_confirmation_arrive() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    page.open(&stage.url).await;
    page.enter("place", "sydney").await;
    page.press("form.search button").await;
    page.until_text("1 practice found").await;
    page.press(".link-card a").await;
    page.until_text("Free times").await;
    page.press(TIME).await;
    page.until_text("Your details").await;
    page.until_text("s left.").await;
    fill_in(&page).await;
    page.press("form.once > button").await;
    page.until_text("Your request is with the practice").await;
    page.eval("window.before = true").await;
    stage.clinic.app.advance(21).await;
    page.until_text("Your appointment is confirmed").await;
    assert_eq!(stage.clinic.list("bookings").await.len(), 1);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_books_and_cancels_without_scripts() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium
        .page(Look {
            scripts: false,
            ..Look::PHONE
        })
        .await;
    book(&stage, &page).await;
    stage.clinic.app.advance(21).await;
    // The page fetches itself anew without any script.
    page.until_text("Your appointment is confirmed").await;
    page.press("a[href$='/cancel']").await;
    page.until_text("This can’t be undone").await;
    page.press("button.danger").await;
    page.until_text("This appointment is cancelled").await;
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_pressed_twice_books_once() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    for scripts in [true, false] {
        let page = chromium
            .page(Look {
                scripts,
                ..Look::PHONE
            })
            .await;
        page.open(&stage.practice()).await;
        page.press(TIME).await;
        page.until_text("Your details").await;
        fill_in(&page).await;
        page.press_twice("form.once > button").await;
        page.until_text("Your request is with the practice").await;
        page.call("Page.reload", json!({})).await;
        page.until_text("Your request is with the practice").await;
    }
    assert_eq!(stage.clinic.list("bookings").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_shows_other_times_and_one_of_them_books() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    book(&stage, &page).await;
    let reject = format!("/bookings/{}/rejectInsert", booking_id(&page).await);
    stage
        .clinic
        .pms("POST", &reject, json!({"reason": "away"}))
        .await
        .expect(200);
    page.until_text("These times are free right now").await;
    page.press(TIME).await;
    page.until_text("Your details").await;
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_met_first_and_lead_to_their_fields() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    page.open(&stage.practice()).await;
    page.press(TIME).await;
    page.until_text("Your details").await;
    page.enter("firstname", "Anna").await;
    page.press("form.once > button").await;
    page.until_text("Please check").await;
    page.until("document.activeElement.id === 'summary'").await;
    page.press("#summary a[href='#phone']").await;
    page.until("document.activeElement.id === 'phone'").await;
    let kept = page
        .eval("document.getElementById('firstname').value")
        .await;
    assert_eq!(kept, json!("Anna"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_can_be_gone_with_the_keyboard_alone() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium
        .page(Look {
            phone: false,
            ..Look::PHONE
        })
        .await;
    page.open(&stage.practice()).await;
    let focused = "document.activeElement";
    page.key("Tab", "").await;
    page.until(&format!("{focused}.classList.contains('skip')"))
        .await;
    let tab_to = async |condition: &str| {
        for _ in 0..60 {
            if page.eval(condition).await == json!(true) {
                return;
            }
            page.key("Tab", "").await;
        }
        panic!("the keyboard does not lead to {condition}");
    };
    tab_to(&format!("{focused}.name === 'time'")).await;
    page.key("Enter", "\r").await;
    page.until_text("Your details").await;
    for (field, text) in [
        ("firstname", "Ben"),
        ("lastname", "Ng"),
        ("dobDay", "1"),
        ("dobMonth", "3"),
        ("dobYear", "1990"),
        ("phone", "0412 345 679"),
        ("email", "ben@example.com"),
    ] {
        tab_to(&format!("{focused}.id === '{field}'")).await;
        page.call("Input.insertText", json!({"text": text})).await;
    }
    tab_to(&format!("{focused}.name === 'new'")).await;
    page.key(" ", " ").await;
    tab_to(&format!(
        "{focused}.textContent === 'Book this appointment'"
    ))
    .await;
    page.key("Enter", "\r").await;
    page.until_text("Your request is with the practice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_another_zone_is_told_that_the_clock_differs() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    page.open(&stage.practice()).await;
    page.until_text("All times are Sydney time.").await;
    assert!(
        page.eval("document.querySelector('.zone.notice')")
            .await
            .is_null()
    );
    let perth = json!({"timezoneId": "Australia/Perth"});
    page.call("Emulation.setTimezoneOverride", perth).await;
    page.open(&stage.practice()).await;
    page.until_text("differs from your clock").await;
}

/// The console on a phone, for an operator who has signed in.
async fn console<'b>(stage: &Stage, chromium: &'b Browser, scripts: bool) -> Page<'b> {
    let look = Look {
        scripts,
        ..Look::PHONE
    };
    let page = chromium.page(look).await;
    page.open(&format!("{}/console", stage.url)).await;
    page.until_text("Operator token").await;
    page.enter("operatorToken", &stage.clinic.app.operator_token)
        .await;
    page.press("form.once button").await;
    page.until_text("How Slotbridge does").await;
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_goes_from_the_overview_to_a_failed_callback_and_sends_it_again() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    for scripts in [true, false] {
        let (clinic, app) = (&stage.clinic, &stage.clinic.app);
        let subscription = json!({
            "topic": "requests.bookings", "callbackUrl": "https://pms.example/callbacks",
        });
        clinic
            .pms("POST", "/subscription", subscription)
            .await
            .expect(201);
        app.receiver.fail(ErrorType::HttpStatus);
        clinic
            .book(&format!(
                "{DAY}T{}",
                if scripts { "09:00" } else { "10:00" }
            ))
            .await;
        for _ in 0..5 {
            app.advance(1001).await;
        }
        let page = console(&stage, &chromium, scripts).await;
        page.press("nav a[href='/console/practices']").await;
        page.until_text("Name, suburb, postcode or id").await;
        page.enter("q", "harbour").await;
        page.press("form.filters button").await;
        page.until_text("1 practice").await;
        page.press("td a[href^='/console/practices/']").await;
        page.until_text("Outstanding in its PMS").await;
        page.press("a[href^='/console/deliveries?request=']").await;
        page.until_text("Send again").await;
        app.receiver.succeed();
        page.press("td form button").await;
        page.until_text("waiting").await;
        app.deliver().await;
        page.call("Page.reload", json!({})).await;
        page.until_text("delivered").await;
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sends_everybody_away_for_a_while_and_lets_them_back() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    for scripts in [true, false] {
        let page = console(&stage, &chromium, scripts).await;
        let maintenance = format!("{}/console/maintenance", stage.url);
        page.open(&maintenance).await;
        page.until_text("everybody is served").await;
        page.enter("message", "A new disk.").await;
        page.press("form:has(input[value=begin]) button").await;
        page.until_text("Send everybody away?").await;
        page.press("button.danger").await;
        page.until_text("Everybody is sent away").await;
        page.open(&stage.practice()).await;
        page.until_text("A new disk.").await;
        let mut complaints = page.complaints();
        complaints.retain(|complaint| !complaint.contains("Failed to load resource"));
        assert_eq!(complaints, Vec::<String>::new());
        page.open(&maintenance).await;
        page.until_text("Everybody is sent away").await;
        page.press("form:has(input[value=end]) button").await;
        page.until_text("everybody is served").await;
        page.open(&stage.practice()).await;
        page.until_text("Free times").await;
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}
