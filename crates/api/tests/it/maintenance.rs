//! While there is maintenance callers are sent away, and nothing is held against them.

use crate::health::{pass, state};
use serde_json::{Value, json};
use slotbridge_api::ApiOptions;
use slotbridge_hub::{Hub, Settings};
use slotbridge_testkit::{Clinic, TestApp, TestRandom};

async fn begin(app: &TestApp, announced: Value) -> Value {
    let told = app.admin("PUT", "/maintenance", announced).await;
    told.expect(200)
}

async fn end(app: &TestApp) {
    let ended = app.admin("DELETE", "/maintenance", Value::Null).await;
    ended.expect(204);
}

/// A practice in a sandbox that hides its times, and is heard of now.
async fn clinic() -> Clinic {
    let app = TestApp::sandbox().await;
    let clinic = Clinic::at(app, json!({"hideWhenUnhealthy": true})).await;
    pass(&clinic, 0).await;
    clinic
}

#[tokio::test]
async fn patients_and_integrations_are_told_when_to_come_back_and_nothing_is_changed() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let app = &clinic.app;
    let announced = json!({"forMinutes": 15, "message": "A larger database"});
    let told = begin(app, announced).await;
    assert_eq!(told["since"], app.now().to_string());
    assert_eq!(told["message"], "A larger database");
    let before = app.database.content();
    let confirm = format!("/bookings/{}/confirmInsert", booked.id);
    let body = json!({"pmsPatientId": "1", "pmsAppointmentId": "2"});
    for answer in [
        clinic.pms("GET", "/requests", Value::Null).await,
        clinic.pms("POST", &confirm, body).await,
    ] {
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("900"));
        let text = answer.error();
        assert!(
            text.contains("(A larger database)") && text.contains("900 s"),
            "{text}"
        );
    }
    let refused = clinic.try_book("2026-11-24T10:00").await;
    assert_eq!(refused.status, 503);
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(refused.header("retry-after"), Some("900"));
    assert_eq!(app.database.content(), before);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.raw("GET", path, &[], String::new()).await.status, 200);
    }
    let seen = app.admin("GET", "/maintenance", Value::Null).await;
    assert_eq!(seen.expect(200), told, "operators still get in");
    end(app).await;
    clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&booked).await;
    let none = json!({"since": null, "until": null, "message": null});
    let seen = app.admin("GET", "/maintenance", Value::Null).await;
    assert_eq!(seen.expect(200), none);
    end(app).await;
}

#[tokio::test]
async fn what_is_announced_can_be_changed_and_holds_after_a_restart() {
    let clinic = Clinic::new().await;
    let since = begin(&clinic.app, json!({})).await["since"].clone();
    clinic.app.advance(60).await;
    let changed = begin(&clinic.app, json!({"forMinutes": 1, "message": " "})).await;
    assert_eq!(changed["since"], since);
    assert_eq!(changed["message"], Value::Null);
    let app = clinic.app.restart().await;
    let seen = app.admin("GET", "/maintenance", Value::Null).await;
    assert_eq!(seen.expect(200), changed);
    let refused = app.pms(&clinic.pms, "GET", "/requests", Value::Null).await;
    assert_eq!(refused.header("retry-after"), Some("60"));
    for wrong in [
        json!({"forMinutes": 0}),
        json!({"message": "x".repeat(256)}),
    ] {
        let refused = app.admin("PUT", "/maintenance", wrong).await;
        assert_eq!(refused.status, 400);
    }
}

#[tokio::test]
async fn a_booking_stands_after_its_20_seconds_all_the_same_book_1() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    begin(&clinic.app, json!({})).await;
    clinic.app.advance(21).await;
    end(&clinic.app).await;
    assert_eq!(clinic.status(&booked).await, "confirmed");
}

#[tokio::test]
async fn nobody_is_called_back_until_it_is_over_sub_3() {
    let clinic = Clinic::new().await;
    let subscription =
        json!({"topic": "requests.*", "callbackUrl": "https://pms.example/callback"});
    let made = clinic.pms("POST", "/subscription", subscription).await;
    made.expect(201);
    clinic.book("2026-11-24T09:00").await;
    begin(&clinic.app, json!({})).await;
    clinic.app.deliver().await;
    assert!(clinic.app.receiver.take().is_empty());
    end(&clinic.app).await;
    clinic.app.deliver().await;
    assert_eq!(clinic.app.receiver.take().len(), 1);
}

#[tokio::test]
async fn no_integration_is_unhealthy_for_having_been_sent_away_health_1() {
    let clinic = clinic().await;
    clinic.poll().await;
    begin(&clinic.app, json!({})).await;
    pass(&clinic, 7200).await;
    assert_eq!(state(&clinic).await, "healthy");
    end(&clinic.app).await;
    pass(&clinic, 590).await;
    assert_eq!(
        state(&clinic).await,
        "healthy",
        "it has all its time to come back"
    );
    pass(&clinic, 20).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn one_that_was_unhealthy_before_does_not_get_well_by_it_health_1() {
    let clinic = clinic().await;
    clinic.book("2026-11-24T09:00").await;
    pass(&clinic, 601).await;
    assert!(state(&clinic).await.starts_with("unhealthy noContact"));
    begin(&clinic.app, json!({})).await;
    // The booking begins meanwhile, at which the integration is judged anew.
    pass(&clinic, 24 * 3600).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    end(&clinic.app).await;
    pass(&clinic, 60).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "healthy");
}

#[tokio::test]
async fn on_postgres_every_node_knows_within_two_seconds() {
    let clinic = Clinic::new().await;
    if clinic.app.database.folder().is_some() {
        return; // An embedded store has one node.
    }
    let random = TestRandom::new(77);
    let store = clinic
        .app
        .database
        .open(clinic.app.clock.clone(), random.clone());
    let ways = slotbridge_testkit::outgoing();
    let other = Hub::new(store, random, ways, Settings::default());
    let mut clinic = clinic;
    let first = clinic.app.router.clone();
    let second = slotbridge_api::router(other, ApiOptions::default());
    for (status, method) in [(503, "PUT"), (200, "DELETE")] {
        clinic.app.router = first.clone();
        let body = if method == "PUT" {
            json!({})
        } else {
            Value::Null
        };
        clinic.app.admin(method, "/maintenance", body).await;
        clinic.app.router = second.clone();
        let known = async {
            while clinic.pms("GET", "/requests", Value::Null).await.status != status {
                tokio::task::yield_now().await;
            }
        };
        let limit = std::time::Duration::from_secs(2);
        let known = tokio::time::timeout(limit, known).await;
        assert!(known.is_ok(), "{method}");
    }
}
