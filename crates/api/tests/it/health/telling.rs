//! Each change is told once, to the practice and to the vendor (HEALTH-2, HEALTH-4).

use super::{pass, state};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// A practice with a mail address.
async fn reachable() -> Clinic {
    let details = json!({"hideWhenUnhealthy": true, "email": "desk@practice.example"});
    let clinic = Clinic::at(TestApp::sandbox().await, details).await;
    pass(&clinic, 0).await;
    clinic
}

/// What was told: kind and address, in alphabetical order.
async fn told(clinic: &Clinic) -> Vec<(String, String)> {
    let list = clinic
        .admin("GET", "/messages", Value::Null)
        .await
        .expect(200);
    let text = |message: &Value, key: &str| message[key].as_str().unwrap_or_default().to_owned();
    let list = list["data"].as_array().unwrap().iter();
    let mut told: Vec<_> = list
        .map(|message| (text(message, "kind"), text(message, "to")))
        .collect();
    told.sort();
    told
}

fn both(kinds: &[&str]) -> Vec<(String, String)> {
    let people = ["desk@practice.example", "dev@vendor.example"];
    let each = |kind: &&str| people.map(|to| ((*kind).to_owned(), to.to_owned()));
    let mut all: Vec<_> = kinds.iter().flat_map(each).collect();
    all.sort();
    all
}

#[tokio::test]
async fn each_change_is_told_once_to_both_health_2() {
    let clinic = reachable().await;
    pass(&clinic, 600).await;
    assert!(told(&clinic).await.is_empty());
    pass(&clinic, 1).await;
    assert_eq!(told(&clinic).await, both(&["unhealthy"]));
    pass(&clinic, 7_200).await;
    assert_eq!(told(&clinic).await, both(&["unhealthy"]), "once");
    clinic.poll().await;
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "healthy");
    assert_eq!(told(&clinic).await, both(&["unhealthy", "healthy"]));
    pass(&clinic, 601).await;
    let again = both(&["unhealthy", "healthy", "unhealthy"]);
    assert_eq!(told(&clinic).await, again, "another change");
}

#[tokio::test]
async fn a_late_feature_is_told_to_the_practice_health_4() {
    let clinic = reachable().await;
    let path = "/features/documents/enable";
    clinic.pms("POST", path, Value::Null).await.expect(200);
    let never = json!({"liveHours": {}});
    let path = "/config/livenessContract";
    clinic.pms("POST", path, never).await.expect(200);
    let booked = clinic.book("2026-11-24T09:00").await;
    let body = json!({"type": "availableDocuments", "bookingId": booked.id});
    clinic.admin("POST", "/requests", body).await.expect(201);
    pass(&clinic, 24 * 3600 + 1).await;
    let late = || {
        let to = "desk@practice.example".to_owned();
        ("featureLate".to_owned(), to)
    };
    let of_feature = async || {
        let told = told(&clinic).await;
        let of_feature = |(kind, _): &(String, String)| kind.starts_with("feature");
        told.into_iter().filter(of_feature).collect::<Vec<_>>()
    };
    assert_eq!(of_feature().await, [late()]);
    pass(&clinic, 24 * 3600).await;
    assert_eq!(of_feature().await, [late()], "once");
}
