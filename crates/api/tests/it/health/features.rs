//! Extra features that are not answered within a day (HEALTH-4).

use super::{clinic, health, pass, state};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

const DAY: i64 = 24 * 3600;

async fn enabled() -> Clinic {
    let clinic = clinic().await;
    let path = "/features/clientSnapshots/enable";
    clinic.pms("POST", path, Value::Null).await.expect(200);
    ask(&clinic).await;
    clinic
}

async fn ask(clinic: &Clinic) {
    let body =
        json!({"type": "clientSnapshots", "date": "2026-11-26", "dateType": "appt_datetime"});
    clinic.admin("POST", "/requests", body).await.expect(201);
}

/// How the feature does: outstanding, and since when it is late.
async fn feature(clinic: &Clinic) -> (i64, Value) {
    let health = health(clinic).await;
    let features = health["features"].as_array().unwrap().clone();
    let found = features.iter().find(|one| one["id"] == "clientSnapshots");
    let found = found.unwrap();
    (
        found["outstanding"].as_i64().unwrap(),
        found["lateSince"].clone(),
    )
}

#[tokio::test]
async fn a_feature_is_late_after_a_day_and_the_times_stay_health_4() {
    let clinic = enabled().await;
    clinic.poll().await;
    pass(&clinic, DAY).await;
    assert_eq!(
        feature(&clinic).await,
        (1, Value::Null),
        "a day is not over one"
    );
    pass(&clinic, 1).await;
    let since = json!("2026-11-24T00:00:00.000001Z");
    assert_eq!(feature(&clinic).await, (1, since));
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "healthy", "it is no matter of health");
    assert!(!clinic.starts().await.is_empty());
    let practice = slotbridge_domain::ids::PracticeId::new(clinic.pms.practice_id).unwrap();
    let late = clinic
        .app
        .hub
        .read(practice, |tx| {
            slotbridge_hub::health::feature_late(
                tx,
                slotbridge_domain::feature::Feature::ClientSnapshots,
            )
        })
        .await
        .unwrap();
    assert!(late, "what needs it is told");
}

#[tokio::test]
async fn times_are_hidden_for_it_only_if_the_practice_chose_so_health_4() {
    let clinic = enabled().await;
    let change = json!({"hideWhenFeatureLate": true, "hideWhenUnhealthy": false});
    clinic.admin("PATCH", "", change).await.expect(200);
    pass(&clinic, DAY).await;
    assert!(!clinic.starts().await.is_empty());
    pass(&clinic, 1).await;
    assert!(clinic.starts().await.is_empty());
    assert_eq!(health(&clinic).await["timesHidden"], true);
    // Its requests are hidden and kept: nothing waits for the PMS.
    let path = "/features/clientSnapshots/disable";
    clinic.pms("POST", path, Value::Null).await.expect(200);
    clinic.poll().await;
    assert!(!clinic.starts().await.is_empty());
    assert_eq!(feature(&clinic).await, (1, Value::Null));
}

#[tokio::test]
async fn one_that_is_asked_while_unhealthy_is_late_in_time_too_health_4() {
    let clinic = clinic().await;
    let path = "/features/clientSnapshots/enable";
    clinic.pms("POST", path, Value::Null).await.expect(200);
    pass(&clinic, 3_600).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    ask(&clinic).await;
    pass(&clinic, DAY).await;
    assert_eq!(feature(&clinic).await, (1, Value::Null));
    pass(&clinic, 1).await;
    assert_ne!(feature(&clinic).await.1, Value::Null);
}
