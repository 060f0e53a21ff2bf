//! SUB-6: callbacks are Standard Webhooks, signed with the consumer's secret.

use super::{URL, subscribe};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use slotbridge_hub::outgoing::Callback;
use slotbridge_testkit::{Clinic, TestApp};

fn header<'c>(call: &'c Callback, name: &str) -> &'c str {
    let found = call.headers.iter().find(|(known, _)| *known == name);
    &found.expect(name).1
}

/// The signature that a receiver expects, as the specification of Standard Webhooks has it.
fn expected(call: &Callback, secret: &str) -> String {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let signed = [
        header(call, "webhook-id").as_bytes(),
        b".",
        header(call, "webhook-timestamp").as_bytes(),
        b".",
        &call.body,
    ]
    .concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed);
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

/// Makes a new secret, and gives it.
async fn rotate(clinic: &Clinic) -> String {
    let path = format!("/consumers/{}/webhookSecret", clinic.pms.consumer_id);
    let made = clinic
        .app
        .admin("POST", &path, Value::Null)
        .await
        .expect(201);
    made["webhookSecret"].as_str().unwrap().to_owned()
}

async fn one_call(clinic: &Clinic, start: &str) -> Callback {
    clinic.book(&format!("2026-11-24T{start}")).await;
    clinic.app.deliver().await;
    clinic.app.receiver.take().remove(0)
}

#[tokio::test]
async fn a_callback_is_signed_with_the_secret_that_was_shown_sub_6() {
    let app = TestApp::new().await;
    let consumer = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
    let consumer = app.admin("POST", "/consumers", consumer).await.expect(201);
    let mut clinic = Clinic::on(app).await;
    let (practice, id) = (
        clinic.pms.practice_id,
        consumer["consumerId"].as_i64().unwrap(),
    );
    let key = consumer["apiKey"].as_str().unwrap();
    clinic.pms = clinic.app.consent(practice, id, key).await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let call = one_call(&clinic, "09:00").await;
    let secret = consumer["webhookSecret"].as_str().unwrap();
    assert_eq!(header(&call, "webhook-signature"), expected(&call, secret));
    let now = clinic.app.now().as_second().to_string();
    assert_eq!(header(&call, "webhook-timestamp"), now);
    let other = one_call(&clinic, "09:30").await;
    assert_ne!(header(&other, "webhook-id"), header(&call, "webhook-id"));
}

#[tokio::test]
async fn the_old_and_the_new_secret_both_sign_for_24_hours_sub_6() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let old = rotate(&clinic).await;
    // The one before that signs no more once it is the last but one.
    let new = rotate(&clinic).await;
    let call = one_call(&clinic, "09:00").await;
    let both = format!("{} {}", expected(&call, &new), expected(&call, &old));
    assert_eq!(header(&call, "webhook-signature"), both);
    clinic
        .app
        .clock
        .set("2026-11-23T21:59:59Z".parse().unwrap());
    clinic.app.clock.advance(2 * 3600);
    let call = one_call(&clinic, "13:00").await;
    assert_eq!(header(&call, "webhook-signature").split(' ').count(), 2);
    clinic.app.clock.advance(1);
    let call = one_call(&clinic, "13:30").await;
    assert_eq!(header(&call, "webhook-signature"), expected(&call, &new));
}
