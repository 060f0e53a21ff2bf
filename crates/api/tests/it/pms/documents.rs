//! Documents of the PMS (DOC-1 to DOC-3): what it says of them, consent, upload, and the refusal.

use crate::pms::support::{audit, deeds, only_the_clock, restarted, stranger};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use slotbridge_domain::{ids, request::RequestType};
use slotbridge_hub::rows::Target;
use slotbridge_testkit::{Answer, Booked, Clinic, Postbox, TestApp};
use std::io::Write;
use std::sync::Arc;
use tokio::task::JoinSet;

const PDF: &[u8] = b"%PDF-1.7 a referral for Anna";

async fn clinic() -> (Clinic, Booked) {
    on(Clinic::new().await).await
}

async fn on(clinic: Clinic) -> (Clinic, Booked) {
    clinic.enable("documents").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    (clinic, booked)
}

fn document(booked: &Booked, id: &str) -> Value {
    json!({"bookingId": booked.id, "pmsDocumentId": id, "documentType": "referral",
        "documentName": "Referral to Dr Wu", "documentDescription": "Heart",
        "documentFormat": "application/pdf", "documentSize": PDF.len(),
        "createdAt": "2026-11-22 01:02:03", "updatedAt": "2026-11-22 04:05:06"})
}

async fn available(clinic: &Clinic, documents: Value) -> Answer {
    clinic.pms("POST", "/documents/available", documents).await
}

/// The documents as the patient sees them.
async fn seen(clinic: &Clinic, booked: &Booked) -> Vec<Value> {
    let list = clinic.mine(booked, "GET", "/documents", Value::Null).await;
    list.expect(200)["documents"].as_array().unwrap().clone()
}

/// The PMS has a document, and the patient consents to have it; its id.
async fn asked(clinic: &Clinic, booked: &Booked, id: &str) -> i64 {
    available(clinic, json!([document(booked, id)]))
        .await
        .expect(200);
    let documents = seen(clinic, booked).await;
    let id = documents.last().unwrap()["documentId"].as_i64().unwrap();
    consent(clinic, booked, id).await.expect(200);
    id
}

async fn consent(clinic: &Clinic, booked: &Booked, id: i64) -> Answer {
    let path = format!("/documents/{id}/consent");
    clinic.mine(booked, "POST", &path, Value::Null).await
}

fn with_content(booked: &Booked, id: &str, content: &[u8]) -> Value {
    let mut body = document(booked, id);
    body["documentContent"] = json!(STANDARD.encode(content));
    body
}

async fn upload(clinic: &Clinic, booked: &Booked, id: &str, content: &[u8]) -> Answer {
    let body = with_content(booked, id, content);
    clinic.pms("POST", "/documents/upload", body).await
}

async fn reject(clinic: &Clinic, booked: &Booked, id: &str) -> Answer {
    let body = json!({"bookingId": booked.id, "pmsDocumentId": id, "reason": "Withdrawn"});
    clinic.pms("POST", "/documents/rejectUpload", body).await
}

async fn content(clinic: &Clinic, booked: &Booked, id: i64) -> Answer {
    let path = format!("/documents/{id}/content");
    clinic.mine(booked, "GET", &path, Value::Null).await
}

async fn ask_for(clinic: &Clinic, booked: &Booked) {
    let id = ids::BookingId::new(booked.id).unwrap();
    clinic
        .ask(RequestType::AvailableDocuments, Target::Booking(id))
        .await;
}

/// The documents as staff see them.
async fn staff_sees(clinic: &Clinic, booked: &Booked) -> Value {
    let path = format!("/bookings/{}/documents", booked.id);
    clinic.admin("GET", &path, Value::Null).await.expect(200)
}

#[tokio::test]
async fn the_patient_sees_what_the_pms_said_last_doc_1() {
    let (clinic, booked) = clinic().await;
    available(&clinic, json!([document(&booked, "D1")]))
        .await
        .expect(200);
    let first = seen(&clinic, &booked).await;
    let id = first[0]["documentId"].as_i64().unwrap();
    assert_eq!(
        first,
        [
            json!({"documentId": id, "status": "available", "documentType": "referral",
            "name": "Referral to Dr Wu", "description": "Heart", "format": "application/pdf",
            "size": PDF.len(), "createdAt": "2026-11-22T01:02:03Z",
            "updatedAt": "2026-11-22T04:05:06Z"})
        ]
    );
    let changed = json!([
        {"bookingId": booked.id, "pmsDocumentId": "D1", "documentFormat": "free text"},
        {"bookingId": booked.id.to_string(), "pmsDocumentId": 2, "documentSize": "7"},
    ]);
    available(&clinic, changed.clone()).await.expect(200);
    let second = seen(&clinic, &booked).await;
    assert_eq!(second.len(), 2);
    assert_eq!(second[0]["documentId"], id);
    assert_eq!(second[0]["name"], Value::Null);
    assert_eq!(second[0]["format"], "free text");
    assert_eq!(second[1]["size"], 7);
    let news = deeds(&clinic, &booked).await.len();
    available(&clinic, changed).await.expect(200);
    assert_eq!(
        deeds(&clinic, &booked).await.len(),
        news,
        "the same is no news"
    );
}

