//! Patients' documents (ATT-1, ATT-2): files and forms, and what the PMS makes of them.

use crate::pms::support::{NO_ID, audit, deeds, only_the_clock, stranger};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Booked, Clinic, TestApp};

const PDF: &[u8] = b"%PDF-1.7 from my doctor";
const PRODUCTS: [&str; 2] = ["newPatientForm", "preScreeningForm"];

/// A clinic that wants both forms, with a booking that the PMS has not answered.
async fn clinic() -> (Clinic, Booked) {
    let clinic = Clinic::at(TestApp::new().await, json!({"products": PRODUCTS})).await;
    clinic.enable("attachDocuments").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    (clinic, booked)
}

fn file(content: &[u8]) -> Value {
    json!({"kind": "referral", "fileName": "../Dr Wu.docx", "content": STANDARD.encode(content)})
}

fn form() -> Value {
    json!({"form": "preScreeningForm", "answers": [
        {"field": "symptoms", "answer": "A cough (that stays) \\ 2 weeks"},
        {"field": "fever", "answer": "No"}, {"field": "cough", "answer": "Yes"},
        {"field": "contact", "answer": "No"},
    ]})
}

async fn give(clinic: &Clinic, booked: &Booked, body: Value) -> Answer {
    clinic.mine(booked, "POST", "/attachments", body).await
}

async fn fetch(clinic: &Clinic, request: i64) -> Answer {
    let path = format!("/attachDocuments/{request}");
    clinic.pms("GET", &path, Value::Null).await
}

async fn answer(clinic: &Clinic, request: i64, what: &str, body: Value) -> Answer {
    let path = format!("/attachDocuments/{request}/{what}");
    clinic.pms("POST", &path, body).await
}

/// A confirmed booking's document; its request.
async fn asked(clinic: &Clinic, booked: &Booked) -> i64 {
    clinic.confirm(booked).await;
    give(clinic, booked, file(PDF)).await.expect(201);
    let list = clinic.list("attachDocuments").await;
    list.last().unwrap()["requestId"].as_i64().unwrap()
}

async fn state(clinic: &Clinic, booked: &Booked) -> Value {
    let list = clinic
        .mine(booked, "GET", "/attachments", Value::Null)
        .await;
    list.expect(200)["attachments"][0]["status"].clone()
}

/// All three operations of a request have that status.
async fn all_are(clinic: &Clinic, request: i64, status: u16) {
    fetch(clinic, request).await.expect(status);
    answer(clinic, request, "confirmInsert", json!({}))
        .await
        .expect(status);
    answer(clinic, request, "rejectInsert", json!({}))
        .await
        .expect(status);
}

#[tokio::test]
async fn a_document_waits_until_the_pms_says_who_the_patient_is_att_1() {
    let (clinic, booked) = clinic().await;
    let given = give(&clinic, &booked, file(PDF)).await.expect(201);
    assert_eq!(given["status"], "waiting");
    assert_eq!(given["fileName"], "Dr Wu.pdf");
    assert!(clinic.list("attachDocuments").await.is_empty());
    assert!(!clinic.poll().await.contains(&"attachDocuments".to_owned()));

    clinic.confirm(&booked).await;
    assert_eq!(state(&clinic, &booked).await, "requested");
    let hash: String = digest(&SHA1_FOR_LEGACY_USE_ONLY, PDF)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let list = clinic.list("attachDocuments").await;
    let request = list[0]["requestId"].as_i64().unwrap();
    let mut expected = json!({
        "requestId": request, "pmsPatientId": "P1", "pmsAppointmentId": "A1",
        "bookingId": booked.id, "documentId": given["documentId"].to_string(),
        "documentType": "REFERRAL", "documentName": "Referral",
        "documentDescription": "Dr Wu.pdf", "documentFormat": "application/pdf",
        "documentSize": PDF.len(), "documentHash": hash, "createdAt": "2026-11-23 00:00:00",
    });
    assert_eq!(list, [expected.clone()]);
    let fetched = fetch(&clinic, request).await.expect(200);
    expected.as_object_mut().unwrap().remove("requestId");
    expected["documentContent"] = json!(STANDARD.encode(PDF));
    assert_eq!(fetched, expected);
    // The same confirm again asks for nothing more.
    clinic.confirm(&booked).await;
    assert_eq!(clinic.list("attachDocuments").await.len(), 1);
}

#[tokio::test]
async fn without_an_appointment_its_id_is_null_att_1() {
    let (clinic, booked) = clinic().await;
    let body = json!({"pmsAppointmentIds": [], "pmsPatientId": "P1"});
    clinic.say(&booked, "confirmInsert", body).await.expect(200);
    give(&clinic, &booked, file(PDF)).await.expect(201);
    let list = clinic.list("attachDocuments").await;
    assert_eq!(list[0].get("pmsAppointmentId"), Some(&Value::Null));
}

