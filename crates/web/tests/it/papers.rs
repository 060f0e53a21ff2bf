//! What goes to and fro beside the booking itself: documents, forms, the calendar, lost links.

use crate::visitor::{Visitor, between, html};
use serde_json::json;
use slotbridge_domain::document::{FieldKind, Form};
use slotbridge_testkit::{Booked, Clinic, TestApp};

async fn opened<'a>(clinic: &'a Clinic, booked: &Booked) -> (Visitor<'a>, String) {
    let visitor = Visitor::new(&clinic.app);
    let page = format!("/bookings/{}", booked.id);
    visitor
        .get(&format!("{page}/open?token={}", booked.token))
        .await;
    (visitor, page)
}

/// Answers to all that a form must have.
pub(crate) fn answers(form: Form) -> Vec<(&'static str, &'static str)> {
    let required = form.fields().iter().filter(|field| field.required);
    required
        .map(|field| match field.kind {
            FieldKind::Choice(choices) => (field.name, *choices.first().expect("a choice")),
            FieldKind::Line | FieldKind::Lines => (field.name, "0412 345 678"),
        })
        .collect()
}

const HOSTILE: &str = "<script>alert(1)</script>";

#[tokio::test]
async fn a_document_is_asked_for_and_then_opened_as_a_file_doc_2() {
    let clinic = Clinic::new().await;
    clinic.enable("documents").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let document = json!({"bookingId": booked.id, "pmsDocumentId": "D1", "documentName": HOSTILE,
        "documentDescription": HOSTILE, "documentFormat": "text/html", "documentSize": 25});
    clinic
        .pms("POST", "/documents/available", json!([document]))
        .await
        .expect(200);
    let (visitor, page) = opened(&clinic, &booked).await;
    let shown = html(&visitor.get(&page).await);
    assert!(
        !shown.contains(HOSTILE) && shown.contains("Ask for it"),
        "{shown}"
    );
    let consent = between(&shown, "method=\"post\" action=\"", "\"").to_owned();
    let content = consent.replace("/consent", "/content");
    assert_eq!(visitor.get(&content).await.status, 409);
    let asked = visitor.post(&consent, &[]).await;
    assert!(asked.header("location").unwrap().starts_with(&page));
    assert!(html(&visitor.get(&page).await).contains("The practice is sending it"));
    let mut upload = document.clone();
    // `<script>alert(1)</script>`
    upload["documentContent"] = json!("PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==");
    clinic
        .pms("POST", "/documents/upload", upload)
        .await
        .expect(200);
    let file = visitor.get(&content).await;
    assert_eq!(file.status, 200);
    assert_eq!(html(&file), HOSTILE);
    assert_eq!(
        file.header("content-type"),
        Some("application/octet-stream")
    );
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment;")
    );
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let (other, _) = opened(&clinic, &clinic.book("2026-11-24T10:00").await).await;
    assert_eq!(other.get(&content).await.status, 404);
}

#[tokio::test]
async fn a_form_is_filled_in_once_and_faults_stand_beside_their_questions_att_1() {
    let wants = json!({"products": ["newPatientForm", "preScreeningForm"]});
    let clinic = Clinic::at(TestApp::new().await, wants).await;
    clinic.enable("attachDocuments").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let (visitor, page) = opened(&clinic, &booked).await;
    let form = format!("{page}/forms/newPatientForm");
    assert!(html(&visitor.get(&page).await).contains(&form));
    assert_eq!(
        visitor.get(&format!("{page}/forms/nonsense")).await.status,
        404
    );
    assert_eq!(visitor.get(&form).await.status, 200);
    let half = [("emergencyContactName", HOSTILE), ("preferredName", "a\nb")];
    let wrong = visitor.post(&form, &half).await;
    assert_eq!(wrong.status, 400);
    let shown = html(&wrong);
    assert!(
        shown.contains("id=\"emergencyContactPhone-error\""),
        "{shown}"
    );
    assert!(shown.contains("id=\"preferredName-error\""), "{shown}");
    assert!(
        !shown.contains(HOSTILE) && shown.contains("alert(1)"),
        "{shown}"
    );
    let whole = answers(Form::NewPatient);
    for _ in 0..2 {
        assert_eq!(visitor.post(&form, &whole).await.status, 303);
    }
    assert_eq!(
        clinic.list("attachDocuments").await.len(),
        1,
        "sent twice, given once"
    );
    let shown = html(&visitor.get(&page).await);
    assert!(shown.contains("On its way to the practice"), "{shown}");
    assert!(!shown.contains(&form), "{shown}");
}

