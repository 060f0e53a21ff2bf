//! Subscriptions, their callbacks, and the log of those that failed.

mod callbacks;
mod ends;
mod error_log;
mod fairness;
mod manage;
mod retries;
mod signature;

use serde_json::{Value, json};
use slotbridge_hub::outgoing::Callback;
use slotbridge_testkit::Clinic;

/// Where the callbacks of most tests go.
const URL: &str = "https://pms.example/callback";

/// Subscribes, and gives the id.
async fn subscribe(clinic: &Clinic, topic: &str, url: &str) -> String {
    let body = json!({"topic": topic, "callbackUrl": url});
    let made = clinic.pms("POST", "/subscription", body).await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// The bodies of the callbacks that have come since the last time, as JSON.
fn bodies(clinic: &Clinic) -> Vec<Value> {
    let calls = clinic.app.receiver.take();
    calls.iter().map(body).collect()
}

fn body(callback: &Callback) -> Value {
    serde_json::from_slice(&callback.body).expect("JSON")
}

/// The error log, whole.
async fn log(clinic: &Clinic) -> Vec<Value> {
    let page = clinic
        .pms("GET", "/subscriptionErrorLog", Value::Null)
        .await
        .expect(200);
    page["data"].as_array().expect("data").clone()
}

/// Where the deliveries stand, in the order of requests.
async fn states(clinic: &Clinic) -> Vec<String> {
    let page = clinic
        .admin("GET", "/deliveries", Value::Null)
        .await
        .expect(200);
    let data = page["data"].as_array().expect("data").iter();
    data.map(|one| one["state"].as_str().expect("a state").to_owned())
        .collect()
}
