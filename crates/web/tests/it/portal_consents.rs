//! Managers say which PMS may act for their practice.

use crate::desk::Desk;
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::portal::OURS;
use crate::visitor::{between, html};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, Pms};

/// The id of a second consumer.
async fn other(clinic: &Clinic, name: &str) -> String {
    let new = json!({"name": name, "contactEmail": "dev@other.example"});
    let made = clinic.app.admin("POST", "/consumers", new).await;
    made.expect(201).get("consumerId").unwrap().to_string()
}

async fn live(clinic: &Clinic) -> Vec<Value> {
    let all = clinic.admin("GET", "/consents", Value::Null).await;
    let all = all
        .expect(200)
        .get("data")
        .unwrap()
        .as_array()
        .unwrap()
        .clone();
    all.into_iter()
        .filter(|one| one["revokedAt"].is_null())
        .collect()
}

/// The practice key that a page shows.
fn key_of(page: &str) -> String {
    let (_, rest) = page.split_once("Practice key").expect("a key");
    between(rest, "<code class=\"key\">", "<").to_owned()
}

/// The status of a call with that key.
async fn status(clinic: &Clinic, key: &str) -> u16 {
    let pms = Pms {
        practice_key: key.to_owned(),
        ..clinic.pms.clone()
    };
    let answer = clinic.app.pms(&pms, "GET", "/requests", Value::Null);
    answer.await.status.as_u16()
}

fn once(page: &str) -> String {
    between(page, "name=\"once\" value=\"", "\"").to_owned()
}

#[tokio::test]
async fn a_new_key_asks_is_shown_once_and_ends_the_one_before_auth_0() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "consents").await;
    let id = live(&clinic).await[0]["consumerId"].to_string();
    let page = desk.page().await;
    let number = once(&page);
    let fields = [("deed", "give"), ("consumer", &id), ("once", &number)];
    let before = clinic.app.database.content();
    let asked = html(&desk.press(&fields).await);
    assert!(asked.contains("stops working at once"), "{asked}");
    assert_eq!(clinic.app.database.content(), before, "asking does nothing");
    let number = once(&asked);
    let sure = [fields[0], fields[1], ("once", &number), ("sure", "yes")];
    let given = desk.press(&sure).await;
    assert_eq!(given.status, 200, "no address holds the key");
    is_protected(&given, "the key");
    assert_eq!(given.header("cache-control"), Some("no-store"));
    let key = key_of(&html(&given));
    assert_eq!(status(&clinic, &clinic.pms.practice_key).await, 403);
    assert_eq!(status(&clinic, &key).await, 200);
    let again = html(&desk.press(&sure).await);
    assert_eq!(key_of(&again), key, "pressed twice, it is the same key");
    assert_eq!(status(&clinic, &key).await, 200);
    assert!(!desk.page().await.contains(&key), "it is shown once");
}

#[tokio::test]
async fn ending_a_consent_asks_and_giving_it_again_gives_one_key_however_often_pressed() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "consents").await;
    let id = live(&clinic).await[0]["consumerId"].to_string();
    let end = [("deed", "revoke"), ("consumer", id.as_str())];
    let before = clinic.app.database.content();
    let asked = html(&desk.press(&end).await);
    assert!(asked.contains("nobody can book online"), "{asked}");
    assert_eq!(clinic.app.database.content(), before, "asking does nothing");
    let sure = [end[0], end[1], ("sure", "yes")];
    let page = desk.pressed(&sure).await;
    assert!(page.contains("Give your PMS your consent"), "{page}");
    assert!(live(&clinic).await.is_empty());
    desk.pressed(&sure).await;
    let number = once(&page);
    let give = [("deed", "give"), ("consumer", &id), ("once", &number)];
    let key = key_of(&html(&desk.press(&give).await));
    let again = html(&desk.press(&give).await);
    assert_eq!(key_of(&again), key, "{again}");
    assert_eq!(live(&clinic).await.len(), 1);
    assert_eq!(status(&clinic, &key).await, 200);
}

#[tokio::test]
async fn another_pms_takes_over_only_when_it_is_said_twice() {
    let clinic = Clinic::new().await;
    let id = other(&clinic, "Other PMS").await;
    let test = json!({"name": "Try-out", "contactEmail": "t@other.example", "test": true});
    clinic
        .app
        .admin("POST", "/consumers", test)
        .await
        .expect(201);
    let desk = Desk::new(&clinic, "consents").await;
    let page = desk.page().await;
    assert!(page.contains("Other PMS"), "{page}");
    assert!(
        !page.contains("Try-out"),
        "a test one reaches test practices only (AUTH-4)"
    );
    let number = once(&page);
    let give = [("deed", "give"), ("consumer", &id), ("once", &number)];
    let asked = html(&desk.press(&give).await);
    assert!(
        asked.contains("Give the consent to Other PMS instead?"),
        "{asked}"
    );
    assert_eq!(status(&clinic, &clinic.pms.practice_key).await, 200);
    let number = once(&asked);
    let sure = [give[0], give[1], ("once", &number), ("sure", "yes")];
    desk.press(&sure).await;
    assert_eq!(live(&clinic).await[0]["consumerId"].to_string(), id);
    assert_eq!(status(&clinic, &clinic.pms.practice_key).await, 403);
}

#[tokio::test]
async fn forms_without_their_number_or_of_elsewhere_give_no_key() {
    let clinic = Clinic::new().await;
    let id = other(&clinic, HOSTILE).await;
    let desk = Desk::new(&clinic, "consents").await;
    let page = desk.page().await;
    is_harmless(&page, "consents");
    assert!(page.contains("onerror"), "{page}");
    let number = once(&page);
    let before = clinic.app.database.content();
    for (consumer, once, deed) in [
        (id.as_str(), "", "give"),
        (&id, "short", "give"),
        ("x", &number, "give"),
        ("999999", &number, "give"),
        (&id, &number, "take"),
    ] {
        let fields = [
            ("deed", deed),
            ("consumer", consumer),
            ("once", once),
            ("sure", "yes"),
        ];
        let answer = desk.press(&fields).await;
        assert_eq!(answer.status, 400, "{consumer} {once} {deed}");
    }
    let fields = [
        ("deed", "give"),
        ("consumer", id.as_str()),
        ("once", &number),
        ("sure", "yes"),
    ];
    let foreign = desk.visitor.post_as(&desk.path, &fields, &[OURS]).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(clinic.app.database.content(), before);
}
