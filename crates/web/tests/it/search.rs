//! Finding a practice.

use crate::visitor::{Visitor, html};
use serde_json::json;
use slotbridge_testkit::TestApp;

async fn two_practices() -> TestApp {
    let app = TestApp::new().await;
    for (name, suburb, postcode) in [
        ("Harbour Street Medical", "Sydney", "2000"),
        ("Kirra Skin Clinic", "Coolangatta", "4225"),
    ] {
        let details = json!({
            "name": name, "suburb": suburb, "postcode": postcode, "specialties": ["skin checks"],
        });
        app.link(details).await;
    }
    app
}

#[tokio::test]
async fn a_practice_is_found_by_name_place_and_specialty() {
    let app = two_practices().await;
    let visitor = Visitor::new(&app);
    for (query, harbour, kirra) in [
        ("/", true, true),
        ("/?name=harbour", true, false),
        ("/?place=coolan", false, true),
        ("/?place=4225", false, true),
        ("/?specialty=skin", true, true),
        ("/?place=2000&specialty=skin", true, false),
        ("/?name=%20%20", true, true),
        ("/?page=nonsense&name=kirra", false, true),
    ] {
        let page = html(&visitor.get(query).await);
        assert_eq!(page.contains("Harbour Street Medical"), harbour, "{query}");
        assert_eq!(page.contains("Kirra Skin Clinic"), kirra, "{query}");
    }
}

#[tokio::test]
async fn nothing_found_says_what_to_try() {
    let app = two_practices().await;
    let page = html(&Visitor::new(&app).get("/?name=zzz").await);
    assert!(page.contains("No practice found") && page.contains("Show all practices"));
    let empty = TestApp::new().await;
    let page = html(&Visitor::new(&empty).get("/").await);
    assert!(page.contains("No practices yet"), "{page}");
}

#[tokio::test]
async fn a_test_practice_is_reached_by_its_id_alone_and_asks_not_to_be_indexed_auth_4() {
    let app = two_practices().await;
    let tested = app.link(json!({"name": "Trial", "test": true})).await;
    let live = app.link(json!({"name": "Live"})).await;
    let visitor = Visitor::new(&app);
    assert!(!html(&visitor.get("/").await).contains("Trial"));
    for (practice, hidden) in [(tested, true), (live, false)] {
        let path = format!("/practices/{}", practice.practice_id);
        let page = html(&visitor.get(&path).await);
        assert_eq!(page.contains("content=\"noindex\""), hidden, "{page}");
    }
}
