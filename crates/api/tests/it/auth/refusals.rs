//! 401 and 403 (AUTH-1, AUTH-4).

use super::{consumer, poll, poll_as, revoke};
use serde_json::{Value, json};
use slotbridge_domain::keys::KeyKind;
use slotbridge_testkit::{Pms, TestApp};

fn without(pms: &Pms, header: &str) -> Vec<(String, String)> {
    let mut headers = pms.headers();
    headers.retain(|(name, _)| name != header);
    headers
}

fn with(pms: &Pms, header: &str, value: &str) -> Vec<(String, String)> {
    let mut headers = without(pms, header);
    headers.push((header.into(), value.into()));
    headers
}

#[tokio::test]
async fn a_missing_header_is_401_and_named_auth_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    assert_eq!(poll_as(&app, &pms).await, 200);
    for header in ["api-key", "practice-id", "practice-key"] {
        for headers in [without(&pms, header), with(&pms, header, "")] {
            let answer = poll(&app, &headers).await;
            assert_eq!(answer.status, 401, "{header}");
            assert_eq!(answer.error(), format!("the header {header} is missing"));
        }
    }
}

#[tokio::test]
async fn an_api_key_that_opens_nothing_is_401_auth_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let (cut, _) = pms.api_key.split_at(pms.api_key.len() - 1);
    let unknown = KeyKind::Consumer.write([9; 20]);
    for (key, text) in [
        (
            cut,
            "api-key is not a key: it is incomplete or mistyped (its checksum does not match)",
        ),
        (
            "secret",
            "api-key is not a key: it does not begin with sbc_",
        ),
        (
            &pms.practice_key,
            "api-key is not a key: it does not begin with sbc_",
        ),
        (
            &app.operator_token,
            "api-key is not a key: it does not begin with sbc_",
        ),
        (&unknown, "the api-key is not valid (any more)"),
    ] {
        // Whatever the other two headers say, the answer is the same.
        let mut elsewhere = with(&pms, "api-key", key);
        elsewhere.retain(|(name, _)| name != "practice-id");
        elsewhere.push(("practice-id".into(), "77".into()));
        for headers in [with(&pms, "api-key", key), elsewhere] {
            let answer = poll(&app, &headers).await;
            assert_eq!(answer.status, 401, "{key}");
            assert_eq!(answer.error(), text);
        }
    }
}

#[tokio::test]
async fn a_revoked_api_key_is_401_at_once_auth_1_auth_2() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let path = format!("/consumers/{}", pms.consumer_id);
    let shown = app.admin("GET", &path, Value::Null).await.expect(200);
    let key = shown["keys"][0]["keyId"].as_i64().unwrap();
    let path = format!("{path}/keys/{key}");
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(poll_as(&app, &pms).await, 401);
    app.admin("DELETE", &path, Value::Null).await.expect(404);
}

#[tokio::test]
async fn two_keys_live_side_by_side_until_one_is_revoked_auth_2() {
    let app = TestApp::new().await;
    let old = app.link(json!({})).await;
    let path = format!("/consumers/{}/keys", old.consumer_id);
    let made = app.admin("POST", &path, Value::Null).await.expect(201);
    let new = Pms {
        api_key: made["apiKey"].as_str().unwrap().into(),
        ..old.clone()
    };
    assert_eq!(
        (poll_as(&app, &old).await, poll_as(&app, &new).await),
        (200, 200)
    );
    let keys = app
        .admin(
            "GET",
            &format!("/consumers/{}", old.consumer_id),
            Value::Null,
        )
        .await;
    let first = keys.json()["keys"][0]["keyId"].as_i64().unwrap();
    app.admin("DELETE", &format!("{path}/{first}"), Value::Null)
        .await
        .expect(204);
    assert_eq!(
        (poll_as(&app, &old).await, poll_as(&app, &new).await),
        (401, 200)
    );
}

#[tokio::test]
async fn a_deactivated_consumer_is_401_until_it_is_active_again_auth_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let path = format!("/consumers/{}", pms.consumer_id);
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(poll_as(&app, &pms).await, 401);
    app.admin("PATCH", &path, json!({"active": true}))
        .await
        .expect(200);
    assert_eq!(poll_as(&app, &pms).await, 200);
}

