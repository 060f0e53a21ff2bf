//! Who may read `/metrics`, and who is ready.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::Value;
use slotbridge_api::ApiOptions;
use slotbridge_domain::keys::KeyKind;
use slotbridge_testkit::TestApp;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

async fn status(app: &TestApp, peer: &str, headers: &[(&str, &str)]) -> u16 {
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = Request::get("/metrics").extension(ConnectInfo(peer));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn this_machine_and_named_addresses_need_no_token_and_others_do() {
    let mut app = TestApp::new().await;
    let options = ApiOptions {
        metrics_readers: vec!["10.0.0.9".parse().unwrap()],
        ..ApiOptions::default()
    };
    app.router = slotbridge_api::router(app.hub.clone(), options);
    for (peer, expected) in [
        ("127.0.0.1:5000", 200),
        ("[::1]:5000", 200),
        ("[::ffff:127.0.0.1]:5000", 200),
        ("10.0.0.9:5000", 200),
        ("[::ffff:10.0.0.9]:5000", 200),
        ("10.0.0.8:5000", 401),
        ("203.0.113.7:5000", 401),
    ] {
        assert_eq!(status(&app, peer, &[]).await, expected, "{peer}");
    }
    let peer = "203.0.113.7:5000";
    let token = format!("Bearer {}", app.operator_token);
    assert_eq!(status(&app, peer, &[("authorization", &token)]).await, 200);
    let other = format!("Bearer {}", KeyKind::Operator.write([1; 20]));
    assert_eq!(status(&app, peer, &[("authorization", &other)]).await, 401);
}

#[tokio::test]
async fn what_comes_through_a_proxy_on_this_machine_is_not_this_machine() {
    let app = TestApp::new().await;
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "via"] {
        let headers = [(name, "127.0.0.1")];
        assert_eq!(
            status(&app, "127.0.0.1:5000", &headers).await,
            401,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_process_that_is_about_to_end_is_alive_and_not_ready() {
    let mut app = TestApp::new().await;
    let draining = Arc::<AtomicBool>::default();
    let options = ApiOptions {
        draining: Arc::clone(&draining),
        ..ApiOptions::default()
    };
    app.router = slotbridge_api::router(app.hub.clone(), options);
    let ready = async || app.call("GET", "/readyz", &[], &Value::Null).await.status;
    assert_eq!(ready().await, 200);
    draining.store(true, Ordering::Relaxed);
    assert_eq!(ready().await, 503);
    let alive = app.call("GET", "/healthz", &[], &Value::Null).await;
    assert_eq!(alive.status, 200);
}