#[tokio::test]
async fn a_booking_that_there_is_not_is_named_and_nothing_is_stored_doc_1() {
    let (clinic, booked) = clinic().await;
    let other = stranger(&clinic).await;
    ask_for(&clinic, &booked).await;
    let before = clinic.app.database.content();
    let elsewhere = other.practice_id * 100_000_000 + 1;
    let documents = json!([
        document(&booked, "D1"),
        {"bookingId": booked.id + 50, "pmsDocumentId": "D2"},
        {"bookingId": elsewhere, "pmsDocumentId": "D3"},
        {"bookingId": -1, "pmsDocumentId": "D4"},
    ]);
    let answer = available(&clinic, documents).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.error(),
        "[1].bookingId: is no booking of this practice; [2].bookingId: is no booking of this \
         practice; [3].bookingId: is no booking of this practice"
    );
    assert!(clinic.app.database.content() == before);
}

#[tokio::test]
async fn documents_answer_the_bookings_that_they_name_and_all_that_were_handed_out_doc_1() {
    let (clinic, one) = clinic().await;
    let two = clinic.book("2026-11-24T10:00").await;
    let three = clinic.book("2026-11-24T11:00").await;
    clinic.confirm(&two).await;
    ask_for(&clinic, &one).await;
    ask_for(&clinic, &two).await;
    assert!(
        clinic
            .poll()
            .await
            .contains(&"availableDocuments".to_owned())
    );
    // Not seen yet: only what is named is answered.
    available(&clinic, json!([document(&one, "D1")]))
        .await
        .expect(200);
    assert_eq!(
        clinic.list("availableDocuments").await,
        [json!({"bookingId": two.id, "pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"})]
    );
    ask_for(&clinic, &three).await;
    // Seen: answered by an empty list. The third was raised after that.
    available(&clinic, json!([])).await.expect(200);
    assert_eq!(
        clinic.list("availableDocuments").await,
        [json!({"bookingId": three.id, "pmsAppointmentIds": []})]
    );
    available(&clinic, json!([])).await.expect(200);
    assert!(clinic.list("availableDocuments").await.is_empty());
    assert!(
        !clinic
            .poll()
            .await
            .contains(&"availableDocuments".to_owned())
    );
}

#[tokio::test]
async fn what_another_integration_has_seen_is_not_answered_by_this_one_doc_1() {
    let (mut clinic, booked) = clinic().await;
    ask_for(&clinic, &booked).await;
    assert_eq!(clinic.list("availableDocuments").await.len(), 1);
    let consumer = json!({"name": "Successor", "contactEmail": "dev@successor.example"});
    let consumer = clinic
        .app
        .admin("POST", "/consumers", consumer)
        .await
        .expect(201);
    let (id, key) = (&consumer["consumerId"], &consumer["apiKey"]);
    let (id, key) = (id.as_i64().unwrap(), key.as_str().unwrap().to_owned());
    clinic.pms = clinic.app.consent(clinic.pms.practice_id, id, &key).await;
    clinic.enable("documents").await;
    available(&clinic, json!([])).await.expect(200);
    assert_eq!(clinic.list("availableDocuments").await.len(), 1);
}

#[tokio::test]
async fn without_the_feature_nothing_is_taken_and_nothing_shown_conf_4_doc_1() {
    let (clinic, booked) = clinic().await;
    asked(&clinic, &booked, "D1").await;
    ask_for(&clinic, &booked).await;
    clinic
        .pms("POST", "/features/documents/disable", Value::Null)
        .await
        .expect(200);
    let before = clinic.app.database.content();
    available(&clinic, json!([])).await.expect(403);
    upload(&clinic, &booked, "D1", PDF).await.expect(403);
    reject(&clinic, &booked, "D1").await.expect(400);
    assert!(clinic.list("availableDocuments").await.is_empty());
    assert!(clinic.list("uploadDocuments").await.is_empty());
    assert!(clinic.app.database.content() == before);
    clinic.enable("documents").await;
    assert_eq!(clinic.list("availableDocuments").await.len(), 1);
    assert_eq!(clinic.list("uploadDocuments").await.len(), 1);
}

