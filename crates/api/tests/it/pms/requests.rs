//! `GET /requests` and what all requests have in common (REQ-1 to REQ-4).

use crate::pms::support::{
    NO_ID, answer, audit_total, only_the_clock, raise, restarted, send_resources, send_types,
    stranger, the_update,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Clinic, Pms, TestApp};

/// The outstanding requests as the portal lists them: type and id.
async fn open(clinic: &Clinic) -> Vec<(String, i64)> {
    let list = clinic
        .admin("GET", "/requests", Value::Null)
        .await
        .expect(200);
    let requests = list["data"].as_array().unwrap().iter();
    requests
        .map(|r| {
            (
                r["type"].as_str().unwrap().into(),
                r["requestId"].as_i64().unwrap(),
            )
        })
        .collect()
}

async fn poll(app: &TestApp, pms: &Pms) -> Value {
    app.pms(pms, "GET", "/requests", Value::Null)
        .await
        .expect(200)
}

#[tokio::test]
async fn the_types_are_named_once_each_in_their_order_req_1() {
    let clinic = Clinic::new().await;
    assert_eq!(poll(&clinic.app, &clinic.pms).await, json!([]));
    // Raised in the opposite order, two of most.
    raise(&clinic, json!({"type": "pmsAppointmentTypes"})).await;
    raise(&clinic, json!({"type": "pmsResources"})).await;
    let confirmed = clinic.book("2026-11-24T09:00").await;
    let other = clinic.book("2026-11-24T09:30").await;
    for booked in [&confirmed, &other] {
        clinic.confirm(booked).await;
        clinic.ask_for_changes(booked).await;
    }
    raise(&clinic, json!({"type": "availability", "date": DAY})).await;
    raise(
        &clinic,
        json!({"type": "availability", "date": "2026-11-25"}),
    )
    .await;
    clinic.cancel(&confirmed).await;
    clinic.cancel(&other).await;
    clinic.book("2026-11-24T10:00").await;
    clinic.book("2026-11-24T10:30").await;
    let expected = [
        "bookings",
        "bookingUpdates",
        "availability",
        "pmsAppointmentChanges",
        "pmsResources",
        "pmsAppointmentTypes",
    ];
    assert_eq!(clinic.poll().await, expected);
    let clinic = restarted(clinic).await;
    assert_eq!(clinic.poll().await, expected);
    assert_eq!(open(&clinic).await.len(), 10);
}

#[tokio::test]
async fn request_ids_grow_and_name_their_practice_req_2() {
    let clinic = Clinic::new().await;
    let mut last = 0;
    let base = clinic.pms.practice_id * 100_000_000;
    for start in ["2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00"] {
        let booked = clinic.book(start).await;
        let id = open(&clinic).await[0].1;
        assert!(id > last && (base..base + 100_000_000).contains(&id));
        assert!((base..base + 100_000_000).contains(&booked.id));
        last = id;
        clinic.confirm(&booked).await;
        clinic.cancel(&booked).await;
        let update = the_update(&clinic).await;
        assert!(update > last);
        last = update;
        answer(&clinic, &booked, "confirmUpdate", update)
            .await
            .expect(200);
        let day = raise(&clinic, json!({"type": "availability", "date": DAY})).await;
        assert!(day > last);
        last = day;
        clinic.app.clock.advance(1);
        for resource in ["12345", "12346"] {
            let body = slotbridge_testkit::clinic::snapshot(resource, DAY);
            clinic
                .pms("POST", "/availability/snapshot", body)
                .await
                .expect(200);
        }
        assert!(open(&clinic).await.is_empty());
    }
}

