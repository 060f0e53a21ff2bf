//! What the hub says and asks of bookings that the PMS has, or should have.

use crate::stage::{Stage, at, settings};
use crate::wrapped::{Verdict, Wrapped, later, refused};
use serde_json::{Value, json};
use slotbridge_agent::adapter::Document;
use slotbridge_agent::clinic::Settings;
use slotbridge_testkit::Booked;
use slotbridge_testkit::Limits;
use slotbridge_testkit::proxy::Fault;
use std::sync::Arc;

fn nobody() -> [String; 0] {
    []
}

#[tokio::test]
async fn a_cancellation_is_done_in_the_book_and_confirmed_book_8() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    stage.hub.cancel(&booked).await;
    agent.poll().await.unwrap();
    assert_eq!(stage.standing(&booked), []);
    assert_eq!(stage.hub.poll().await, nobody());
    assert_eq!(stage.hub.attention().await, [], "it was not refused");
    // And the time is free again.
    agent.take_changes().await.unwrap();
    assert!(stage.hub.starts().await.contains(&"09:00".to_owned()));
}

#[tokio::test]
async fn a_cancellation_of_an_unknown_appointment_is_refused_book_8() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    stage.hub.confirm(&booked).await;
    stage.hub.cancel(&booked).await;
    stage.proxy.take();
    stage.agent().poll().await.unwrap();
    let lines = stage.proxy.lines();
    assert!(
        lines.iter().any(|line| line.contains("/rejectUpdate/")),
        "{lines:?}"
    );
    assert_eq!(stage.hub.poll().await, nobody());
}

#[tokio::test]
async fn a_cancellation_that_the_pms_refuses_is_answered_so_and_holds_up_no_other_book_8() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    let locked = stage.taken("09:00", &agent).await;
    let slow = stage.taken("09:15", &agent).await;
    let plain = stage.taken("09:30", &agent).await;
    for booked in [&locked, &slow, &plain] {
        stage.hub.cancel(booked).await;
    }
    let (refuses, waits) = (locked.id.to_string(), slow.id.to_string());
    wrapped.judge(move |asked| match asked {
        asked if asked.what == "cancel" && asked.of == refuses => refused(),
        asked if asked.what == "cancel" && asked.of == waits => later(),
        _ => Verdict::Go,
    });
    agent.poll().await.unwrap_err();
    assert_eq!(stage.standing(&plain), []);
    let left = stage.hub.list("bookingUpdates").await;
    let left: Vec<&Value> = left.iter().map(|update| &update["bookingId"]).collect();
    assert_eq!(left, [&json!(slow.id)]);
    assert_eq!(stage.hub.attention().await.len(), 1, "staff are told");
    wrapped.judge(|_| Verdict::Go);
    agent.poll().await.unwrap();
    assert_eq!(stage.standing(&slow), []);
    assert_eq!(stage.hub.poll().await, nobody());
}

#[tokio::test]
async fn asked_about_appointments_it_says_what_became_of_them_book_11() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let stands = stage.taken("09:00", &agent).await;
    let struck = stage.taken("09:15", &agent).await;
    let unknown = stage.hub.book(&at("09:30")).await;
    stage.hub.confirm(&unknown).await;
    stage.book.strike(&stage.standing(&struck)[0].id).unwrap();
    for booked in [&stands, &struck, &unknown] {
        stage.hub.ask_for_changes(booked).await;
    }
    stage.proxy.take();
    agent.poll().await.unwrap();
    let lines = stage.proxy.lines();
    let said = |booked: &Booked, what: &str| {
        let line = format!("POST /bookings/{}/{what}", booked.id);
        assert!(lines.contains(&line), "{line}: {lines:?}");
    };
    said(&stands, "noPmsAppointmentChange");
    said(&struck, "cancel");
    said(&unknown, "noPmsAppointmentChange");
    assert_eq!(stage.hub.poll().await, nobody());
    assert_eq!(stage.hub.status(&struck).await, "cancelled");
}

fn with_documents() -> Settings {
    Settings {
        documents: true,
        ..settings()
    }
}

