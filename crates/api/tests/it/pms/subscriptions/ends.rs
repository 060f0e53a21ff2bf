//! SUB-3: what becomes of waiting deliveries when their subscription changes or ends.

use super::{URL, bodies, log, states, subscribe};
use crate::pms::support::stranger;
use serde_json::{Value, json};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, ConsumerId, PracticeId};
use slotbridge_domain::request::RequestType;
use slotbridge_hub::outgoing::ErrorType;
use slotbridge_store::lanes;
use slotbridge_store::requests::Target;
use slotbridge_store::{deliveries, features, requests};
use slotbridge_testkit::Clinic;

/// A booking whose first callback has failed.
async fn waiting(clinic: &Clinic) -> String {
    let id = subscribe(clinic, "requests.bookings", URL).await;
    clinic.app.receiver.fail(ErrorType::Timeout);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    assert_eq!(clinic.app.receiver.take().len(), 1);
    clinic.app.receiver.succeed();
    id
}

#[tokio::test]
async fn put_redirects_what_waits_and_the_bytes_stay_sub_3() {
    let clinic = Clinic::new().await;
    let id = subscribe(&clinic, "requests.bookings", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(ErrorType::Timeout);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let first = receiver.take();
    receiver.succeed();
    let new = "https://elsewhere.example/new";
    let body = json!({"topic": "requests.*", "callbackUrl": new, "clientId": "renamed"});
    let path = format!("/subscription/{id}");
    clinic.pms("PUT", &path, body).await.expect(200);
    clinic.app.advance(9).await;
    assert_eq!(receiver.count(), 0, "at its time, not before");
    clinic.app.advance(1).await;
    let second = receiver.take();
    assert_eq!(second[0].url, new);
    assert_eq!(second[0].body, first[0].body);
    assert_eq!(log(&clinic).await[0]["callbackUrl"], URL, "as it was then");
}

#[tokio::test]
async fn what_waits_for_a_host_that_is_busy_goes_elsewhere_when_redirected_sub_3() {
    let clinic = Clinic::new().await;
    let id = waiting(&clinic).await;
    let body = json!({"topic": "requests.bookings", "callbackUrl": "https://b.example/"});
    let path = format!("/subscription/{id}");
    clinic.pms("PUT", &path, body).await.expect(200);
    let read = |tx: &mut slotbridge_store::Tx<'_>| Ok(lanes::all(tx)?);
    let lanes = clinic.app.hub.read_global(read).await.unwrap();
    assert_eq!(lanes.len(), 1);
    assert!(lanes[0].name.ends_with("b.example:443"), "{lanes:?}");
}

#[tokio::test]
async fn delete_cancels_what_waits_sub_3() {
    let clinic = Clinic::new().await;
    let id = waiting(&clinic).await;
    let path = format!("/subscription/{id}");
    clinic.pms("DELETE", &path, Value::Null).await.expect(204);
    clinic.app.advance(100_000).await;
    assert_eq!(bodies(&clinic), Vec::<Value>::new());
    assert_eq!(states(&clinic).await, ["cancelled"]);
    let whole = log(&clinic).await;
    assert_eq!(whole.len(), 1, "the log keeps what was");
}

#[tokio::test]
async fn expiry_cancels_what_waits_sub_3() {
    let clinic = Clinic::new().await;
    let body = json!({
        "topic": "requests.bookings", "callbackUrl": URL, "expireAt": "2026-11-23 00:00:10",
    });
    clinic.pms("POST", "/subscription", body).await.expect(201);
    clinic.app.receiver.fail(ErrorType::Timeout);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    clinic.app.receiver.succeed();
    let _ = clinic.app.receiver.take();
    clinic.app.advance(10).await;
    assert_eq!(bodies(&clinic), Vec::<Value>::new());
    assert_eq!(states(&clinic).await, ["cancelled"]);
}

#[tokio::test]
async fn a_revoked_consent_cancels_what_waits_and_raises_nothing_more_sub_3_auth_0() {
    let clinic = Clinic::new().await;
    waiting(&clinic).await;
    let path = format!("/consents/{}", clinic.pms.consumer_id);
    clinic.admin("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(states(&clinic).await, ["cancelled"]);
    let elsewhere = stranger(&clinic).await;
    let practice = clinic.pms.practice_id;
    let app = &clinic.app;
    let next = app
        .consent(practice, elsewhere.consumer_id, &elsewhere.api_key)
        .await;
    let body = json!({"topic": "requests.bookings", "callbackUrl": "https://next.example/"});
    app.pms(&next, "POST", "/subscription", body)
        .await
        .expect(201);
    clinic.book("2026-11-24T10:00").await;
    clinic.app.advance(1000).await;
    let urls: Vec<String> = clinic
        .app
        .receiver
        .take()
        .into_iter()
        .map(|c| c.url)
        .collect();
    assert_eq!(urls, ["https://next.example/"]);
}

#[tokio::test]
async fn a_new_key_of_the_same_consent_changes_nothing_sub_3() {
    let clinic = Clinic::new().await;
    waiting(&clinic).await;
    let (practice, consumer) = (clinic.pms.practice_id, clinic.pms.consumer_id);
    clinic
        .app
        .consent(practice, consumer, &clinic.pms.api_key)
        .await;
    clinic.app.advance(10).await;
    assert_eq!(bodies(&clinic).len(), 1);
}

#[tokio::test]
async fn a_deactivated_consumer_is_told_nothing_auth_1() {
    let clinic = Clinic::new().await;
    waiting(&clinic).await;
    let path = format!("/consumers/{}", clinic.pms.consumer_id);
    clinic
        .app
        .admin("DELETE", &path, Value::Null)
        .await
        .expect(204);
    clinic.app.advance(10).await;
    assert_eq!(bodies(&clinic), Vec::<Value>::new());
}

#[tokio::test]
async fn a_feature_that_is_off_tells_nothing_conf_4() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.*", URL).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let _ = clinic.app.receiver.take();
    let practice = PracticeId::new(clinic.pms.practice_id).unwrap();
    let consumer = ConsumerId::new(clinic.pms.consumer_id).unwrap();
    let target = Target::Booking(BookingId::new(booked.id).unwrap());
    // As `raise::request` does it.
    let raise = async |on: bool| {
        let target = target.clone();
        let kind = RequestType::AvailableDocuments;
        let written = clinic.app.hub.write(practice, move |tx| {
            if on {
                features::enable(tx, consumer, Feature::Documents)?;
            }
            requests::resolve(tx, kind, &target, "closed")?;
            let (id, _) = requests::raise(tx, kind, &target)?;
            Ok(deliveries::raise(tx, id, kind)?)
        });
        written.await.unwrap();
        clinic.app.deliver().await;
        bodies(&clinic).len()
    };
    assert_eq!([raise(false).await, raise(true).await], [0, 1]);
}
