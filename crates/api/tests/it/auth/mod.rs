//! Who may call.

mod consents;
mod contacts;
pub(crate) mod nodes;
mod refusals;
mod secrets;

use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Pms, TestApp};

/// Polls with some headers.
async fn poll(app: &TestApp, headers: &[(String, String)]) -> Answer {
    app.raw("GET", "/pms-api/v1/requests", headers, "").await
}

/// Polls as an integration.
async fn poll_as(app: &TestApp, pms: &Pms) -> u16 {
    poll(app, &pms.headers()).await.status.as_u16()
}

/// A consumer: its id and its key.
async fn consumer(app: &TestApp, name: &str, test: bool) -> (i64, String) {
    let body = json!({"name": name, "contactEmail": "dev@vendor.example", "test": test});
    let made = app.admin("POST", "/consumers", body).await.expect(201);
    (
        made["consumerId"].as_i64().unwrap(),
        made["apiKey"].as_str().unwrap().to_owned(),
    )
}

/// Revokes a consumer's consent.
async fn revoke(app: &TestApp, pms: &Pms) -> u16 {
    let path = format!(
        "/practices/{}/consents/{}",
        pms.practice_id, pms.consumer_id
    );
    let answer = app.admin("DELETE", &path, Value::Null).await;
    answer.status.as_u16()
}