fn referral(id: &str) -> Document {
    Document {
        id: id.to_owned(),
        kind: "referral".to_owned(),
        name: "Referral to Dr Wu".to_owned(),
        format: "application/pdf".to_owned(),
        created_at: None,
    }
}

/// The practice asks which documents a booking has.
async fn ask_for_documents(stage: &Stage, booked: &Booked) {
    let body = json!({"type": "availableDocuments", "bookingId": booked.id});
    stage.hub.admin("POST", "/requests", body).await.expect(201);
}

async fn seen(stage: &Stage, booked: &Booked) -> Vec<Value> {
    let list = stage
        .hub
        .mine(booked, "GET", "/documents", Value::Null)
        .await;
    list.expect(200)["documents"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_unknown_booking_has_an_empty_list_of_documents_doc_1() {
    let stage = Stage::with(with_documents()).await;
    let booked = stage.hub.book(&at("09:00")).await;
    stage.hub.confirm(&booked).await;
    ask_for_documents(&stage, &booked).await;
    assert_eq!(stage.hub.poll().await, ["availableDocuments"]);
    stage.proxy.take();
    let agent = stage.agent_with(stage.book.clone(), with_documents());
    agent.poll().await.unwrap();
    let sent = stage.proxy.take();
    let sent = sent
        .iter()
        .find(|call| call.line == "POST /documents/available");
    assert_eq!(sent.unwrap().body, "[]");
    assert_eq!(stage.hub.poll().await, nobody());
}

/// A booking with a document for which its patient asks.
async fn asked(stage: &Stage, wrapped: &Wrapped, time: &str) -> Booked {
    let booked = stage.hub.book(&at(time)).await;
    let agent = stage.agent_with(stage.book.clone(), with_documents());
    agent.poll().await.unwrap();
    drop(agent);
    let document = (booked.id, referral("D1"), b"%PDF-1.7".to_vec());
    wrapped.documents.lock().unwrap().push(document);
    booked
}

/// The agent tells of the documents, and the patients consent.
async fn consented(stage: &Stage, wrapped: &Arc<Wrapped>, all: &[&Booked]) {
    for booked in all {
        ask_for_documents(stage, booked).await;
    }
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    for booked in all {
        let id = seen(stage, booked).await[0]["documentId"].as_i64().unwrap();
        let path = format!("/documents/{id}/consent");
        let done = stage.hub.mine(booked, "POST", &path, Value::Null).await;
        done.expect(200);
    }
}

#[tokio::test]
async fn a_document_that_a_patient_wants_is_sent_and_one_that_is_gone_refused_doc_2_doc_3() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let gone = asked(&stage, &wrapped, "09:00").await;
    let there = asked(&stage, &wrapped, "09:15").await;
    consented(&stage, &wrapped, &[&gone, &there]).await;
    wrapped
        .documents
        .lock()
        .unwrap()
        .retain(|(id, ..)| *id != gone.id);
    stage.proxy.take();
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    let lines = stage.proxy.lines();
    for line in ["POST /documents/rejectUpload", "POST /documents/upload"] {
        assert!(lines.iter().any(|one| one == line), "{line}: {lines:?}");
    }
    assert_eq!(stage.hub.poll().await, nobody());
}

#[tokio::test]
async fn a_document_that_cannot_be_read_at_the_moment_holds_up_no_other_doc_2() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let slow = asked(&stage, &wrapped, "09:00").await;
    let there = asked(&stage, &wrapped, "09:15").await;
    consented(&stage, &wrapped, &[&slow, &there]).await;
    let waits = slow.id.to_string();
    wrapped.judge(
        move |asked| match asked.what == "content" && asked.of == waits {
            true => later(),
            false => Verdict::Go,
        },
    );
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap_err();
    let left = stage.hub.list("uploadDocuments").await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["bookingId"], slow.id);
    wrapped.judge(|_| Verdict::Go);
    agent.poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, nobody());
}

/// Two bookings with a document each, for which their patients ask.
async fn two_wanted(stage: &Stage, wrapped: &Arc<Wrapped>) -> [Booked; 2] {
    let first = asked(stage, wrapped, "09:00").await;
    let second = asked(stage, wrapped, "09:15").await;
    consented(stage, wrapped, &[&first, &second]).await;
    [first, second]
}

