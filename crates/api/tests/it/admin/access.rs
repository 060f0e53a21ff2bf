//! Operators and their tokens.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, TestApp};

/// Calls with whatever stands in `Authorization`.
async fn call(app: &TestApp, method: &str, path: &str, authorization: Option<&str>) -> Answer {
    let path = format!("/admin-api/v1{path}");
    let headers: Vec<(String, String)> = authorization
        .map(|value| ("authorization".to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    app.raw(method, &path, &headers, "{}").await
}

async fn token(app: &TestApp, name: &str) -> (i64, String) {
    let made = app
        .admin("POST", "/operatorTokens", json!({"name": name}))
        .await
        .expect(201);
    assert_eq!(made["name"], name);
    (
        made["tokenId"].as_i64().unwrap(),
        made["token"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn tokens_are_named_listed_and_revoked() {
    let mut app = TestApp::new().await;
    app.clock.advance(5);
    let (id, text) = token(&app, "Night shift").await;
    let list = app
        .admin("GET", "/operatorTokens", Value::Null)
        .await
        .expect(200);
    assert_eq!(
        list["data"],
        json!([
            {"tokenId": id - 1, "name": "first start", "createdAt": "2026-11-23T00:00:00Z", "revokedAt": null},
            {"tokenId": id, "name": "Night shift", "createdAt": "2026-11-23T00:00:05Z", "revokedAt": null},
        ])
    );
    let first = std::mem::replace(&mut app.operator_token, text);
    let path = format!("/operatorTokens/{}", id - 1);
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    problem(&app.admin("DELETE", &path, Value::Null).await, 404);
    problem(
        &app.admin("DELETE", "/operatorTokens/4711", Value::Null)
            .await,
        404,
    );
    // The last one stays.
    let path = format!("/operatorTokens/{id}");
    let last = app.admin("DELETE", &path, Value::Null).await;
    problem(&last, 409);
    app.admin("GET", "/operatorTokens", Value::Null)
        .await
        .expect(200);
    app.operator_token = first;
    problem(&app.admin("GET", "/operatorTokens", Value::Null).await, 401);
    for body in [
        json!({}),
        json!({"name": " "}),
        json!({"name": "x".repeat(256)}),
    ] {
        problem(&app.admin("POST", "/operatorTokens", body).await, 401);
    }
}

#[tokio::test]
async fn a_token_has_a_name() {
    let app = TestApp::new().await;
    for (body, fault) in [
        (json!({}), "name: is required"),
        (json!({"name": " "}), "name: must not be blank"),
        (
            json!({"name": "x".repeat(256)}),
            "name: must have at most 255 characters, not 256",
        ),
        (json!([]), "body: must be an object, not an array"),
    ] {
        assert_eq!(
            problem(&app.admin("POST", "/operatorTokens", body).await, 400),
            [fault]
        );
    }
}

#[tokio::test]
async fn revoked_all_at_once_one_token_is_left() {
    let app = TestApp::new().await;
    let (a, b, c) = (
        token(&app, "A").await,
        token(&app, "B").await,
        token(&app, "C").await,
    );
    let revoke = async |token: &(i64, String), other: &(i64, String)| {
        let bearer = format!("Bearer {}", other.1);
        call(
            &app,
            "DELETE",
            &format!("/operatorTokens/{}", token.0),
            Some(&bearer),
        )
        .await
    };
    app.admin("DELETE", "/operatorTokens/1", Value::Null)
        .await
        .expect(204);
    // Each is revoked with the next one's right.
    tokio::join!(revoke(&a, &b), revoke(&b, &c), revoke(&c, &a));
    let mut live = 0;
    for token in [&a, &b, &c] {
        let bearer = format!("Bearer {}", token.1);
        let answer = call(&app, "GET", "/operatorTokens", Some(&bearer)).await;
        live += u32::from(answer.status == 200);
    }
    assert!(live >= 1, "somebody can still get in");
}