#[tokio::test]
async fn raised_again_it_is_the_one_that_is_outstanding_req_2() {
    let clinic = Clinic::new().await;
    for kind in ["pmsResources", "pmsAppointmentTypes"] {
        let first = raise(&clinic, json!({"type": kind})).await;
        assert_eq!(raise(&clinic, json!({"type": kind})).await, first);
        let clinic = &clinic;
        assert_eq!(
            open(clinic)
                .await
                .iter()
                .filter(|(name, _)| name == kind)
                .count(),
            1
        );
    }
    let booked = clinic.book("2026-11-24T09:00").await;
    let inserts = json!({"type": "bookings", "bookingId": booked.id});
    let insert = raise(&clinic, inserts.clone()).await;
    assert_eq!(raise(&clinic, inserts.clone()).await, insert);
    clinic.confirm(&booked).await;
    // Once resolved it never comes back, by hand neither.
    clinic.admin("POST", "/requests", inserts).await.expect(409);
    let none = json!({"type": "bookingUpdates", "bookingId": booked.id});
    clinic.admin("POST", "/requests", none).await.expect(409);
    let nobody = clinic.pms.practice_id * 100_000_000 + NO_ID;
    let unknown = json!({"type": "bookings", "bookingId": nobody});
    clinic.admin("POST", "/requests", unknown).await.expect(404);
}

#[tokio::test]
async fn a_refused_booking_leaves_no_request_behind_req_2() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    let before = open(&clinic).await;
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    let mut faulty = clinic.booking("2026-11-24T10:00");
    faulty["patient"]["dob"] = json!("tomorrow");
    clinic
        .app
        .patient("POST", "/bookings", faulty)
        .await
        .expect(400);
    assert_eq!(open(&clinic).await, before);
    assert_eq!(clinic.list("bookings").await.len(), 1);
    assert!(clinic.starts().await.contains(&"10:00".to_owned()));
}