/// Nothing is outstanding: the first document was refused to its patient, the second sent.
async fn assert_given_up(stage: &Stage, [refused, sent]: &[Booked; 2]) {
    assert_eq!(stage.hub.poll().await, nobody());
    assert_eq!(seen(stage, refused).await[0]["status"], "declined");
    assert_eq!(seen(stage, sent).await[0]["status"], "uploaded");
}

#[tokio::test]
async fn a_document_that_the_hub_refuses_is_given_up_and_holds_up_no_other_doc_2_doc_3() {
    for status in [400, 403, 404, 410, 413, 415, 422] {
        let stage = Stage::with(with_documents()).await;
        let wrapped = Wrapped::new(&stage.book);
        let wanted = two_wanted(&stage, &wrapped).await;
        let id = wanted[0].id.to_string();
        stage.proxy.plan(move |call| {
            let is_it = call.line == "POST /documents/upload" && call.body.contains(&id);
            match is_it {
                true => Fault::Instead(status),
                false => Fault::None,
            }
        });
        let agent = stage.agent_with(wrapped.clone(), with_documents());
        stage.proxy.take();
        agent.poll().await.unwrap();
        let mut calls = stage.proxy.take();
        calls.retain(|call| call.line == "POST /documents/rejectUpload");
        let is_too_large = calls[0].body.contains("too large");
        assert_eq!(is_too_large, status == 413, "the patient is told why");
        assert_given_up(&stage, &wanted).await;
    }
}

#[tokio::test]
async fn a_document_that_the_hub_may_take_later_is_not_given_up_doc_2() {
    for status in [401, 408, 429, 500, 503] {
        let stage = Stage::with(with_documents()).await;
        let wrapped = Wrapped::new(&stage.book);
        two_wanted(&stage, &wrapped).await;
        stage
            .proxy
            .plan(move |call| match call.line == "POST /documents/upload" {
                true => Fault::Instead(status),
                false => Fault::None,
            });
        let agent = stage.agent_with(wrapped.clone(), with_documents());
        agent.poll().await.unwrap_err();
        stage.proxy.calm();
        assert_eq!(stage.hub.list("uploadDocuments").await.len(), 2, "{status}");
        agent.poll().await.unwrap();
        assert_eq!(stage.hub.poll().await, nobody());
    }
}

#[tokio::test]
async fn a_document_that_is_too_large_for_the_hub_is_given_up_doc_2_doc_3() {
    let mut stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let wanted = two_wanted(&stage, &wrapped).await;
    wrapped.documents.lock().unwrap()[0].2 = vec![b'x'; 4 * 1024 * 1024];
    stage.hub.app.limit(Limits {
        document_body_bytes: 1024 * 1024,
        ..Limits::default()
    });
    // No proxy hides how the connection ends: the hub does not read a body that it does not take.
    stage.serve_itself().await;
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    assert_given_up(&stage, &wanted).await;
}

#[tokio::test]
async fn a_list_with_a_document_that_the_hub_refuses_is_told_without_it_doc_1() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let refused = asked(&stage, &wrapped, "09:00").await;
    let good = asked(&stage, &wrapped, "09:15").await;
    // No id at all.
    wrapped.documents.lock().unwrap()[0].1.id = String::new();
    for booked in [&refused, &good] {
        ask_for_documents(&stage, booked).await;
    }
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, nobody());
    assert_eq!(seen(&stage, &refused).await.len(), 0);
    assert_eq!(seen(&stage, &good).await.len(), 1);
}

#[tokio::test]
async fn a_list_of_which_the_hub_takes_nothing_is_answered_doc_1() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let booked = asked(&stage, &wrapped, "09:00").await;
    // No id at all.
    wrapped.documents.lock().unwrap()[0].1.id = String::new();
    ask_for_documents(&stage, &booked).await;
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, nobody());
    assert_eq!(seen(&stage, &booked).await.len(), 0);
}

