//! Consumers, their keys and secrets.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::TestApp;

async fn make(app: &TestApp) -> Value {
    let body = json!({"name": "Vendor", "contactEmail": " dev@vendor.example "});
    app.admin("POST", "/consumers", body).await.expect(201)
}

#[tokio::test]
async fn a_consumer_is_made_read_listed_and_changed() {
    let app = TestApp::new().await;
    let made = make(&app).await;
    let id = made["consumerId"].as_i64().unwrap();
    assert!(
        made["webhookSecret"]
            .as_str()
            .unwrap()
            .starts_with("whsec_")
    );
    let mut expected = json!({
        "consumerId": id, "name": "Vendor", "contactEmail": "dev@vendor.example", "test": false,
        "wireProfile": "documented", "active": true, "createdAt": "2026-11-23T00:00:00Z",
    });
    let list = app
        .admin("GET", "/consumers", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"], json!([expected]));
    expected["keys"] =
        json!([{"keyId": 1, "createdAt": "2026-11-23T00:00:00Z", "revokedAt": null}]);
    let path = format!("/consumers/{id}");
    assert_eq!(
        app.admin("GET", &path, Value::Null).await.expect(200),
        expected
    );
    let change = json!({"name": "New", "contactEmail": "new@vendor.example", "test": true});
    expected["name"] = json!("New");
    expected["contactEmail"] = json!("new@vendor.example");
    assert_eq!(
        app.admin("PATCH", &path, change).await.expect(200),
        expected,
        "test stays"
    );
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    expected["active"] = json!(false);
    assert_eq!(
        app.admin("GET", &path, Value::Null).await.expect(200),
        expected
    );
}

#[tokio::test]
async fn faults_of_a_consumer_are_named() {
    let app = TestApp::new().await;
    let path = format!("/consumers/{}", make(&app).await["consumerId"]);
    let body = json!({"contactEmail": "x", "wireProfile": "xml", "test": "?"});
    let faults = problem(&app.admin("POST", "/consumers", body.clone()).await, 400);
    let fields: Vec<&str> = faults
        .iter()
        .map(|fault| fault.split(':').next().unwrap())
        .collect();
    assert_eq!(fields, ["name", "contactEmail", "test", "wireProfile"]);
    let faults = problem(&app.admin("PATCH", &path, body).await, 400);
    assert_eq!(faults.len(), 2, "{faults:?}");
    for path in [
        "/consumers/4711",
        "/consumers/0",
        "/consumers/9223372036854775807",
    ] {
        problem(&app.admin("GET", path, Value::Null).await, 404);
        problem(&app.admin("PATCH", path, json!({})).await, 404);
        problem(&app.admin("DELETE", path, Value::Null).await, 404);
        problem(
            &app.admin("POST", &format!("{path}/keys"), Value::Null)
                .await,
            404,
        );
        problem(
            &app.admin("POST", &format!("{path}/webhookSecret"), Value::Null)
                .await,
            404,
        );
        problem(
            &app.admin("DELETE", &format!("{path}/keys/1"), Value::Null)
                .await,
            404,
        );
    }
}

#[tokio::test]
async fn a_key_of_another_consumer_is_404_auth_3() {
    let app = TestApp::new().await;
    let (one, two) = (make(&app).await, make(&app).await);
    let path = format!("/consumers/{}", two["consumerId"]);
    let keys = app.admin("GET", &path, Value::Null).await.expect(200);
    let key = &keys["keys"][0]["keyId"];
    let path = format!("/consumers/{}/keys/{key}", one["consumerId"]);
    problem(&app.admin("DELETE", &path, Value::Null).await, 404);
    let path = format!("/consumers/{}", two["consumerId"]);
    assert_eq!(app.admin("GET", &path, Value::Null).await.json(), keys);
}

#[tokio::test]
async fn a_consumer_has_at_most_five_live_keys_auth_2() {
    let app = TestApp::new().await;
    let path = format!("/consumers/{}/keys", make(&app).await["consumerId"]);
    for _ in 0..4 {
        app.admin("POST", &path, Value::Null).await.expect(201);
    }
    problem(&app.admin("POST", &path, Value::Null).await, 409);
    app.admin("DELETE", &format!("{path}/1"), Value::Null)
        .await
        .expect(204);
    app.admin("POST", &path, Value::Null).await.expect(201);
}

#[tokio::test]
async fn a_webhook_secret_is_rotated() {
    let app = TestApp::new().await;
    let made = make(&app).await;
    let path = format!("/consumers/{}/webhookSecret", made["consumerId"]);
    let new = app.admin("POST", &path, Value::Null).await.expect(201);
    assert!(new["webhookSecret"].as_str().unwrap().starts_with("whsec_"));
    assert_ne!(new["webhookSecret"], made["webhookSecret"]);
}

#[tokio::test]
async fn a_consumer_that_is_deactivated_stays_so_whatever_changes_at_once() {
    let app = TestApp::new().await;
    for _ in 0..10 {
        let path = format!("/consumers/{}", make(&app).await["consumerId"]);
        let rename = |name: &str| app.admin("PATCH", &path, json!({"name": name}));
        let (a, gone, b, c) = tokio::join!(
            rename("A"),
            app.admin("DELETE", &path, Value::Null),
            rename("B"),
            rename("C"),
        );
        for answer in [a, b, c] {
            answer.expect(200);
        }
        gone.expect(204);
        let shown = app.admin("GET", &path, Value::Null).await.expect(200);
        assert_eq!(shown["active"], false);
    }
}

#[tokio::test]
async fn keys_made_at_once_are_no_more_than_five_auth_2() {
    let app = TestApp::new().await;
    let consumer = format!("/consumers/{}", make(&app).await["consumerId"]);
    let path = format!("{consumer}/keys");
    let add = || app.admin("POST", &path, Value::Null);
    tokio::join!(add(), add(), add(), add(), add(), add(), add(), add());
    let shown = app.admin("GET", &consumer, Value::Null).await.expect(200);
    assert_eq!(shown["keys"].as_array().unwrap().len(), 5);
}