#[tokio::test]
async fn every_lack_of_consent_is_the_same_403_auth_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let second = app.practice(json!({"name": "Second"})).await;
    let second = app.consent(second, pms.consumer_id, &pms.api_key).await;
    let other = app.link(json!({"name": "Third"})).await;
    let unknown = KeyKind::Practice.write([9; 20]);
    let revoked = app.link(json!({"name": "Revoked"})).await;
    assert_eq!(revoke(&app, &revoked).await, 204);
    let gone = app.link(json!({"name": "Gone"})).await;
    let path = format!("/practices/{}", gone.practice_id);
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    let mut tried = vec![
        (
            "another's key on a practice that exists",
            with(&pms, "practice-key", &unknown),
        ),
        (
            "keys of two practices swapped",
            with(&pms, "practice-key", &second.practice_key),
        ),
        (
            "another vendor's practice",
            with(&other, "api-key", &pms.api_key),
        ),
        (
            "another vendor's key",
            with(&pms, "practice-key", &other.practice_key),
        ),
        ("revoked", revoked.headers()),
        ("a practice that is deactivated", gone.headers()),
        (
            "a test consumer at a real practice",
            with(&pms, "api-key", &consumer(&app, "Tester", true).await.1),
        ),
    ];
    for id in [
        "4711",
        "89999999",
        "90000000",
        "0",
        "-1",
        "abc",
        "1e0",
        "99999999999999999999",
    ] {
        tried.push(("no such practice", with(&pms, "practice-id", id)));
    }
    let mut seen = Vec::new();
    for (why, headers) in tried {
        let answer = poll(&app, &headers).await;
        assert_eq!(answer.status, 403, "{why}");
        seen.push((why, answer.bytes));
    }
    for (why, bytes) in &seen {
        assert_eq!(*bytes, seen[0].1, "{why} differs from {}", seen[0].0);
    }
}

#[tokio::test]
async fn a_practice_key_that_is_cut_is_said_so_wherever_it_is_tried_auth_1_auth_2() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let (cut, _) = pms.practice_key.split_at(20);
    let real = poll(&app, &with(&pms, "practice-key", cut)).await;
    assert_eq!(real.status, 403);
    assert!(
        real.error().contains("incomplete or mistyped"),
        "{}",
        real.error()
    );
    for id in ["4711", "abc", "0"] {
        let mut headers = with(&pms, "practice-key", cut);
        headers.retain(|(name, _)| name != "practice-id");
        headers.push(("practice-id".into(), id.into()));
        let none = poll(&app, &headers).await;
        assert_eq!(
            (none.status, none.bytes),
            (real.status, real.bytes.clone()),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_deactivated_practice_is_403_until_it_is_active_again_auth_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let path = format!("/practices/{}", pms.practice_id);
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(poll_as(&app, &pms).await, 403);
    app.admin("PATCH", &path, json!({"active": true}))
        .await
        .expect(200);
    assert_eq!(poll_as(&app, &pms).await, 200);
}

#[tokio::test]
async fn a_test_consumer_reaches_test_practices_only_auth_4() {
    let app = TestApp::new().await;
    let (id, key) = consumer(&app, "Tester", true).await;
    let real = app.practice(json!({})).await;
    let path = format!("/practices/{real}/consents");
    let answer = app.admin("POST", &path, json!({"consumerId": id})).await;
    assert_eq!(answer.status, 409, "{}", answer.error());
    let test = app.practice(json!({"test": true})).await;
    let linked = app.consent(test, id, &key).await;
    assert_eq!(poll_as(&app, &linked).await, 200);
    // A production consumer may look at a test practice: that is how it is certified.
    let (id, key) = consumer(&app, "Vendor", false).await;
    let linked = app.consent(test, id, &key).await;
    assert_eq!(poll_as(&app, &linked).await, 200);
}

#[tokio::test]
async fn header_names_and_blanks_around_values_do_not_matter_auth_1() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let headers = vec![
        ("API-Key".to_owned(), pms.api_key.clone()),
        ("Practice-ID".to_owned(), format!(" {} ", pms.practice_id)),
        ("PRACTICE-KEY".to_owned(), pms.practice_key.clone()),
    ];
    assert_eq!(poll(&app, &headers).await.status, 200);
}
