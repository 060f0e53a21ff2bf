//! How integrations do, end to end on a moved clock: what is found, hidden, told and asked for
//! (HEALTH-1 to HEALTH-4). What is right to the minute in which hours is tested beside the rules,
//! in `slotbridge_domain::health`.

mod appointments;
mod features;
mod hiding;
mod holidays;
mod states;
mod telling;

use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// Tuesday at 09:00 in Sydney, when the hours of the office begin.
const OPENING: &str = "2026-11-23T22:00:00Z";

/// A practice that hides its times, in a sandbox, so that due work is done at its own time; it is
/// Monday at 11:00 in Sydney.
async fn clinic() -> Clinic {
    let app = TestApp::sandbox().await;
    let clinic = Clinic::at(app, json!({"hideWhenUnhealthy": true})).await;
    // What fell due before is done.
    pass(&clinic, 0).await;
    clinic
}

/// Lets time pass, doing all that falls due on the way at its own time.
pub(crate) async fn pass(clinic: &Clinic, seconds: i64) {
    let body = json!({"advanceSeconds": seconds});
    let path = "/sandbox-api/v1/clock";
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let moved = clinic.app.raw("POST", path, &headers, body.to_string());
    moved.await.expect(200);
}

/// Goes to an instant in the same way.
async fn go_to(clinic: &Clinic, instant: &str) {
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let body = json!({"set": instant}).to_string();
    let moved = clinic
        .app
        .raw("POST", "/sandbox-api/v1/clock", &headers, body);
    moved.await.expect(200);
}

async fn health(clinic: &Clinic) -> Value {
    clinic
        .admin("GET", "/health", Value::Null)
        .await
        .expect(200)
}

/// The state and its reasons, in a line.
pub(crate) async fn state(clinic: &Clinic) -> String {
    let health = health(clinic).await;
    let reasons = health["reasons"].as_array().unwrap().iter();
    let reasons = reasons.map(|reason| format!(" {}", reason.as_str().unwrap()));
    let state = health["state"].as_str().unwrap_or("none");
    format!("{state}{}", reasons.collect::<String>())
}

/// The changes, oldest first: when and to what.
async fn changes(clinic: &Clinic) -> Vec<(String, String)> {
    let health = health(clinic).await;
    let text = |change: &Value, key: &str| change[key].as_str().unwrap().to_owned();
    let mut changes: Vec<_> = health["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (text(change, "at"), text(change, "state")))
        .collect();
    changes.reverse();
    changes
}

/// Sends live hours: Monday to Friday, 09:00 to 17:00.
async fn office_hours(clinic: &Clinic) {
    let day = json!([{"start": "09:00", "end": "17:00"}]);
    let hours = json!({"liveHours": {
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
    }});
    clinic
        .pms("POST", "/config/livenessContract", hours)
        .await
        .expect(200);
}