#[tokio::test]
async fn what_is_outstanding_stays_so_until_it_is_answered_req_2() {
    let clinic = Clinic::new().await;
    let waiting = clinic.book("2026-11-24T09:00").await;
    let cancelled = clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&cancelled).await;
    clinic.cancel(&cancelled).await;
    for _ in 0..3 {
        clinic.list("bookings").await;
        clinic.list("bookingUpdates").await;
        clinic.app.advance(30 * 86_400).await;
    }
    let clinic = restarted(clinic).await;
    assert_eq!(clinic.poll().await, ["bookings", "bookingUpdates"]);
    clinic.confirm(&waiting).await;
    let update = the_update(&clinic).await;
    answer(&clinic, &cancelled, "confirmUpdate", update)
        .await
        .expect(200);
    clinic.app.advance(30 * 86_400).await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn polling_is_contact_and_writes_nothing_req_3() {
    let clinic = Clinic::new().await;
    clinic.app.hub.flush_contacts().await.unwrap();
    let contact = async |clinic: &Clinic| {
        let list = clinic
            .admin("GET", "/consents", Value::Null)
            .await
            .expect(200);
        list["data"][0]["lastContactAt"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let before = audit_total(&clinic).await;
    only_the_clock(&clinic, "2026-11-23T01:00:00Z");
    assert!(clinic.poll().await.is_empty());
    assert_eq!(contact(&clinic).await, "2026-11-23T01:00:00Z");
    assert_eq!(audit_total(&clinic).await, before);
    // Only in memory: gone with the hub that has not written it yet.
    let clinic = restarted(clinic).await;
    assert_eq!(contact(&clinic).await, "2026-11-23T00:00:00Z");
    clinic.poll().await;
    clinic.app.hub.flush_contacts().await.unwrap();
    let clinic = restarted(clinic).await;
    assert_eq!(contact(&clinic).await, "2026-11-23T01:00:00Z");
}

#[tokio::test]
async fn every_authenticated_call_is_contact_even_a_refused_one_req_3() {
    let clinic = Clinic::new().await;
    only_the_clock(&clinic, "2026-11-23T02:00:00Z");
    clinic
        .pms("POST", "/bookings/1/confirmInsert", json!({}))
        .await
        .expect(400);
    let list = clinic
        .admin("GET", "/consents", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"][0]["lastContactAt"], "2026-11-23T02:00:00Z");
    // One with a wrong key is none.
    only_the_clock(&clinic, "2026-11-23T03:00:00Z");
    let wrong = Pms {
        practice_key: "x".into(),
        ..clinic.pms.clone()
    };
    clinic
        .app
        .pms(&wrong, "GET", "/requests", Value::Null)
        .await
        .expect(403);
    let list = clinic
        .admin("GET", "/consents", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"][0]["lastContactAt"], "2026-11-23T02:00:00Z");
}

#[tokio::test]
async fn a_new_practice_is_asked_for_its_resources_and_types_req_4() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    assert_eq!(
        poll(&app, &pms).await,
        json!(["pmsResources", "pmsAppointmentTypes"])
    );
    let path = "/config/pmsAppointmentTypes/snapshot";
    app.pms(&pms, "POST", path, json!([])).await.expect(200);
    assert_eq!(
        poll(&app, &pms).await,
        json!(["pmsResources"]),
        "an empty list is an answer"
    );
    let path = "/config/pmsResources/snapshot";
    app.pms(&pms, "POST", path, json!([{}])).await.expect(400);
    assert_eq!(poll(&app, &pms).await, json!(["pmsResources"]));
    let app = app.restart().await;
    let resources = json!([{"pmsResourceId": "1", "pmsResourceName": "One"}]);
    app.pms(&pms, "POST", path, resources).await.expect(200);
    assert_eq!(poll(&app, &pms).await, json!([]));
}

#[tokio::test]
async fn a_consent_to_a_practice_that_has_sent_both_asks_for_nothing_req_4() {
    let clinic = Clinic::new().await;
    let again = clinic.app.consent(
        clinic.pms.practice_id,
        clinic.pms.consumer_id,
        &clinic.pms.api_key,
    );
    let again = again.await;
    assert_eq!(poll(&clinic.app, &again).await, json!([]));
}

#[tokio::test]
async fn a_second_consent_before_any_snapshot_asks_once_req_4_req_2() {
    let app = TestApp::new().await;
    let first = app.link(json!({})).await;
    let second = app
        .consent(first.practice_id, first.consumer_id, &first.api_key)
        .await;
    let asked = json!(["pmsResources", "pmsAppointmentTypes"]);
    assert_eq!(poll(&app, &second).await, asked);
    let path = format!("/practices/{}/requests", first.practice_id);
    let open = app.admin("GET", &path, Value::Null).await.expect(200);
    assert_eq!(open["page"]["total"], 2);
}

#[tokio::test]
async fn by_hand_they_are_raised_and_resolved_by_an_unchanged_snapshot_req_4() {
    let clinic = Clinic::new().await;
    send_resources(&clinic, &["12345", "12346"]).await;
    let types = clinic
        .pms("GET", "/config/pmsAppointmentTypes", Value::Null)
        .await;
    let types = types.expect(200);
    for _ in 0..2 {
        raise(&clinic, json!({"type": "pmsResources"})).await;
        raise(&clinic, json!({"type": "pmsAppointmentTypes"})).await;
        assert_eq!(clinic.poll().await, ["pmsResources", "pmsAppointmentTypes"]);
        send_types(&clinic, types.clone()).await;
        assert_eq!(clinic.poll().await, ["pmsResources"]);
        send_resources(&clinic, &["12345", "12346"]).await;
        assert!(clinic.poll().await.is_empty());
    }
}

#[tokio::test]
async fn another_practice_s_requests_are_not_told_req_1() {
    let clinic = Clinic::new().await;
    let other = stranger(&clinic).await;
    clinic.book("2026-11-24T09:00").await;
    let asked = json!(["pmsResources", "pmsAppointmentTypes"]);
    assert_eq!(poll(&clinic.app, &other).await, asked);
    assert_eq!(clinic.poll().await, ["bookings"]);
}

#[tokio::test]
async fn lists_of_what_this_version_never_asks_are_empty_req_1() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    for list in ["pmsAppointmentChanges", "availability", "bookingUpdates"] {
        assert!(clinic.list(list).await.is_empty(), "{list}");
    }
}
