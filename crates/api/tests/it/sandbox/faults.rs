//! What goes wrong on demand.

use serde_json::{Value, json};
use slotbridge_hub::Stopwatch;
use slotbridge_hub::outgoing::Callback;
use slotbridge_testkit::{Answer, Clinic, TestApp};

const PATH: &str = "/sandbox-api/v1/faults";

async fn set(app: &TestApp, body: Value) -> Answer {
    app.call("POST", PATH, &[], &body).await
}

async fn shown(app: &TestApp) -> Value {
    app.call("GET", PATH, &[], &Value::Null).await.expect(200)
}

async fn clinic() -> Clinic {
    Clinic::on(TestApp::sandbox().await).await
}

#[tokio::test]
async fn the_pms_api_fails_for_a_while_and_does_nothing_then() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let set = set(&clinic.app, json!({"status": 503, "forSeconds": 60})).await;
    assert_eq!(set.expect(200)["until"], "2026-11-23T00:01:00Z");
    let before = clinic.app.database.content();
    let answer = clinic.say(&booked, "confirmInsert", json!({})).await;
    assert_eq!(answer.status, 503);
    assert!(answer.error().contains("on purpose"));
    assert_eq!(clinic.app.database.content(), before);
    // Nobody else notices.
    assert!(!clinic.starts().await.is_empty());
    clinic.app.clock.advance(59);
    assert_eq!(
        clinic.pms("GET", "/requests", Value::Null).await.status,
        503
    );
    clinic.app.clock.advance(1);
    assert_eq!(shown(&clinic.app).await["until"], Value::Null);
    clinic.confirm(&booked).await;
}

#[tokio::test]
async fn some_calls_fail_and_some_do_not() {
    let clinic = clinic().await;
    let half = json!({"failPercent": 50, "forSeconds": 60});
    set(&clinic.app, half).await.expect(200);
    let mut seen = [0, 0];
    for _ in 0..64 {
        let answer = clinic.pms("GET", "/requests", Value::Null).await;
        seen[usize::from(answer.status == 503)] += 1;
    }
    assert!(seen[0] > 8 && seen[1] > 8, "{seen:?}");
    // Ended before its time.
    let end = clinic.app.raw("DELETE", PATH, &[], "");
    end.await.expect(204);
    for _ in 0..16 {
        clinic.poll().await;
    }
}

#[tokio::test]
async fn the_pms_api_is_slow_and_still_right() {
    let clinic = clinic().await;
    let slow = json!({"slowMilliseconds": 300, "forSeconds": 60});
    set(&clinic.app, slow).await.expect(200);
    let watch = Stopwatch::start();
    assert!(clinic.poll().await.is_empty());
    assert!(watch.elapsed() >= std::time::Duration::from_millis(300));
}

#[tokio::test]
async fn deliveries_get_lost_on_their_way() {
    let clinic = clinic().await;
    let callback = || Callback {
        url: "http://localhost:1/".into(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let is_lost = async || {
        let callbacks = &clinic.app.hub.outgoing().callbacks;
        let outcome = callbacks.post(callback()).await;
        outcome.is_err_and(|failure| failure.message.contains("on purpose"))
    };
    assert!(!is_lost().await);
    let lost = json!({"dropDeliveries": true, "forSeconds": 60});
    set(&clinic.app, lost).await.expect(200);
    assert!(is_lost().await);
    assert!(clinic.poll().await.is_empty(), "calls are answered");
    clinic.app.clock.advance(60);
    assert!(!is_lost().await);
    assert_eq!(clinic.app.receiver.count(), 2);
}

#[tokio::test]
async fn faults_of_the_faults_are_named() {
    let clinic = clinic().await;
    let body = json!({"slowMilliseconds": -1, "failPercent": 101, "status": 404});
    let refused = set(&clinic.app, body).await;
    assert_eq!(refused.status, 400);
    let mut fields: Vec<String> = refused.faults().into_iter().map(|fault| fault.0).collect();
    fields.sort();
    let all = ["failPercent", "forSeconds", "slowMilliseconds", "status"];
    assert_eq!(fields, all);
    assert_eq!(shown(&clinic.app).await["until"], Value::Null);
}

#[tokio::test]
async fn without_a_sandbox_there_are_none() {
    let clinic = Clinic::new().await;
    let answer = set(&clinic.app, json!({"status": 503, "forSeconds": 60})).await;
    assert_eq!(answer.status, 404);
    clinic.poll().await;
}