#[tokio::test]
async fn a_consent_asks_once_and_the_upload_answers_it_doc_2() {
    let (clinic, booked) = clinic().await;
    let id = asked(&clinic, &booked, "D1").await;
    let again = consent(&clinic, &booked, id).await.expect(200);
    assert_eq!(again["status"], "requested");
    assert_eq!(
        clinic.list("uploadDocuments").await,
        [json!({"bookingId": booked.id, "pmsAppointmentIds": [], "pmsDocumentId": "D1"})]
    );
    clinic.confirm(&booked).await;
    let listed = clinic.list("uploadDocuments").await;
    assert_eq!(listed[0]["pmsPatientId"], "P1");
    assert_eq!(content(&clinic, &booked, id).await.status, 409);

    assert_eq!(
        upload(&clinic, &booked, "D1", PDF).await.expect(200),
        json!({})
    );
    assert!(clinic.list("uploadDocuments").await.is_empty());
    assert_eq!(seen(&clinic, &booked).await[0]["status"], "uploaded");
    let got = content(&clinic, &booked, id).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.bytes, PDF);
    assert_eq!(got.header("content-type"), Some("application/octet-stream"));
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    let file =
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''Referral%20to%20Dr%20Wu%2Epdf";
    assert_eq!(got.header("content-disposition"), Some(file));
    let deeds = deeds(&clinic, &booked).await;
    for deed in ["documentsAvailable", "documentConsent", "documentUploaded"] {
        assert_eq!(deeds.iter().filter(|one| *one == deed).count(), 1, "{deed}");
    }
}

#[tokio::test]
async fn only_the_booking_s_own_patient_has_its_documents_doc_2_auth_3() {
    let (clinic, booked) = clinic().await;
    let other = clinic.book("2026-11-24T10:00").await;
    let id = asked(&clinic, &booked, "D1").await;
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    assert_eq!(content(&clinic, &other, id).await.status, 404);
    assert_eq!(consent(&clinic, &other, id).await.status, 404);
    assert!(seen(&clinic, &other).await.is_empty());
    let path = format!("/bookings/{}/documents/{id}/content", booked.id);
    let thief = clinic
        .app
        .manage(&other.token, "GET", &path, Value::Null)
        .await;
    assert_eq!(thief.status, 404);
}

#[tokio::test]
async fn content_is_sealed_wherever_it_lies_doc_2() {
    let (clinic, booked) = clinic().await;
    asked(&clinic, &booked, "D1").await;
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    let kept = clinic.app.database.objects().kept();
    assert_eq!(kept.len(), 1);
    let holds = |bytes: &[u8]| {
        bytes
            .windows(8)
            .any(|part| PDF.windows(8).any(|p| p == part))
    };
    assert!(holds(PDF));
    assert!(!kept.values().any(|object| holds(object)));
}

#[tokio::test]
async fn an_upload_is_taken_if_it_was_asked_for_doc_2() {
    let (clinic, booked) = clinic().await;
    available(&clinic, json!([document(&booked, "D1")]))
        .await
        .expect(200);
    upload(&clinic, &booked, "D1", PDF).await.expect(403);
    upload(&clinic, &booked, "D2", PDF).await.expect(403);
    let mut body = with_content(&booked, "D1", PDF);
    body["bookingId"] = json!(booked.id + 50);
    clinic
        .pms("POST", "/documents/upload", body.clone())
        .await
        .expect(404);
    body["bookingId"] = json!(booked.id);
    body["documentContent"] = json!("no base64!");
    let refused = clinic.pms("POST", "/documents/upload", body).await;
    assert_eq!(refused.error(), "documentContent: must be base64");
    assert!(clinic.app.database.objects().kept().is_empty());

    asked(&clinic, &booked, "D1").await;
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    let before = clinic.app.database.content();
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    upload(&clinic, &booked, "D1", b"%PDF-1.7 another")
        .await
        .expect(403);
    assert!(clinic.app.database.content() == before);
    assert_eq!(clinic.app.database.objects().kept().len(), 1);
}

