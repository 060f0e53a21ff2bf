//! What patients do with an appointment that they have, with scripts and without.

use crate::chromium::{Chromium, Look, Page};
use crate::looks::look_at;
use crate::stage::Stage;
use serde_json::json;
use slotbridge_testkit::Booked;
use slotbridge_testkit::clinic::{DAY, snapshot};

const CONFIRMED: &str = "Your appointment is confirmed";

fn looks() -> [Look; 2] {
    [true, false].map(|scripts| Look {
        scripts,
        ..Look::PHONE
    })
}

/// Opens a confirmed appointment by the link that its mail holds.
async fn confirmed(stage: &Stage, page: &Page<'_>, start: &str) -> Booked {
    let booked = stage.clinic.book(&format!("{DAY}T{start}")).await;
    stage.clinic.confirm(&booked).await;
    let (id, token) = (booked.id, &booked.token);
    page.open(&format!("{}/bookings/{id}/open?token={token}", stage.url))
        .await;
    page.until_text(CONFIRMED).await;
    booked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_moves_an_appointment_and_takes_an_earlier_time_that_comes_free() {
    let chromium = Chromium::start();
    for look in looks() {
        let stage = Stage::new().await;
        let page = chromium.page(look).await;
        confirmed(&stage, &page, "11:00").await;
        page.press("a[href$='/reschedule']").await;
        page.until_text("Choose another time").await;
        page.press("button[name=time]").await;
        page.until_text("Move your appointment?").await;
        page.press("form.once button").await;
        page.until_text("Your request is with the practice").await;
        stage.clinic.app.advance(21).await;
        page.until_text(CONFIRMED).await;
        page.press("form[action$='/waitlist'] button").await;
        page.until_text("We email you when").await;
        if look.scripts {
            look_at(&page, "booking-waiting", &[]).await;
        }
        for resource in ["12345", "12346"] {
            let today = snapshot(resource, "2026-11-23");
            let path = "/availability/snapshot";
            stage.clinic.pms("POST", path, today).await.expect(200);
        }
        stage.clinic.app.advance(5).await;
        page.call("Page.reload", json!({})).await;
        page.until_text("An earlier time is free for you").await;
        if look.scripts {
            look_at(&page, "booking-offer", &[]).await;
        }
        page.press(".offer a.button").await;
        page.until_text("Move your appointment?").await;
        page.press("form.once button").await;
        page.until_text("Your request is with the practice").await;
        page.until_text("Monday 23 November 2026").await;
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_asks_for_a_document_fills_in_a_form_and_sends_a_referral() {
    let chromium = Chromium::start();
    let referral = format!("{}/referral.pdf", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&referral, "%PDF-1.4\n%%EOF\n").unwrap();
    for look in looks() {
        let stage = Stage::new().await;
        let clinic = &stage.clinic;
        clinic.enable("documents").await;
        clinic.enable("attachDocuments").await;
        let page = chromium.page(look).await;
        let booked = confirmed(&stage, &page, "11:00").await;
        let mut document = json!({
            "bookingId": booked.id, "pmsDocumentId": "D1", "documentName": "Results",
            "documentDescription": "Blood test", "documentFormat": "application/pdf",
            "documentSize": 15,
        });
        let available = json!([document.clone()]);
        let path = "/documents/available";
        clinic.pms("POST", path, available).await.expect(200);
        page.call("Page.reload", json!({})).await;
        page.until_text("Documents for you").await;
        page.press("form[action$='/consent'] button").await;
        page.until_text("The practice is sending it").await;
        document["documentContent"] = json!("JVBERi0xLjQKJSVFT0YK");
        clinic
            .pms("POST", "/documents/upload", document)
            .await
            .expect(200);
        page.call("Page.reload", json!({})).await;
        page.until("!!document.querySelector('a[href$=\"/content\"][download]')")
            .await;
        if look.scripts {
            look_at(&page, "booking-papers", &[]).await;
            let opened =
                "fetch(document.querySelector('a[href$=\"/content\"]').href).then(a => a.text())";
            assert_eq!(page.eval(opened).await, json!("%PDF-1.4\n%%EOF\n"));
        }
        page.press("a[href$='/forms/newPatientForm']").await;
        page.until_text("asks you this before your visit").await;
        page.enter("emergencyContactName", "Ben Nguyen").await;
        page.enter("emergencyContactPhone", "0412 345 679").await;
        page.enter("allergies", "none").await;
        page.press("form.once button").await;
        page.until_text("On its way to the practice").await;
        page.press("a[href$='/attachments']").await;
        page.until_text("Send a document to the practice").await;
        choose_file(&page, &referral).await;
        page.press("form.once button").await;
        page.until_text("referral.pdf").await;
        assert_eq!(clinic.list("attachDocuments").await.len(), 2);
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

/// Chooses a file for the page's only field of that kind, as its dialogue would.
async fn choose_file(page: &Page<'_>, path: &str) {
    let root = page.call("DOM.getDocument", json!({})).await;
    let find = json!({"nodeId": root.get("root").and_then(|root| root.get("nodeId")), "selector": "input[type=file]"});
    let field = page.call("DOM.querySelector", find).await;
    let files = json!({"nodeId": field.get("nodeId"), "files": [path]});
    page.call("DOM.setFileInputFiles", files).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_has_a_lost_link_sent_again() {
    let (stage, chromium) = (Stage::new().await, Chromium::start());
    for look in looks() {
        let page = chromium.page(look).await;
        page.open(&stage.practice()).await;
        // By its address: what is above it is laid out only now, and would move it from under the mouse.
        let link = page.eval("document.querySelector('a[href^=\"/bookings/lost\"]').href");
        page.open(link.await.as_str().unwrap()).await;
        page.until_text("We send it to the email address").await;
        page.enter("email", "anna@example.com").await;
        page.enter("phone", "0412 345 678").await;
        page.press("main form button").await;
        page.until_text("Look into your mail").await;
        if look.scripts {
            look_at(&page, "lost-sent", &[]).await;
        }
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}
