//! A practice that takes its consent back, and other credentials.

use crate::service::{ALL_WORK, Running, settled};
use crate::stage::{Stage, at, settings, whole_round};
use serde_json::{Value, json};
use slotbridge_testkit::proxy::Fault;

/// How many days and how many configurations were sent since the calls were last taken.
fn sent(stage: &Stage) -> (usize, usize) {
    let calls = stage.proxy.take();
    let of = |end: &str| {
        calls
            .iter()
            .filter(|call| call.line.ends_with(end))
            .cloned()
            .collect::<Vec<_>>()
    };
    let days = of("/availability/snapshots")
        .iter()
        .map(|call| {
            let sent: Value = serde_json::from_str(&call.body).unwrap();
            sent.as_array().unwrap().len()
        })
        .sum();
    (days, of("/pmsResources/snapshot").len())
}

#[tokio::test]
async fn without_consent_it_tells_once_what_to_do_tries_each_minute_and_sends_all_again_auth_1() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    assert_eq!(running.news(), ALL_WORK);
    stage.proxy.plan(|_| Fault::Instead(403));
    running.pass(&stage, 5).await;
    let booked = stage.hub.book(&at("09:00")).await;
    stage.proxy.take();
    running.pass(&stage, 180).await;
    assert_eq!(stage.proxy.take().len(), 3, "once a minute");
    let news = running.news();
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].starts_with("without consent"), "{news:?}");
    assert!(
        news[0].contains("consent to this integration anew"),
        "{news:?}"
    );
    stage.proxy.calm();
    running.pass(&stage, 60).await;
    assert_eq!(
        sent(&stage),
        (6, 1),
        "others may have told the hub something else"
    );
    stage.assert_confirmed(&booked).await;
    assert_eq!(running.news(), ALL_WORK);
    running.stop().await;
}

#[tokio::test]
async fn a_consent_taken_back_for_a_moment_makes_it_send_all_again_auth_1() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    let mut first = true;
    stage.proxy.plan(move |_| match std::mem::take(&mut first) {
        true => Fault::Instead(403),
        false => Fault::None,
    });
    stage.proxy.take();
    running.pass(&stage, 10).await;
    assert_eq!(sent(&stage), (6, 1));
    running.stop().await;
}

#[tokio::test]
async fn a_consent_taken_back_while_it_was_stopped_makes_it_send_all_again_auth_1() {
    let stage = Stage::new().await;
    stage.proxy.plan(|_| Fault::Instead(403));
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    stage.proxy.calm();
    stage.proxy.take();
    running.pass(&stage, 60).await;
    assert_eq!(sent(&stage), (6, 1));
    running.stop().await;
}

#[tokio::test]
async fn a_revoked_consent_is_told_and_with_the_new_key_all_is_sent_again_auth_0() {
    let mut stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    running.news();
    stage.revoke().await;
    running.pass(&stage, 70).await;
    let news = running.news();
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].contains("practice-key"), "{news:?}");
    running.stop().await;
    // While it is stopped, the practice consents anew, and the hub hears other things.
    stage.consent_anew().await;
    let booked = stage.hub.book(&at("09:00")).await;
    let none = json!({"date": "2026-11-25", "pmsResourceId": "1", "availability": []});
    stage
        .hub
        .pms("POST", "/availability/snapshot", none)
        .await
        .expect(200);
    stage.proxy.take();
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    stage.assert_confirmed(&booked).await;
    let (days, configurations) = sent(&stage);
    assert!(days >= 6, "{days}");
    assert_eq!(configurations, 1);
    assert_eq!(running.news(), ALL_WORK);
    running.stop().await;
}

#[tokio::test]
async fn an_api_key_that_is_revoked_is_told_with_its_own_advice_auth_1() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    running.news();
    let path = format!("/consumers/{}", stage.hub.pms.consumer_id);
    let consumer = stage
        .hub
        .app
        .admin("GET", &path, Value::Null)
        .await
        .expect(200);
    let key = consumer["keys"][0]["keyId"].as_i64().unwrap();
    let path = format!("{path}/keys/{key}");
    stage
        .hub
        .app
        .admin("DELETE", &path, Value::Null)
        .await
        .expect(204);
    running.pass(&stage, 130).await;
    let news = running.news();
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].contains("Check the api-key"), "{news:?}");
    running.stop().await;
}

#[tokio::test]
async fn another_practice_id_begins_anew_and_leaves_nothing_of_the_old_one_auth_3() {
    let mut stage = Stage::new().await;
    let agent = stage.agent();
    let old = stage.taken("09:00", &agent).await;
    drop(agent);
    stage.book.strike(&stage.standing(&old)[0].id).unwrap();
    // The practice has another number at the hub now.
    let old_pms = stage.hub.pms.clone();
    let other = stage.hub.app.practice(json!({"name": "Moved"})).await;
    let app = &stage.hub.app;
    stage.hub.pms = app
        .consent(other, old_pms.consumer_id, &old_pms.api_key)
        .await;
    stage.proxy.take();
    let agent = stage.agent();
    whole_round(&agent).await.unwrap();
    assert_eq!(sent(&stage), (6, 1));
    stage.look_up().await;
    let booked = stage.hub.book(&at("09:00")).await;
    agent.poll().await.unwrap();
    stage.assert_confirmed(&booked).await;
    agent.take_changes().await.unwrap();
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

#[tokio::test]
async fn another_practice_key_sends_all_again_and_keeps_what_became_of_bookings_auth_0() {
    let mut stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    let left = stage.taken("09:15", &agent).await;
    stage.hub.cancel(&left).await;
    drop(agent);
    stage.consent_anew().await;
    stage.proxy.take();
    let agent = stage.agent();
    whole_round(&agent).await.unwrap();
    let (days, configurations) = sent(&stage);
    assert_eq!((days >= 6, configurations), (true, 1));
    stage.assert_confirmed(&booked).await;
    assert_eq!(stage.standing(&left), []);
    assert_eq!(stage.hub.poll().await, [""; 0]);
}
