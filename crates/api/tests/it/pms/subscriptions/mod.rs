//! Subscriptions, their callbacks, and the log of those that failed.

mod callbacks;
mod ends;
mod error_log;
mod fairness;
mod manage;
mod pauses;
mod retries;
mod signature;

use jiff::ToSpan;
use jiff::civil::date;
use serde_json::{Value, json};
use slotbridge_hub::outgoing::Callback;
use slotbridge_testkit::Clinic;

/// Where the callbacks of most tests go.
const URL: &str = "https://pms.example/callback";

/// How many attempts are made at once to one host.
const AT_ONCE: usize = 16;

/// Raises requests, each for a day of its own.
async fn raise(clinic: &Clinic, requests: u32) {
    for day in 0..requests {
        let day = date(2027, 1, 1).saturating_add(i64::from(day).days());
        let ask = json!({"type": "availability", "date": day.to_string()});
        clinic.admin("POST", "/requests", ask).await.expect(201);
    }
}

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
