//! How often one address may call.

use super::problem;
use axum::extract::ConnectInfo;
use slotbridge_api::Limits;
use slotbridge_testkit::{Answer, TestApp};
use std::net::SocketAddr;

async fn call(app: &TestApp, peer: &str, path: &str, forwarded: Option<&str>) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = axum::http::Request::get(path).extension(ConnectInfo(peer));
    if let Some(hops) = forwarded {
        request = request.header("x-forwarded-for", hops);
    }
    app.send(request.body(axum::body::Body::empty()).unwrap())
        .await
}

const PRACTICES: &str = "/booking-api/v1/practices";

async fn limited() -> TestApp {
    let mut app = TestApp::new().await;
    app.limit(Limits {
        requests_per_minute: 3,
        trusted_proxies: vec!["10.0.0.1".parse().unwrap()],
        ..Limits::default()
    });
    app
}

#[tokio::test]
async fn a_public_address_that_calls_too_often_is_429() {
    let app = limited().await;
    for _ in 0..3 {
        assert_eq!(
            call(&app, "203.0.113.7:5000", PRACTICES, None).await.status,
            200
        );
    }
    // Another port of the same address, another path of the same face, whatever it says of itself.
    for (path, forwarded) in [
        (PRACTICES, None),
        ("/booking-api/v1/practices/1", None),
        (PRACTICES, Some("198.51.100.1")),
        (PRACTICES, Some("127.0.0.1")),
    ] {
        let answer = call(&app, "203.0.113.7:5001", path, forwarded).await;
        problem(&answer, 429);
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=20).contains(&wait), "{wait}");
        assert!(answer.header("x-request-id").is_some());
    }
    assert_eq!(
        call(&app, "203.0.113.8:5000", PRACTICES, None).await.status,
        200,
        "another address"
    );
}

#[tokio::test]
async fn this_machine_itself_is_not_limited() {
    let app = limited().await;
    for peer in [
        "127.0.0.1:1",
        "127.9.9.9:1",
        "[::1]:1",
        "[::ffff:127.0.0.1]:1",
    ] {
        for _ in 0..5 {
            assert_eq!(
                call(&app, peer, PRACTICES, None).await.status,
                200,
                "{peer}"
            );
        }
    }
}

#[tokio::test]
async fn behind_a_proxy_that_is_named_each_client_has_its_own_count() {
    let app = limited().await;
    for _ in 0..3 {
        for client in ["203.0.113.7", "1.1.1.1, 203.0.113.8"] {
            assert_eq!(
                call(&app, "10.0.0.1:1", PRACTICES, Some(client))
                    .await
                    .status,
                200
            );
        }
    }
    for client in ["203.0.113.7", "9.9.9.9, 203.0.113.8"] {
        problem(
            &call(&app, "10.0.0.1:1", PRACTICES, Some(client)).await,
            429,
        );
    }
}

#[tokio::test]
async fn one_subscriber_of_ipv6_is_one_address() {
    let app = limited().await;
    for n in 0..3 {
        let peer = format!("[2001:db8:1:2::{n}]:1");
        assert_eq!(call(&app, &peer, PRACTICES, None).await.status, 200);
    }
    problem(
        &call(&app, "[2001:db8:1:2:ffff::9]:1", PRACTICES, None).await,
        429,
    );
    assert_eq!(
        call(&app, "[2001:db8:1:3::1]:1", PRACTICES, None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_pms_api_and_the_admin_api_are_never_limited_wire_10() {
    let app = limited().await;
    for path in ["/pms-api/v1/requests", "/admin-api/v1/practices"] {
        for _ in 0..20 {
            assert_eq!(
                call(&app, "203.0.113.7:1", path, None).await.status,
                401,
                "{path}"
            );
        }
    }
}