/// Two bookings with a document each, of which the practice asks; what the PMS says to the question
/// which documents the first one has.
async fn two_asked(stage: &Stage, wrapped: &Arc<Wrapped>, says: Verdict) -> [Booked; 2] {
    let first = asked(stage, wrapped, "09:00").await;
    let second = asked(stage, wrapped, "09:15").await;
    for booked in [&first, &second] {
        ask_for_documents(stage, booked).await;
    }
    let id = first.id.to_string();
    wrapped.judge(
        move |asked| match asked.what == "documents" && asked.of == id {
            true => says.clone(),
            false => Verdict::Go,
        },
    );
    [first, second]
}

#[tokio::test]
async fn while_one_list_cannot_be_read_none_is_told_doc_1() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let both = two_asked(&stage, &wrapped, later()).await;
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap_err();
    // Any list answers for all bookings of which the hub asked.
    assert_eq!(stage.hub.list("availableDocuments").await.len(), 2);
    wrapped.judge(|_| Verdict::Go);
    agent.poll().await.unwrap();
    for booked in &both {
        assert_eq!(seen(&stage, booked).await.len(), 1);
    }
    assert_eq!(stage.hub.poll().await, nobody());
}

#[tokio::test]
async fn a_list_that_the_pms_refuses_is_empty_and_holds_up_no_other_doc_1() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let [refuses, there] = two_asked(&stage, &wrapped, refused()).await;
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, nobody());
    assert_eq!(seen(&stage, &refuses).await.len(), 0);
    assert_eq!(seen(&stage, &there).await.len(), 1);
}

#[tokio::test]
async fn of_two_documents_the_one_that_the_patient_wants_is_sent_doc_2() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let booked = asked(&stage, &wrapped, "09:00").await;
    let other = Document {
        name: "Results".to_owned(),
        ..referral("D0")
    };
    let other = (booked.id, other, b"%PDF-1.4".to_vec());
    wrapped.documents.lock().unwrap().insert(0, other);
    ask_for_documents(&stage, &booked).await;
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    let named = |all: Vec<Value>, name: &str| all.into_iter().find(|one| one["name"] == name);
    let wanted = named(seen(&stage, &booked).await, "Referral to Dr Wu").unwrap();
    let path = format!("/documents/{}", wanted["documentId"]);
    let consent = format!("{path}/consent");
    let done = stage.hub.mine(&booked, "POST", &consent, Value::Null).await;
    done.expect(200);
    agent.poll().await.unwrap();
    let path = format!("{path}/content");
    let content = stage.hub.mine(&booked, "GET", &path, Value::Null).await;
    assert_eq!(content.status, 200);
    assert_eq!(content.bytes[..], b"%PDF-1.7"[..]);
    let other = named(seen(&stage, &booked).await, "Results").unwrap();
    assert_ne!(other["status"], "uploaded");
}

/// The hub says to the first call of a kind that it does not take it.
fn refuse_first(stage: &Stage, part: &'static str) {
    let mut is_first = true;
    stage
        .proxy
        .plan(move |call| match call.line.contains(part) && is_first {
            true => {
                is_first = false;
                Fault::Instead(400)
            }
            false => Fault::None,
        });
}

#[tokio::test]
async fn a_document_that_somebody_answered_meanwhile_holds_up_no_other_doc_3() {
    let stage = Stage::with(with_documents()).await;
    let wrapped = Wrapped::new(&stage.book);
    let [gone, there] = two_wanted(&stage, &wrapped).await;
    wrapped
        .documents
        .lock()
        .unwrap()
        .retain(|(id, ..)| *id != gone.id);
    refuse_first(&stage, "/documents/rejectUpload");
    let agent = stage.agent_with(wrapped.clone(), with_documents());
    agent.poll().await.unwrap();
    assert_eq!(seen(&stage, &there).await[0]["status"], "uploaded");
}

#[tokio::test]
async fn an_update_that_somebody_answered_meanwhile_holds_up_no_other_book_8() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let both = [
        stage.taken("09:00", &agent).await,
        stage.taken("09:15", &agent).await,
    ];
    for booked in &both {
        stage.hub.cancel(booked).await;
    }
    refuse_first(&stage, "/confirmUpdate/");
    agent.poll().await.unwrap();
    for booked in &both {
        assert_eq!(stage.standing(booked), []);
    }
}
