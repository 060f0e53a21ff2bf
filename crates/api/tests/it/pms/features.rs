//! The extra features (CONF-4), and what they show and hide (REQ-1).

use crate::pms::support::{audit_total, restarted};
use serde_json::{Value, json};
use slotbridge_domain::{ids, request::RequestType};
use slotbridge_hub::rows::Target;
use slotbridge_testkit::{Clinic, Pms};

const IDS: [&str; 3] = ["documents", "clientSnapshots", "attachDocuments"];

/// Which features are on, in the order of the list.
async fn enabled(clinic: &Clinic) -> Vec<bool> {
    let list = clinic
        .pms("GET", "/features", Value::Null)
        .await
        .expect(200);
    let list = list.as_array().unwrap();
    let ids: Vec<&str> = list.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, IDS);
    list.iter()
        .map(|one| one["enabled"].as_bool().unwrap())
        .collect()
}

async fn switch(clinic: &Clinic, id: &str, what: &str) {
    let path = format!("/features/{id}/{what}");
    let done = clinic.pms("POST", &path, Value::Null).await.expect(200);
    assert_eq!(done, json!({}));
}

/// Leaves a request of each extra type outstanding.
async fn raise_extra(clinic: &Clinic) {
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let booking = ids::BookingId::new(booked.id).unwrap();
    let document = |number| Target::Document {
        booking_id: booking,
        document_id: ids::DocumentId::of(booking.practice(), number),
    };
    let snapshot = Target::ClientSnapshot {
        date: "2026-11-24".into(),
        date_type: "appt_datetime".into(),
    };
    let wanted = [
        (RequestType::AttachDocuments, document(1)),
        (RequestType::ClientSnapshots, snapshot),
        (RequestType::UploadDocuments, document(2)),
        (RequestType::AvailableDocuments, Target::Booking(booking)),
    ];
    for (kind, target) in wanted {
        clinic.ask(kind, target).await;
    }
}

#[tokio::test]
async fn each_is_off_until_it_is_enabled_conf_4() {
    let clinic = Clinic::new().await;
    assert_eq!(enabled(&clinic).await, [false, false, false]);
    switch(&clinic, "clientSnapshots", "enable").await;
    assert_eq!(enabled(&clinic).await, [false, true, false]);
    let one = clinic
        .pms("GET", "/features/clientSnapshots", Value::Null)
        .await
        .expect(200);
    assert_eq!(one["id"], "clientSnapshots");
    assert_eq!(one["enabled"], true);
    let clinic = restarted(clinic).await;
    assert_eq!(enabled(&clinic).await, [false, true, false]);
    switch(&clinic, "clientSnapshots", "disable").await;
    assert_eq!(enabled(&clinic).await, [false, false, false]);
}

#[tokio::test]
async fn switching_again_changes_nothing_conf_4() {
    let clinic = Clinic::new().await;
    switch(&clinic, "documents", "disable").await;
    assert_eq!(enabled(&clinic).await, [false, false, false]);
    for (what, on) in [("enable", true), ("disable", false)] {
        switch(&clinic, "documents", what).await;
        let entries = audit_total(&clinic).await;
        switch(&clinic, "documents", what).await;
        assert_eq!(enabled(&clinic).await, [on, false, false]);
        assert_eq!(audit_total(&clinic).await, entries, "it is written once");
    }
}

#[tokio::test]
async fn one_that_there_is_not_is_404_conf_4() {
    let clinic = Clinic::new().await;
    for id in ["nothing", "Documents", "1", "documents%20", "%00", "%ff"] {
        for (method, path) in [
            ("GET", format!("/features/{id}")),
            ("POST", format!("/features/{id}/enable")),
            ("POST", format!("/features/{id}/disable")),
        ] {
            let answer = clinic.pms(method, &path, Value::Null).await;
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.error(), "there is no such feature");
        }
    }
    assert_eq!(enabled(&clinic).await, [false, false, false]);
}

#[tokio::test]
async fn they_are_of_one_practice_and_one_consumer_conf_4() {
    let clinic = Clinic::new().await;
    switch(&clinic, "documents", "enable").await;
    let Clinic { app, pms, .. } = clinic;
    let other = Clinic::on(app).await;
    assert_eq!(enabled(&other).await, [false, false, false]);
    // The practice goes over to another vendor, which has to say for itself what it supports.
    let consent = json!({"consumerId": other.pms.consumer_id, "replace": true});
    let path = format!("/practices/{}/consents", pms.practice_id);
    let granted = other.app.admin("POST", &path, consent).await.expect(201);
    let moved = Pms {
        practice_id: pms.practice_id,
        practice_key: granted["practiceKey"].as_str().unwrap().into(),
        ..other.pms.clone()
    };
    let list = other
        .app
        .pms(&moved, "GET", "/features", Value::Null)
        .await
        .expect(200);
    let list = list.as_array().unwrap();
    assert!(list.iter().all(|one| one["enabled"] == false));
}

#[tokio::test]
async fn requests_of_a_feature_that_is_off_are_hidden_and_kept_req_1_conf_4() {
    let clinic = Clinic::new().await;
    raise_extra(&clinic).await;
    assert!(clinic.poll().await.is_empty());
    switch(&clinic, "documents", "enable").await;
    assert_eq!(
        clinic.poll().await,
        ["availableDocuments", "uploadDocuments"]
    );
    switch(&clinic, "attachDocuments", "enable").await;
    switch(&clinic, "clientSnapshots", "enable").await;
    let all = [
        "availableDocuments",
        "uploadDocuments",
        "clientSnapshots",
        "attachDocuments",
    ];
    assert_eq!(clinic.poll().await, all);
    switch(&clinic, "documents", "disable").await;
    assert_eq!(clinic.poll().await, ["clientSnapshots", "attachDocuments"]);
    let clinic = restarted(clinic).await;
    switch(&clinic, "documents", "enable").await;
    assert_eq!(clinic.poll().await, all, "they are shown again");
}