#[tokio::test]
async fn a_size_that_is_not_the_content_s_is_noted_for_the_practice_doc_2() {
    let (clinic, booked) = clinic().await;
    let id = asked(&clinic, &booked, "D1").await;
    asked(&clinic, &booked, "D2").await;
    let mut body = with_content(&booked, "D1", PDF);
    body["documentSize"] = json!(99_999);
    clinic
        .pms("POST", "/documents/upload", body)
        .await
        .expect(200);
    upload(&clinic, &booked, "D2", PDF).await.expect(200);
    let staff = staff_sees(&clinic, &booked).await;
    let first = &staff["documents"][0];
    assert_eq!(first["documentId"], id);
    assert_eq!(
        (&first["sizeSaid"], &first["size"], &first["sizeDiffers"]),
        (&json!(99_999), &json!(PDF.len()), &json!(true))
    );
    assert_eq!(staff["documents"][1]["sizeDiffers"], false);
    assert_eq!(seen(&clinic, &booked).await[0]["size"], PDF.len());
    let audit = audit(&clinic, &booked).await;
    let noted = audit
        .iter()
        .find(|one| one["action"] == "documentUploaded")
        .unwrap();
    assert_eq!(noted["detail"]["sizeSaid"], 99_999);
}

#[tokio::test]
async fn a_large_document_is_taken_in_any_spelling_and_a_larger_one_refused_wire_3_doc_2() {
    let (clinic, booked) = clinic().await;
    let large: Vec<u8> = (0..15_u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let headers = clinic
        .pms
        .headers_and(&[("content-type", "application/json")]);
    let post = async |headers: &[(String, String)], body: Vec<u8>| {
        let path = "/pms-api/v1/documents/upload";
        clinic
            .app
            .raw("POST", path, headers, Body::from(body))
            .await
    };
    // As PHP writes it.
    let id = asked(&clinic, &booked, "D1").await;
    let body = with_content(&booked, "D1", &large)
        .to_string()
        .replace('/', "\\/");
    post(&headers, body.into_bytes()).await.expect(200);
    assert!(content(&clinic, &booked, id).await.bytes == large);

    let id = asked(&clinic, &booked, "D2").await;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let body = with_content(&booked, "D2", &large).to_string();
    packed.write_all(body.as_bytes()).unwrap();
    let mut gzip = headers.clone();
    gzip.push(("content-encoding".into(), "gzip".into()));
    post(&gzip, packed.finish().unwrap()).await.expect(200);
    assert!(content(&clinic, &booked, id).await.bytes == large);

    asked(&clinic, &booked, "D3").await;
    post(&headers, vec![b' '; (30 << 20) + 1]).await.expect(413);
    assert_eq!(clinic.list("uploadDocuments").await.len(), 1);
}

#[tokio::test]
async fn the_same_upload_many_times_at_once_is_taken_once_doc_2() {
    let (clinic, booked) = on(Clinic::raced().await).await;
    let id = asked(&clinic, &booked, "D1").await;
    let clinic = Arc::new(clinic);
    let mut running = JoinSet::new();
    for _ in 0..6 {
        let (clinic, booked) = (Arc::clone(&clinic), booked.clone());
        running.spawn(async move { upload(&clinic, &booked, "D1", PDF).await.status });
    }
    assert!(running.join_all().await.iter().all(|status| *status == 200));
    assert_eq!(content(&clinic, &booked, id).await.bytes, PDF);
    let uploaded = deeds(&clinic, &booked).await;
    assert_eq!(
        uploaded
            .iter()
            .filter(|one| *one == "documentUploaded")
            .count(),
        1
    );
    clinic.app.advance(2 * 3600).await;
    assert_eq!(
        clinic.app.database.objects().kept().len(),
        1,
        "the others have no name"
    );
    assert_eq!(content(&clinic, &booked, id).await.bytes, PDF);
}

#[tokio::test]
async fn a_crash_between_object_and_row_leaves_a_request_and_soon_no_object_doc_2() {
    let (clinic, booked) = clinic().await;
    let id = asked(&clinic, &booked, "D1").await;
    let objects = Arc::clone(clinic.app.database.objects());
    objects.hang(true);
    let kept = async {
        while objects.kept().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = upload(&clinic, &booked, "D1", PDF) => panic!("{}", answer.status),
        () = kept => {}
    }
    objects.hang(false);
    let clinic = restarted(clinic).await;
    assert_eq!(clinic.list("uploadDocuments").await.len(), 1);
    assert_eq!(content(&clinic, &booked, id).await.status, 409);
    clinic.app.advance(1800).await;
    assert_eq!(objects.kept().len(), 1, "a call might still name it");
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    assert_eq!(objects.kept().len(), 2);
    clinic.app.advance(1800).await;
    assert_eq!(objects.kept().len(), 1);
    assert_eq!(content(&clinic, &booked, id).await.bytes, PDF);
}

#[tokio::test]
async fn an_object_store_that_fails_is_503_and_nothing_is_lost_doc_2() {
    let (clinic, booked) = clinic().await;
    let id = asked(&clinic, &booked, "D1").await;
    let objects = clinic.app.database.objects();
    objects.fail(true);
    let refused = upload(&clinic, &booked, "D1", PDF).await;
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(clinic.list("uploadDocuments").await.len(), 1);
    objects.fail(false);
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    objects.fail(true);
    assert_eq!(content(&clinic, &booked, id).await.status, 503);
    // What cannot be removed yet is removed later.
    clinic.app.advance(3600).await;
    objects.fail(false);
    clinic.app.advance(3600).await;
    assert_eq!(objects.kept().len(), 1);
    assert_eq!(content(&clinic, &booked, id).await.bytes, PDF);
}

#[tokio::test]
async fn a_rejection_answers_the_request_and_tells_the_patient_doc_3() {
    let postbox = Arc::new(Postbox::default());
    let app = TestApp::sending(postbox.outgoing()).await;
    let (clinic, booked) = on(Clinic::on(app).await).await;
    let id = asked(&clinic, &booked, "D1").await;
    clinic.app.advance(0).await;
    let _ = postbox.taken();
    reject(&clinic, &booked, "D1").await.expect(200);
    assert!(clinic.list("uploadDocuments").await.is_empty());
    assert_eq!(seen(&clinic, &booked).await[0]["status"], "declined");
    let before = clinic.app.database.content();
    reject(&clinic, &booked, "D1").await.expect(200);
    assert!(
        clinic.app.database.content() == before,
        "again: nothing changes"
    );
    clinic.app.advance(0).await;
    let told = postbox.taken();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "anna@example.com");
    assert!(!told[0].text.contains("Referral") && !told[0].text.contains("Withdrawn"));
    upload(&clinic, &booked, "D1", PDF).await.expect(403);
    let entries = audit(&clinic, &booked).await;
    let entry = entries
        .iter()
        .find(|one| one["action"] == "documentRejected")
        .unwrap();
    assert_eq!(entry["note"], "Withdrawn");
    // The patient may ask once more.
    consent(&clinic, &booked, id).await.expect(200);
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
}