#[tokio::test]
async fn a_form_becomes_a_pdf_att_1() {
    let (clinic, booked) = clinic().await;
    clinic.confirm(&booked).await;
    let forms = clinic
        .mine(&booked, "GET", "/forms", Value::Null)
        .await
        .expect(200);
    let names = |forms: &Value| -> Vec<(String, bool)> {
        let all = forms["forms"].as_array().unwrap().iter();
        all.map(|one| {
            let name = one["form"].as_str().unwrap().to_owned();
            (name, one["filledIn"].as_bool().unwrap())
        })
        .collect()
    };
    let [new, screening] = PRODUCTS.map(str::to_owned);
    assert_eq!(
        names(&forms),
        [(new.clone(), false), (screening.clone(), false)]
    );
    let symptoms = &forms["forms"][1]["fields"][0];
    assert_eq!(
        (&symptoms["name"], &symptoms["kind"], &symptoms["required"]),
        (&json!("symptoms"), &json!("lines"), &json!(true))
    );
    give(&clinic, &booked, form()).await.expect(201);
    let forms = clinic
        .mine(&booked, "GET", "/forms", Value::Null)
        .await
        .expect(200);
    assert_eq!(names(&forms), [(new, false), (screening, true)]);

    let list = clinic.list("attachDocuments").await;
    assert_eq!(list[0]["documentType"], "PRE-SCREENING FORM");
    assert_eq!(list[0]["documentName"], "Pre-Screening Form");
    assert_eq!(list[0]["documentFormat"], "application/pdf");
    let fetched = fetch(&clinic, list[0]["requestId"].as_i64().unwrap())
        .await
        .expect(200);
    let pdf = STANDARD
        .decode(fetched["documentContent"].as_str().unwrap())
        .unwrap();
    assert!(pdf.starts_with(b"%PDF-1.4"));
    let text = String::from_utf8(pdf).unwrap();
    let shown = |words: &str| -> String { words.bytes().map(|b| format!("{b:02x}")).collect() };
    for words in [
        "Anna Nguyen",
        "A cough (that stays) \\ 2 weeks",
        "Pre-Screening Form",
    ] {
        assert!(text.contains(&shown(words)), "{words}");
    }
}

#[tokio::test]
async fn a_form_is_for_those_who_want_it_and_every_fault_is_named_att_1_wire_4() {
    let (clinic, booked) = clinic().await;
    let answers =
        json!([{"field": "fever", "answer": "Perhaps"}, {"field": "none", "answer": "x"}]);
    let wrong = json!({"form": "preScreeningForm", "answers": answers});
    let refused = give(&clinic, &booked, wrong).await;
    assert_eq!(refused.status, 400);
    let told: Vec<String> = refused
        .faults()
        .into_iter()
        .map(|(f, m)| format!("{f}: {m}"))
        .collect();
    for fault in [
        "answers[0].answer: this field takes one of Yes, No",
        "answers[1].answer: there is no field \"none\" in this form",
        "answers: this form wants an answer to symptoms",
    ] {
        assert!(told.contains(&fault.to_owned()), "{fault}: {told:?}");
    }
    let path = format!("/practices/{}", clinic.pms.practice_id);
    let body = json!({"products": ["newPatientForm"]});
    clinic.app.admin("PATCH", &path, body).await.expect(200);
    give(&clinic, &booked, form()).await.expect(409);
    let before = clinic.app.database.objects().kept();
    assert!(before.is_empty());
}

#[tokio::test]
async fn only_files_that_can_be_looked_at_are_taken_att_1() {
    let (clinic, booked) = clinic().await;
    for (content, format) in [
        (&b"\x89PNG\r\n\x1a\n..."[..], "image/png"),
        (b"\xff\xd8\xff\xe0..", "image/jpeg"),
        (PDF, "application/pdf"),
    ] {
        let given = give(&clinic, &booked, file(content)).await.expect(201);
        assert_eq!(given["format"], format);
    }
    let refused = give(&clinic, &booked, file(b"<html><script>")).await;
    assert_eq!(refused.faults()[0].0, "content");
    let large = [PDF, &vec![b'x'; 10 << 20]].concat();
    assert!([400, 413].contains(&give(&clinic, &booked, file(&large)).await.status.as_u16()));
    let both = json!({"form": "preScreeningForm", "content": STANDARD.encode(PDF)});
    give(&clinic, &booked, both).await.expect(400);
    give(&clinic, &booked, json!({})).await.expect(400);
    for _ in 3..20 {
        give(&clinic, &booked, file(PDF)).await.expect(201);
    }
    give(&clinic, &booked, file(PDF)).await.expect(409);
}

#[tokio::test]
async fn the_same_key_gives_it_once_att_1() {
    let (clinic, booked) = clinic().await;
    let path = format!("/booking-api/v1/bookings/{}/attachments", booked.id);
    let headers = vec![
        (
            "authorization".to_owned(),
            format!("Bearer {}", booked.token),
        ),
        ("idempotency-key".to_owned(), "once".to_owned()),
    ];
    let send = async |body: &Value| clinic.app.call("POST", &path, &headers, body).await;
    let first = send(&file(PDF)).await.expect(201);
    assert_eq!(send(&file(PDF)).await.expect(201), first);
    send(&file(b"%PDF-1.7 another")).await.expect(422);
    let list = clinic
        .mine(&booked, "GET", "/attachments", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["attachments"].as_array().unwrap().len(), 1);
    clinic.app.advance(3600).await;
    assert_eq!(clinic.app.database.objects().kept().len(), 1);
}

