//! Public holidays: those of the state, and the practice's own (CONF-3).

use super::{clinic, go_to, state};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// Tuesday 2026-11-03 is the Melbourne Cup: a holiday in Victoria alone.
const CUP_DAY: &str = "2026-11-03";

async fn hours(clinic: &Clinic) {
    let day = json!([{"start": "09:00", "end": "17:00"}]);
    let hours = json!({"liveHours": {"tuesday": day, "wednesday": day, "publicHolidays": []}});
    clinic
        .pms("POST", "/config/livenessContract", hours)
        .await
        .expect(200);
}

async fn practice(state: &str, zone: &str) -> Clinic {
    let app = TestApp::sandbox().await;
    let monday = format!("{CUP_DAY}T00:00:00+11:00");
    app.clock.set(monday.parse().unwrap());
    let details = json!({"state": state, "timezone": zone});
    let pms = app.link(details).await;
    let clinic = Clinic {
        app,
        pms,
        practitioners: Vec::new(),
        appointment_type: 0,
    };
    hours(&clinic).await;
    clinic
}

#[tokio::test]
async fn a_holiday_of_one_state_is_none_in_another_conf_3_health_1() {
    for (of, zone, expected) in [
        ("VIC", "Australia/Melbourne", "outsideLiveHours"),
        ("NSW", "Australia/Sydney", "unhealthy noContact"),
    ] {
        let clinic = practice(of, zone).await;
        go_to(&clinic, &format!("{CUP_DAY}T09:30:00+11:00")).await;
        assert_eq!(state(&clinic).await, expected, "{of}");
    }
}

#[tokio::test]
async fn a_practice_has_holidays_of_its_own_conf_3() {
    let clinic = practice("NSW", "Australia/Sydney").await;
    let body = json!({"data": [
        {"date": "2026-12-24", "name": "Christmas Eve"}, {"date": CUP_DAY, "name": "Show day"},
    ]});
    let sorted = json!({"data": [
        {"date": CUP_DAY, "name": "Show day"}, {"date": "2026-12-24", "name": "Christmas Eve"},
    ]});
    let set = clinic.admin("PUT", "/holidays", body).await.expect(200);
    assert_eq!(set, sorted);
    let shown = clinic.admin("GET", "/holidays", Value::Null).await;
    assert_eq!(shown.expect(200), sorted);
    go_to(&clinic, &format!("{CUP_DAY}T09:30:00+11:00")).await;
    assert_eq!(state(&clinic).await, "outsideLiveHours");
    // It is none after all: at once.
    let none = json!({"data": []});
    clinic.admin("PUT", "/holidays", none).await.expect(200);
    super::pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn faults_of_holidays_are_named_conf_3() {
    let clinic = clinic().await;
    let body = json!({"data": [{"date": "2026-02-30", "name": "x"}, {"date": CUP_DAY}]});
    let refused = clinic.admin("PUT", "/holidays", body).await;
    assert_eq!(refused.status, 400);
    let fields: Vec<String> = refused.faults().into_iter().map(|fault| fault.0).collect();
    assert_eq!(fields, ["data[0].date", "data[1].name"]);
}
