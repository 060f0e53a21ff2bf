//! A manager sets the practice up in the portal, and how the pages look on the way.

use crate::chromium::{Chromium, Look, Page};
use crate::looks::{FAILED, look_at};
use crate::stage::Stage;
use serde_json::json;
use slotbridge_hub::staff::totp;
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::staff::{PASSWORD, secret_of};

/// A manager who has signed in, and the practice's address in the portal.
async fn manager(stage: &Stage, page: &Page<'_>) -> String {
    let practice = stage.clinic.pms.practice_id;
    let kim = stage.clinic.app.member(practice, "kim", "manager").await;
    stage.clinic.app.advance(60).await;
    page.open(&format!("{}/portal", stage.url)).await;
    page.until_text("Sign in").await;
    page.enter("email", &kim.email).await;
    page.enter("password", PASSWORD).await;
    page.enter("code", &kim.code(&stage.clinic.app)).await;
    page.press("form.once button").await;
    page.until_text("No online bookings on this day").await;
    format!("{}/portal/{practice}", stage.url)
}

/// What of the PMS is linked to nothing.
async fn unlinked(stage: &Stage) {
    let clinic = &stage.clinic;
    let by_hand = json!({"autoPublish": false});
    clinic.admin("PATCH", "", by_hand).await.expect(200);
    let resources = json!([
        {"pmsResourceId": "12345", "pmsResourceName": "Dr Maya Fraser"},
        {"pmsResourceId": "12346", "pmsResourceName": "Dr Tom O’Brien"},
        {"pmsResourceId": "12347", "pmsResourceName": "Nurse Wei Chen"},
        {"pmsResourceId": "P9", "pmsResourceName": "Podiatry, Alexandrina Featherstonehaugh"},
    ]);
    let path = "/config/pmsResources/snapshot";
    clinic.pms("POST", path, resources).await.expect(200);
}

