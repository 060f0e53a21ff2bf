//! Several nodes on one database (AUTH-2): what one revokes, the others refuse within two seconds.

use super::{poll_as, revoke};
use serde_json::{Value, json};
use slotbridge_api::ApiOptions;
use slotbridge_hub::{Hub, Settings};
use slotbridge_store::{OpenOptions, Store};
use slotbridge_testkit::database::meddle;
use slotbridge_testkit::{Pms, TestApp, TestEngine, TestRandom};
use std::time::Duration;

/// Another node, with one connection, on the database of a hub; and its router.
pub(crate) async fn second_node(app: &TestApp) -> (Hub, axum::Router) {
    let random = TestRandom::new(77);
    let options = OpenOptions {
        postgres_workers: 1,
        ..app.database.options(app.clock.clone(), random.clone())
    };
    let store = tokio::task::spawn_blocking(|| Store::open(options));
    let store = store.await.unwrap().unwrap();
    let outgoing = slotbridge_testkit::outgoing();
    let hub = Hub::new(store, random, outgoing, Settings::default());
    let router = slotbridge_api::router(hub.clone(), ApiOptions::default());
    (hub, router)
}

/// A hub, an integration that both its nodes know, and the routers of the two; the first one's is in use.
async fn two_nodes() -> (TestApp, Pms, axum::Router, axum::Router) {
    let mut app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let first = app.router.clone();
    let (_, second) = second_node(&app).await;
    app.router = second.clone();
    assert_eq!(poll_as(&app, &pms).await, 200);
    app.router = first.clone();
    (app, pms, first, second)
}

/// No connection can be made any more, and whoever asks what other nodes wrote loses his.
fn silence_followers(app: &TestApp) {
    let location = app.database.location();
    let url = app.database.url().unwrap();
    let name = url.rsplit('/').next().unwrap();
    let sql = format!(
        "BEGIN; ALTER DATABASE {name} CONNECTION LIMIT 0; COMMIT;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '{name}' AND pid <> pg_backend_pid() AND query LIKE '%last_xid >=%'"
    );
    std::thread::scope(|scope| scope.spawn(|| meddle(&location, &sql)).join()).unwrap();
}

/// Waits until the node of this router refuses the PMS, for two seconds at most.
async fn refused_in_time(app: &TestApp, pms: &Pms) {
    let refused = async {
        while poll_as(app, pms).await != 403 {
            tokio::task::yield_now().await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(2), refused)
            .await
            .is_ok(),
        "the other node goes on serving a practice whose consent is revoked"
    );
    assert_eq!(poll_as(app, pms).await, 403, "and stays so");
}

#[tokio::test]
async fn a_revocation_takes_effect_on_every_node_within_two_seconds_auth_2() {
    if TestEngine::of_this_run() == TestEngine::Sqlite {
        return; // An embedded store has one node.
    }
    let (mut app, pms, first, second) = two_nodes().await;
    assert_eq!(revoke(&app, &pms).await, 204);
    app.router = second.clone();
    refused_in_time(&app, &pms).await;
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

/// Nothing tells this node what others write: it must not go by what it remembers.
#[tokio::test]
async fn a_node_that_cannot_ask_what_others_wrote_refuses_as_soon_auth_2() {
    if TestEngine::of_this_run() == TestEngine::Sqlite {
        return; // An embedded store has one node.
    }
    let (mut app, pms, _, second) = two_nodes().await;
    assert_eq!(poll_as(&app, &pms).await, 200);
    silence_followers(&app);
    assert_eq!(revoke(&app, &pms).await, 204);
    app.router = second;
    refused_in_time(&app, &pms).await;
}
