//! The daily requests (SNAP-1).

use super::{asked, enable, reminding, send, snapshot};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// What is asked for on a day: four dates by appointment, the first by creation.
fn of_a_day(dates: [&str; 4]) -> Vec<(String, String)> {
    let by = |date: &str, kind: &str| (date.to_owned(), kind.to_owned());
    let mut all: Vec<_> = dates.iter().map(|date| by(date, "appt_datetime")).collect();
    all.push(by(dates[0], "appt_creation_datetime"));
    all
}

const DATES: [&str; 4] = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"];

#[tokio::test]
async fn today_and_three_days_and_what_is_made_today_are_asked_for_snap_1() {
    let (clinic, _) = reminding().await;
    assert_eq!(asked(&clinic).await, of_a_day(DATES));
    assert!(clinic.poll().await.contains(&"clientSnapshots".to_owned()));
}

#[tokio::test]
async fn nothing_is_asked_for_without_the_feature_or_a_product_that_needs_it_snap_1() {
    let clinic = Clinic::new().await;
    enable(&clinic).await;
    assert_eq!(asked(&clinic).await, []);
    let products = json!({"products": ["reminders"]});
    clinic.admin("PATCH", "", products).await.expect(200);
    assert_eq!(asked(&clinic).await.len(), 5, "once a product needs it");

    let details = json!({"products": ["checkIns"]});
    let clinic = Clinic::at(TestApp::new().await, details).await;
    clinic.app.advance(2 * 86_400).await;
    assert_eq!(asked(&clinic).await, []);
    enable(&clinic).await;
    assert_eq!(asked(&clinic).await.len(), 5, "once the feature is on");
    let disable = "/features/clientSnapshots/disable";
    clinic.pms("POST", disable, Value::Null).await.expect(200);
    assert_eq!(asked(&clinic).await, [], "hidden");
    assert!(!clinic.poll().await.contains(&"clientSnapshots".to_owned()));
}

#[tokio::test]
async fn a_product_that_nobody_knows_is_refused() {
    let clinic = Clinic::new().await;
    let products = json!({"products": ["reminders", "parking"]});
    let refused = clinic.admin("PATCH", "", products).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.faults()[0].0, "products[1]");
}

#[tokio::test]
async fn a_snapshot_resolves_the_request_for_its_date_and_type_alone_snap_1() {
    let (clinic, _) = reminding().await;
    send(&clinic, snapshot("2026-11-24", vec![]))
        .await
        .expect(200);
    let left = asked(&clinic).await;
    assert_eq!(left.len(), 4);
    assert!(!left.contains(&("2026-11-24".into(), "appt_datetime".into())));
    let mut creation = snapshot("2026-11-23", vec![]);
    creation["dateType"] = json!("appt_creation_datetime");
    send(&clinic, creation).await.expect(200);
    assert_eq!(asked(&clinic).await.len(), 3);
    // What came today is not asked for again today.
    for switch in ["disable", "enable"] {
        let path = format!("/features/clientSnapshots/{switch}");
        clinic.pms("POST", &path, Value::Null).await.expect(200);
    }
    assert_eq!(asked(&clinic).await.len(), 3);
}

#[tokio::test]
async fn each_midnight_of_the_practice_the_next_are_asked_for_and_old_ones_close_snap_1() {
    let (clinic, _) = reminding().await;
    send(&clinic, snapshot("2026-11-24", vec![]))
        .await
        .expect(200);
    // It is 11:00: midnight is 13 hours away.
    clinic.app.advance(13 * 3600 - 1).await;
    assert_eq!(asked(&clinic).await.len(), 4);
    clinic.app.advance(1).await;
    let mut found = asked(&clinic).await;
    found.sort();
    let mut expected = of_a_day(["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"]);
    expected.sort();
    assert_eq!(
        found, expected,
        "tomorrow's once more, the day that is over no longer"
    );
}

#[tokio::test]
async fn a_hub_that_was_down_at_midnight_asks_when_it_is_back_snap_1() {
    let (clinic, _) = reminding().await;
    let Clinic {
        app,
        pms,
        practitioners,
        appointment_type,
    } = clinic;
    app.clock.advance(3 * 86_400);
    let app = app.restart().await;
    let clinic = Clinic {
        app,
        pms,
        practitioners,
        appointment_type,
    };
    clinic.app.advance(0).await;
    let mut found = asked(&clinic).await;
    found.sort();
    let mut expected = of_a_day(["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"]);
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn midnight_is_the_practices_also_when_clocks_change_snap_1() {
    // Sydney's 2027-04-04 has 25 hours, Sunday.
    let (clinic, _) = reminding().await;
    clinic
        .app
        .clock
        .set("2027-04-03T12:00:00Z".parse().unwrap());
    clinic.app.advance(0).await;
    let first =
        |found: Vec<(String, String)>| found.into_iter().map(|one| one.0).min().unwrap_or_default();
    assert_eq!(first(asked(&clinic).await), "2027-04-03", "23:00");
    clinic.app.advance(3600).await;
    assert_eq!(first(asked(&clinic).await), "2027-04-04");
    clinic.app.advance(25 * 3600 - 1).await;
    assert_eq!(first(asked(&clinic).await), "2027-04-04", "25 hours long");
    clinic.app.advance(1).await;
    assert_eq!(first(asked(&clinic).await), "2027-04-05");
}

#[tokio::test]
async fn staff_ask_for_a_date_by_hand_with_its_type() {
    let (clinic, _) = reminding().await;
    let ask =
        |date: &str| json!({"type": "clientSnapshots", "date": date, "dateType": "appt_datetime"});
    let made = clinic.admin("POST", "/requests", ask("2026-12-24")).await;
    let made = made.expect(201);
    assert_eq!(made["date"], "2026-12-24");
    assert_eq!(made["dateType"], "appt_datetime");
    assert_eq!(asked(&clinic).await.len(), 6);
    let over = clinic.admin("POST", "/requests", ask("2026-11-22")).await;
    assert_eq!(over.status, 409);
    let incomplete = json!({"type": "clientSnapshots", "date": "2026-12-24"});
    let refused = clinic.admin("POST", "/requests", incomplete).await;
    assert_eq!(refused.faults()[0].0, "dateType");
    let without = Clinic::new().await;
    let refused = without.admin("POST", "/requests", ask("2026-12-24")).await;
    assert_eq!(refused.status, 409, "the feature is off");
}