/// Opens a page of the portal.
async fn open(page: &Page<'_>, own: &str, name: &str, text: &str) {
    page.open(&format!("{own}/{name}")).await;
    page.until_text(text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_links_sets_up_and_renews_the_key() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    let own = manager(&stage, &page).await;
    unlinked(&stage).await;
    open(&page, &own, "links", "Not linked yet").await;
    look_at(&page, "portal-links", &[]).await;
    page.press_twice("#main form:has(input[value=add]) button")
        .await;
    page.until_text("All that your PMS has sent is linked.")
        .await;
    let made = "[...document.querySelectorAll('h3')].filter(h => h.textContent.startsWith('Podiatry')).length";
    assert_eq!(page.eval(made).await, json!(1), "pressed twice, made once");
    page.press("article summary").await;
    page.press("article form:has(input[value=off]) button")
        .await;
    page.until_text("vanish from the public page").await;
    look_at(&page, "portal-links-ask", &[]).await;
    page.press("button.danger").await;
    page.until_text("Switched off").await;
    page.press("form:has(input[value=on]) button").await;
    page.until("!document.body.innerText.includes('Switched off')")
        .await;
    page.press("nav .chips a[href$='/settings']").await;
    page.until_text("How patients find and reach you").await;
    page.enter("minimumNoticeMinutes", "soon").await;
    page.press("form:has(input[value=settings]) p.actions button")
        .await;
    page.until_text("Please check").await;
    look_at(&page, "portal-settings-wrong", FAILED).await;
    page.eval("document.getElementById('minimumNoticeMinutes').select()")
        .await;
    page.enter("minimumNoticeMinutes", "120").await;
    page.press("form:has(input[value=settings]) p.actions button")
        .await;
    page.until_text("Saved.").await;
    look_at(&page, "portal-settings", &[]).await;
    page.press("nav .chips a[href$='/consents']").await;
    page.until_text("Who may act for you").await;
    look_at(&page, "portal-consents", &[]).await;
    page.press("form:has(input[value=give]) button").await;
    page.until_text("stops working at once").await;
    look_at(&page, "portal-consents-ask", &[]).await;
    page.press_twice("button.danger").await;
    page.until_text("Enter this into your PMS now").await;
    look_at(&page, "portal-consents-key", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_taken_on_sets_the_account_up_and_deals_with_what_needs_her() {
    let chromium = Chromium::start();
    for scripts in [true, false] {
        let stage = Stage::new().await;
        let (clinic, app) = (&stage.clinic, &stage.clinic.app);
        let page = chromium
            .page(Look {
                scripts,
                ..Look::PHONE
            })
            .await;
        let own = manager(&stage, &page).await;
        open(&page, &own, "staff", "Take somebody on").await;
        page.enter("name", "Zoe Marsh").await;
        page.enter("email", "zoe@clinic.example").await;
        page.press("form.once:has(#name) p.actions button").await;
        page.until_text("Hand this link over").await;
        let link = page
            .eval("document.querySelector('.offer code').textContent")
            .await;
        let (_, token) = link.as_str().unwrap().split_once("token=").unwrap();
        page.open(&format!("{}/portal/open?token={token}", stage.url))
            .await;
        page.until_text("Set up your account").await;
        let secret = page
            .eval("document.querySelector('code.key').textContent")
            .await;
        let secret = secret_of(&secret.as_str().unwrap().replace(char::is_whitespace, ""));
        page.enter("password", PASSWORD).await;
        page.enter("code", &totp::code_at(&secret, app.now())).await;
        page.press("form.once p.actions button").await;
        page.until_text("Your account is ready").await;
        if scripts {
            look_at(&page, "portal-ready", &[]).await;
        }
        page.press("a.button[href='/portal']").await;
        page.until_text("No online bookings on this day").await;
        clinic.book(&format!("{DAY}T09:00")).await;
        app.advance(60).await;
        open(&page, &own, "attention", "Enter it by hand").await;
        page.press(".agenda a").await;
        page.until_text("What became of it").await;
        page.press("form:has(input[value=enteredByHand]) button")
            .await;
        page.until("!document.querySelector('input[value=enteredByHand]')")
            .await;
        open(&page, &own, "attention", "All bookings are in your PMS").await;
        open(&page, &own, "times", "Why is a time not bookable?").await;
        page.eval(&format!(
            "document.getElementById('day').value = '{DAY}'; \
             document.getElementById('time').value = '09:00'"
        ))
        .await;
        page.press("main form button").await;
        page.until_text("It is not bookable").await;
        page.until_text("The time is booked.").await;
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_pages_of_managers_look_right_and_fit_a_narrow_phone() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    let page = chromium.page(Look::PHONE).await;
    let clinic = &stage.clinic;
    clinic.enable("documents").await;
    let own = manager(&stage, &page).await;
    unlinked(&stage).await;
    let practice = clinic.pms.practice_id;
    clinic.app.member(practice, "jo", "receptionist").await;
    let booked = clinic.book(&format!("{DAY}T11:00")).await;
    let document = json!([{
        "bookingId": booked.id, "pmsDocumentId": "D1", "documentName": "Referral to Dr Wu",
        "documentFormat": "application/pdf", "documentSize": 20000,
    }]);
    clinic
        .pms("POST", "/documents/available", document)
        .await
        .expect(200);
    for (name, text) in [
        ("staff", "Who works here"),
        ("documents", "Referral to Dr Wu"),
        ("audit", "What was done"),
    ] {
        open(&page, &own, name, text).await;
        look_at(&page, &format!("portal-{name}"), &[]).await;
    }
    page.open(&format!("{}/portal/account", stage.url)).await;
    page.until_text("Where you are signed in").await;
    look_at(&page, "portal-account", &[]).await;
    let narrow = json!({"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": true});
    for name in [
        "links",
        "settings",
        "consents",
        "staff",
        "documents",
        "audit",
        "../account",
    ] {
        page.open(&format!("{own}/{name}")).await;
        page.call("Emulation.setDeviceMetricsOverride", narrow.clone())
            .await;
        page.eval("document.querySelectorAll('details').forEach(one => one.open = true)")
            .await;
        let wide = "document.documentElement.scrollWidth > 360";
        assert_eq!(page.eval(wide).await, json!(false), "{name} at 360 px");
    }
}
