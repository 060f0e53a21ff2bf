//! The page on which a sandbox's calls and deliveries are seen.

use serde_json::{Value, json};
use slotbridge_hub::outgoing::{Callback, ErrorType};
use slotbridge_testkit::{Clinic, TestApp};

async fn clinic() -> Clinic {
    Clinic::on(TestApp::sandbox().await).await
}

/// The events after one, each with its number.
async fn events(app: &TestApp, last: Option<u64>) -> Vec<(u64, Value)> {
    let last = last.map(|id| ("last-event-id".to_owned(), id.to_string()));
    let headers: Vec<_> = last.into_iter().collect();
    let answer = app.raw("GET", "/sandbox/events", &headers, "").await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    let blocks = text.split("\n\n").filter(|block| block.starts_with("id: "));
    let event = |block: &str| {
        let (id, data) = block.split_once('\n').unwrap();
        let id = id.strip_prefix("id: ").unwrap().parse().unwrap();
        let data = data.strip_prefix("data: ").unwrap();
        (id, serde_json::from_str(data).unwrap())
    };
    blocks.map(event).collect()
}

#[tokio::test]
async fn every_call_of_the_pms_api_is_seen_with_its_bodies() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (last, _) = events(&clinic.app, None).await.pop().unwrap();
    clinic.confirm(&booked).await;
    clinic.say(&booked, "rejectInsert", json!({})).await;
    let seen = events(&clinic.app, Some(last)).await;
    let [(_, confirm), (_, reject)] = seen.as_slice() else {
        panic!("{seen:?}");
    };
    let path = format!("/pms-api/v1/bookings/{}", booked.id);
    assert_eq!(confirm["kind"], "call");
    assert!(confirm["what"].as_str().unwrap().contains("/confirmInsert"));
    assert!(path.ends_with(&booked.id.to_string()));
    assert_eq!(confirm["status"], 200);
    assert_eq!(confirm["answered"], "{}");
    let sent: Value = serde_json::from_str(confirm["sent"].as_str().unwrap()).unwrap();
    assert_eq!(sent["pmsAppointmentIds"], json!(["A1"]));
    assert_eq!(confirm["practice"], clinic.pms.practice_id.to_string());
    assert_eq!(reject["status"], 400);
    assert_eq!(reject["succeeded"], false);
    assert!(reject["answered"].as_str().unwrap().contains("error"));
}

#[tokio::test]
async fn no_key_is_kept() {
    let clinic = clinic().await;
    clinic.poll().await;
    let all = json!(events(&clinic.app, None).await).to_string();
    assert!(!all.contains(&clinic.pms.api_key) && !all.contains(&clinic.pms.practice_key));
}

#[tokio::test]
async fn deliveries_are_seen_too() {
    let clinic = clinic().await;
    let callback = Callback {
        url: "http://localhost:1/hook".into(),
        headers: Vec::new(),
        body: b"{\"id\": 7}".to_vec(),
    };
    let callbacks = &clinic.app.hub.outgoing().callbacks;
    clinic.app.receiver.fail(ErrorType::HttpStatus);
    callbacks.post(callback).await.unwrap_err();
    let (_, seen) = events(&clinic.app, None).await.pop().unwrap();
    assert_eq!(seen["kind"], "delivery");
    assert_eq!(seen["what"], "POST http://localhost:1/hook");
    assert_eq!(seen["sent"], "{\"id\": 7}");
    assert_eq!(seen["succeeded"], false);
}

#[tokio::test]
async fn the_page_loads_only_what_is_there_and_only_in_a_sandbox() {
    for (app, status) in [(TestApp::sandbox().await, 200), (TestApp::new().await, 404)] {
        for path in ["", "/live.js", "/live.css", "/events"] {
            let answer = app.raw("GET", &format!("/sandbox{path}"), &[], "").await;
            assert_eq!(answer.status, status, "{path}");
        }
        let page = app.raw("GET", "/sandbox", &[], "").await;
        if status == 200 {
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
            let text = String::from_utf8(page.bytes.to_vec()).unwrap();
            assert!(!text.contains("<script>") && !text.contains(" style="));
            assert!(!text.contains("http:") && !text.contains("https:"));
        }
    }
}