#[tokio::test]
async fn what_nobody_asked_for_cannot_be_rejected_doc_3() {
    let (clinic, booked) = clinic().await;
    available(&clinic, json!([document(&booked, "D1")]))
        .await
        .expect(200);
    for id in ["D1", "D2"] {
        let refused = reject(&clinic, &booked, id).await;
        assert_eq!(refused.status, 400);
        assert_eq!(
            refused.error(),
            "pmsDocumentId: is no document that was asked for"
        );
    }
    let nowhere = Booked {
        id: booked.id + 50,
        token: String::new(),
    };
    reject(&clinic, &nowhere, "D1").await.expect(400);
    asked(&clinic, &booked, "D1").await;
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    reject(&clinic, &booked, "D1").await.expect(400);
}

#[tokio::test]
async fn an_erased_booking_has_no_documents_and_their_content_goes_doc_2() {
    let (clinic, booked) = clinic().await;
    clinic.confirm(&booked).await;
    let id = asked(&clinic, &booked, "D1").await;
    upload(&clinic, &booked, "D1", PDF).await.expect(200);
    asked(&clinic, &booked, "D2").await;
    only_the_clock(&clinic, "2026-11-25T00:00:00Z");
    let whose = json!({"bookingId": booked.id});
    clinic
        .admin("POST", "/erasePatient", whose)
        .await
        .expect(200);
    assert!(clinic.list("uploadDocuments").await.is_empty());
    let staff = staff_sees(&clinic, &booked).await;
    assert_eq!(staff, json!({"documents": [], "attachments": []}));
    assert_eq!(content(&clinic, &booked, id).await.status, 404);
    available(&clinic, json!([document(&booked, "D1")]))
        .await
        .expect(400);
    clinic.app.advance(25 * 3600).await;
    assert!(clinic.app.database.objects().kept().is_empty());
}