#[tokio::test]
async fn a_confirm_ends_it_and_is_410_from_then_on_att_2() {
    let (clinic, booked) = clinic().await;
    let request = asked(&clinic, &booked).await;
    let body = json!({"pmsDocumentId": 4711});
    assert_eq!(
        answer(&clinic, request, "confirmInsert", body)
            .await
            .expect(200),
        json!({})
    );
    assert!(clinic.list("attachDocuments").await.is_empty());
    assert_eq!(state(&clinic, &booked).await, "attached");
    all_are(&clinic, request, 410).await;
    let path = format!("/bookings/{}/documents", booked.id);
    let staff = clinic.admin("GET", &path, Value::Null).await.expect(200);
    assert_eq!(staff["attachments"][0]["pmsDocumentId"], "4711");
    assert!(
        deeds(&clinic, &booked)
            .await
            .contains(&"attachmentConfirmed".to_owned())
    );
    // Nobody needs the content any more; a backup that runs still finds it for a day.
    assert_eq!(clinic.app.database.objects().kept().len(), 1);
    clinic.app.advance(24 * 3600).await;
    assert!(clinic.app.database.objects().kept().is_empty());
}

#[tokio::test]
async fn a_reject_ends_it_and_is_410_from_then_on_att_2() {
    let (clinic, booked) = clinic().await;
    let request = asked(&clinic, &booked).await;
    let body = json!({"reason": "Not ours"});
    answer(&clinic, request, "rejectInsert", body)
        .await
        .expect(200);
    assert!(clinic.list("attachDocuments").await.is_empty());
    assert_eq!(state(&clinic, &booked).await, "rejected");
    all_are(&clinic, request, 410).await;
    let entries = audit(&clinic, &booked).await;
    let entry = entries
        .iter()
        .find(|one| one["action"] == "attachmentRejected")
        .unwrap();
    assert_eq!(entry["note"], "Not ours");
}

#[tokio::test]
async fn after_thirty_days_it_is_410_whether_or_not_the_timer_has_run_att_2() {
    let (clinic, booked) = clinic().await;
    let request = asked(&clinic, &booked).await;
    only_the_clock(&clinic, "2026-12-22T23:59:59Z");
    fetch(&clinic, request).await.expect(200);
    only_the_clock(&clinic, "2026-12-23T00:00:00Z");
    all_are(&clinic, request, 410).await;
    assert!(clinic.list("attachDocuments").await.is_empty());
    assert_eq!(state(&clinic, &booked).await, "requested");
    clinic.app.advance(0).await;
    assert_eq!(state(&clinic, &booked).await, "expired");
    assert!(!clinic.poll().await.contains(&"attachDocuments".to_owned()));
    all_are(&clinic, request, 410).await;
    clinic.app.advance(24 * 3600).await;
    assert!(clinic.app.database.objects().kept().is_empty());
}

#[tokio::test]
async fn another_practice_s_an_unknown_one_and_one_without_the_feature_are_404_att_2() {
    let (clinic, booked) = clinic().await;
    let request = asked(&clinic, &booked).await;
    let other = stranger(&clinic).await;
    let enable = "/features/attachDocuments/enable";
    clinic
        .app
        .pms(&other, "POST", enable, Value::Null)
        .await
        .expect(200);
    let path = format!("/attachDocuments/{request}");
    clinic
        .app
        .pms(&other, "GET", &path, Value::Null)
        .await
        .expect(404);
    all_are(&clinic, clinic.pms.practice_id * 100_000_000 + NO_ID, 404).await;
    all_are(&clinic, 7, 404).await;
    // Some other request is no document.
    let waiting = clinic.book("2026-11-24T10:00").await;
    all_are(&clinic, waiting.id + 1, 404).await;

    let disable = "/features/attachDocuments/disable";
    clinic.pms("POST", disable, Value::Null).await.expect(200);
    all_are(&clinic, request, 404).await;
    assert!(clinic.list("attachDocuments").await.is_empty());
    give(&clinic, &booked, file(PDF)).await.expect(409);
    let forms = clinic
        .mine(&booked, "GET", "/forms", Value::Null)
        .await
        .expect(200);
    assert_eq!(forms["forms"], json!([]));
    clinic.enable("attachDocuments").await;
    fetch(&clinic, request).await.expect(200);
}

#[tokio::test]
async fn nothing_is_taken_or_asked_for_a_booking_that_does_not_stand_att_1() {
    let (clinic, booked) = clinic().await;
    give(&clinic, &booked, file(PDF)).await.expect(201);
    clinic.list("bookings").await;
    clinic.cancel(&booked).await;
    give(&clinic, &booked, file(PDF)).await.expect(409);
    // A late confirm tells who the patient is, and the document stays where it is.
    clinic.confirm(&booked).await;
    assert!(clinic.list("attachDocuments").await.is_empty());
    assert_eq!(state(&clinic, &booked).await, "waiting");
}
