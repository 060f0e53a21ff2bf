//! Several nodes on one database.

use super::{poll_as, revoke};
use serde_json::{Value, json};
use slotbridge_api::ApiOptions;
use slotbridge_hub::{Hub, Settings};
use slotbridge_testkit::{TestApp, TestRandom};

#[tokio::test]
async fn a_revocation_takes_effect_on_every_node_within_two_seconds_auth_2() {
    let app = TestApp::new().await;
    if app.database.folder().is_some() {
        return; // An embedded store has one node.
    }
    let pms = app.link(json!({})).await;
    let random = TestRandom::new(77);
    let store = app.database.open(app.clock.clone(), random.clone());
    let other = Hub::new(
        store,
        random,
        slotbridge_testkit::outgoing(),
        Settings::default(),
    );
    let mut app = app;
    let first = app.router.clone();
    let second = slotbridge_api::router(other, ApiOptions::default());
    app.router = second.clone();
    assert_eq!(poll_as(&app, &pms).await, 200);
    app.router = first.clone();
    assert_eq!(revoke(&app, &pms).await, 204);
    app.router = second.clone();
    let refused = async {
        while poll_as(&app, &pms).await != 403 {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(2);
    assert!(
        tokio::time::timeout(limit, refused).await.is_ok(),
        "the other node goes on serving a practice whose consent is revoked"
    );
    assert_eq!(poll_as(&app, &pms).await, 403, "and stays so");
    let made = app
        .admin("POST", "/operatorTokens", json!({"name": "Other"}))
        .await
        .expect(201);
    app.router = first;
    let path = format!("/operatorTokens/{}", made["tokenId"]);
    let token = std::mem::replace(
        &mut app.operator_token,
        made["token"].as_str().unwrap().into(),
    );
    app.admin("GET", "/operatorTokens", Value::Null)
        .await
        .expect(200);
    app.operator_token = token;
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    app.router = second;
    app.operator_token = made["token"].as_str().unwrap().into();
    app.admin("GET", "/operatorTokens", Value::Null)
        .await
        .expect(401);
}
