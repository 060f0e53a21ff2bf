//! SUB-1: making, seeing, replacing and deleting subscriptions.

use super::{URL, subscribe};
use crate::pms::support::stranger;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn a_subscription_is_made_and_shown_sub_1() {
    let clinic = Clinic::new().await;
    let sent = json!({
        "topic": "requests.bookings", "callbackUrl": "http://yoururl.com.au/endpoint/bookings",
        "expireAt": "2027-12-01 00:00:00", "clientId": "mine", "id": "ignored",
    });
    let made = clinic.pms("POST", "/subscription", sent).await.expect(201);
    let id = made["id"].as_str().unwrap();
    assert_eq!((id.len(), id.matches('-').count()), (36, 4), "a UUID");
    let whole = json!({
        "id": id, "clientId": "mine", "topic": "requests.bookings",
        "callbackUrl": "http://yoururl.com.au/endpoint/bookings",
        "startAt": "2026-11-23 00:00:00", "expireAt": "2027-12-01 00:00:00",
    });
    assert_eq!(made, whole);
    let path = format!("/subscription/{id}");
    let one = clinic.pms("GET", &path, Value::Null).await;
    assert_eq!(one.expect(200), whole);
    let list = clinic.pms("GET", "/subscription", Value::Null).await;
    assert_eq!(list.expect(200), json!([whole]));
}

#[tokio::test]
async fn what_is_not_set_is_null_or_left_out_as_the_profile_has_it_sub_1_wire_9() {
    let clinic = Clinic::new().await;
    let body = json!({"topic": "requests.*", "callbackUrl": URL, "clientId": ""});
    let made = clinic.pms("POST", "/subscription", body).await.expect(201);
    assert_eq!(made.get("expireAt"), Some(&Value::Null));
    assert_eq!(made.get("clientId"), None);
    let path = format!("/consumers/{}", clinic.pms.consumer_id);
    let generated = json!({"wireProfile": "generated"});
    clinic
        .app
        .admin("PATCH", &path, generated)
        .await
        .expect(200);
    let list = clinic.pms("GET", "/subscription", Value::Null).await;
    assert_eq!(list.expect(200)[0].get("expireAt"), None);
}

#[tokio::test]
async fn the_same_topic_url_and_client_id_again_is_the_same_subscription_sub_1() {
    let clinic = Clinic::new().await;
    let post = async |body: Value| {
        let made = clinic.pms("POST", "/subscription", body).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let body = json!({"topic": "requests.bookings", "callbackUrl": URL, "clientId": "a"});
    let first = post(body.clone()).await;
    let mut again = body.clone();
    again["expireAt"] = json!("2027-01-01 00:00:00");
    assert_eq!(post(again).await, first);
    let list = clinic.pms("GET", "/subscription", Value::Null).await;
    let list = list.expect(200);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["expireAt"], "2027-01-01 00:00:00");
    for (field, other) in [
        ("topic", "requests.*"),
        ("callbackUrl", "https://pms.example/other"),
        ("clientId", "b"),
    ] {
        let mut another = body.clone();
        another[field] = json!(other);
        assert_ne!(post(another).await, first, "{field}");
    }
}

#[tokio::test]
async fn put_replaces_all_of_it_sub_1() {
    let clinic = Clinic::new().await;
    let body = json!({
        "topic": "requests.bookings", "callbackUrl": URL, "clientId": "a",
        "startAt": "2026-12-01 00:00:00", "expireAt": "2027-01-01 00:00:00",
    });
    let made = clinic.pms("POST", "/subscription", body).await.expect(201);
    let path = format!("/subscription/{}", made["id"].as_str().unwrap());
    let body = json!({"topic": "requests.*", "callbackUrl": "https://pms.example/new"});
    let changed = clinic.pms("PUT", &path, body.clone()).await.expect(200);
    let whole = json!({
        "id": made["id"], "topic": "requests.*", "callbackUrl": "https://pms.example/new",
        "startAt": "2026-11-23 00:00:00", "expireAt": null,
    });
    assert_eq!(changed, whole);
    let list = clinic.pms("GET", "/subscription", Value::Null).await;
    assert_eq!(list.expect(200), json!([whole]));
    let unknown = "/subscription/00000000-0000-8000-8000-000005f5e1ff";
    for path in [unknown, "/subscription/1", "/subscription/x"] {
        clinic.pms("PUT", path, body.clone()).await.expect(404);
    }
}