#[tokio::test]
async fn a_booking_goes_into_a_calendar_and_tells_of_its_changes() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (visitor, page) = opened(&clinic, &booked).await;
    let entry = visitor.get(&format!("{page}/calendar.ics")).await;
    assert!(
        html(&entry).starts_with("BEGIN:VCALENDAR"),
        "{}",
        html(&entry)
    );
    assert_eq!(entry.header("cache-control"), Some("no-store"));
    let events = visitor.get(&format!("{page}/events")).await;
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    assert!(
        html(&events).contains("data: requested"),
        "{}",
        html(&events)
    );
    clinic.confirm(&booked).await;
    let events = visitor.get(&format!("{page}/events")).await;
    assert!(
        html(&events).contains("data: confirmed"),
        "{}",
        html(&events)
    );
}

#[tokio::test]
async fn asking_for_a_lost_link_says_the_same_whether_there_is_a_booking() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    let visitor = Visitor::new(&clinic.app);
    let practice = clinic.pms.practice_id.to_string();
    let page = visitor
        .get(&format!("/bookings/lost?practice={practice}"))
        .await;
    assert!(html(&page).contains("Send me the link"));
    assert!(html(&visitor.get("/bookings/lost").await).contains("Find the practice"));
    let ask = async |email: &str, phone: &str| {
        let fields = [
            ("practice", practice.as_str()),
            ("email", email),
            ("phone", phone),
        ];
        visitor.post("/bookings/lost", &fields).await
    };
    let known = ask("anna@example.com", "0412 345 678").await;
    let unknown = ask("nobody@example.com", "0412 345 000").await;
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (200, 200));
    assert_eq!(html(&known), html(&unknown));
    let wrong = ask(HOSTILE, "12").await;
    assert_eq!(wrong.status, 400);
    let shown = html(&wrong);
    assert!(
        shown.contains("email-error") && shown.contains("phone-error"),
        "{shown}"
    );
    assert!(!shown.contains(HOSTILE), "{shown}");
}

const BOUNDARY: &str = "b0undary";

/// A form with a file, as browsers send it.
fn multipart(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let part = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../Brief.pdf\"\r\n\
         content-type: text/html\r\n\r\n"
    );
    body.extend_from_slice(part.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

#[tokio::test]
async fn a_document_is_sent_once_however_often_the_form_is_att_1() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (visitor, page) = opened(&clinic, &booked).await;
    let place = format!("{page}/attachments");
    assert!(
        !html(&visitor.get(&page).await).contains(&place),
        "nobody takes it"
    );
    let answer = visitor.get(&place).await;
    assert_eq!(answer.header("location"), Some(page.as_str()));
    clinic.enable("attachDocuments").await;
    assert!(html(&visitor.get(&page).await).contains(&place));
    assert!(html(&visitor.get(&place).await).contains("Send a document"));
    let token = visitor.token();
    let fields = [("token", token.as_str()), ("kind", "medicalReport")];
    let pdf = multipart(&fields, b"%PDF-1.7\n...");
    for _ in 0..2 {
        let sent = visitor.upload(&place, BOUNDARY, &pdf).await;
        assert_eq!(sent.status, 303, "{}", html(&sent));
    }
    let shown = html(&visitor.get(&page).await);
    assert_eq!(shown.matches("(Brief.pdf)").count(), 1, "{shown}");
    assert!(shown.contains("Medical Report"), "{shown}");
}

#[tokio::test]
async fn what_is_no_document_is_refused_beside_the_field_and_leaves_nothing_att_1() {
    let clinic = Clinic::new().await;
    clinic.enable("attachDocuments").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (visitor, page) = opened(&clinic, &booked).await;
    let place = format!("{page}/attachments");
    visitor.get(&place).await;
    let token = visitor.token();
    let before = clinic.app.database.content();
    let ours = [("token", token.as_str()), ("kind", "referral")];
    for (file, status, words) in [
        (&b""[..], 400, "Choose a file."),
        (b"<html>", 400, "Choose a PDF, or a photo"),
        (&vec![b'%'; 11 << 20], 413, "too large"),
    ] {
        let sent = visitor
            .upload(&place, BOUNDARY, &multipart(&ours, file))
            .await;
        assert_eq!(sent.status, status, "{words}");
        assert!(html(&sent).contains(words), "{}", html(&sent));
    }
    for fields in [
        &[("kind", "referral")][..],
        &[("token", "0123456789abcdef0123456789abcdef")],
        &[("kind", "referral"), ("token", token.as_str())],
    ] {
        let pdf = multipart(fields, b"%PDF-1.7\n...");
        let sent = visitor.upload(&place, BOUNDARY, &pdf).await;
        assert_eq!(sent.status, 403, "{fields:?}");
    }
    assert_eq!(clinic.app.database.content(), before);
}