#[tokio::test]
async fn a_deleted_subscription_is_gone_sub_1() {
    let clinic = Clinic::new().await;
    let id = subscribe(&clinic, "requests.*", URL).await;
    let path = format!("/subscription/{id}");
    let deleted = clinic.pms("DELETE", &path, Value::Null).await;
    assert_eq!(deleted.bytes.len(), 0);
    deleted.expect(204);
    for method in ["DELETE", "GET"] {
        clinic.pms(method, &path, Value::Null).await.expect(404);
    }
    let list = clinic.pms("GET", "/subscription", Value::Null).await;
    assert_eq!(list.expect(200), json!([]));
}

#[tokio::test]
async fn the_list_shows_what_has_not_expired_sub_1() {
    let clinic = Clinic::new().await;
    let body = json!({
        "topic": "requests.*", "callbackUrl": URL, "expireAt": "2026-11-23 00:01:00",
    });
    let made = clinic.pms("POST", "/subscription", body).await.expect(201);
    let later = json!({
        "topic": "requests.*", "callbackUrl": URL, "clientId": "later",
        "startAt": "2026-12-01 00:00:00",
    });
    clinic.pms("POST", "/subscription", later).await.expect(201);
    let listed = async || {
        let list = clinic.pms("GET", "/subscription", Value::Null).await;
        list.expect(200).as_array().unwrap().len()
    };
    assert_eq!(listed().await, 2, "one that is to begin is shown too");
    clinic.app.advance(60).await;
    assert_eq!(listed().await, 1);
    let path = format!("/subscription/{}", made["id"].as_str().unwrap());
    clinic.pms("GET", &path, Value::Null).await.expect(200);
}

#[tokio::test]
async fn what_cannot_be_a_subscription_is_400_with_every_fault_sub_1_wire_4() {
    let clinic = Clinic::new().await;
    let body = json!({
        "topic": "bookings", "callbackUrl": "ftp://user@pms.example", "startAt": "soon",
        "clientId": "x".repeat(256),
    });
    let error = clinic.pms("POST", "/subscription", body).await;
    let text = error.error();
    error.expect(400);
    for field in ["topic: ", "callbackUrl: ", "startAt: ", "clientId: "] {
        assert!(text.contains(field), "{text}");
    }
    for (url, why) in [
        ("/callback", "absolute"),
        ("ftp://pms.example/", "http"),
        ("https://user:secret@pms.example/", "credentials"),
        ("https://user@pms.example/", "credentials"),
    ] {
        let body = json!({"topic": "requests.*", "callbackUrl": url});
        let answer = clinic.pms("POST", "/subscription", body).await;
        assert!(answer.error().contains(why), "{}", answer.error());
        answer.expect(400);
    }
    for (start, end) in [
        (json!("2026-12-01 00:00:00"), "2026-12-01 00:00:00"),
        (json!("2026-12-01 00:00:00"), "2026-11-30 00:00:00"),
        (Value::Null, "2026-11-23 00:00:00"),
    ] {
        let body = json!({
            "topic": "requests.*", "callbackUrl": URL, "startAt": start, "expireAt": end,
        });
        let answer = clinic.pms("POST", "/subscription", body).await;
        assert!(
            answer.error().starts_with("expireAt: "),
            "{}",
            answer.error()
        );
        answer.expect(400);
    }
    let list = clinic.pms("GET", "/subscription", Value::Null).await;
    assert_eq!(list.expect(200), json!([]));
}

#[tokio::test]
async fn subscriptions_belong_to_their_practice_and_consumer_auth_3() {
    let clinic = Clinic::new().await;
    let id = subscribe(&clinic, "requests.*", URL).await;
    let path = format!("/subscription/{id}");
    let elsewhere = stranger(&clinic).await;
    // The next integration of the same practice.
    let (practice, consumer) = (clinic.pms.practice_id, elsewhere.consumer_id);
    let next = clinic
        .app
        .consent(practice, consumer, &elsewhere.api_key)
        .await;
    for other in [&elsewhere, &next] {
        let app = &clinic.app;
        let list = app.pms(other, "GET", "/subscription", Value::Null).await;
        assert_eq!(list.expect(200), json!([]));
        for method in ["GET", "DELETE"] {
            let answer = app.pms(other, method, &path, Value::Null).await;
            answer.expect(404);
        }
        let log = format!("/subscriptionErrorLog?subscriptionId={id}");
        app.pms(other, "GET", &log, Value::Null).await.expect(404);
    }
}

#[tokio::test]
async fn there_is_an_end_to_the_number_of_subscriptions_wire_4() {
    let clinic = Clinic::new().await;
    for n in 0..100 {
        subscribe(&clinic, "requests.*", &format!("{URL}/{n}")).await;
    }
    let body = json!({"topic": "requests.*", "callbackUrl": URL});
    clinic.pms("POST", "/subscription", body).await.expect(400);
    // One that is there can still be written anew.
    subscribe(&clinic, "requests.*", &format!("{URL}/7")).await;
}
