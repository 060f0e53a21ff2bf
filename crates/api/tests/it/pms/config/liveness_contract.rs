//! The liveness contract (CONF-3).

use crate::pms::support::{audit_total, restarted, stranger};
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic};

const PATH: &str = "/config/livenessContract";

async fn get(clinic: &Clinic) -> Value {
    clinic.pms("GET", PATH, Value::Null).await.expect(200)
}

async fn post(clinic: &Clinic, contract: Value) -> Answer {
    clinic.pms("POST", PATH, contract).await
}

fn hours(start: &str, end: &str) -> Value {
    json!({"start": start, "end": end})
}

fn always() -> Value {
    let day = json!([hours("00:00", "23:59")]);
    json!({"liveHours": {
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
        "saturday": day, "sunday": day,
    }})
}

#[tokio::test]
async fn without_one_it_is_live_always_and_posting_that_back_changes_nothing_conf_3() {
    let clinic = Clinic::new().await;
    assert_eq!(get(&clinic).await, always());
    let before = audit_total(&clinic).await;
    assert_eq!(post(&clinic, always()).await.expect(200), json!({}));
    assert_eq!(get(&clinic).await, always());
    assert_eq!(audit_total(&clinic).await, before);
}

#[tokio::test]
async fn what_is_set_is_what_is_answered_conf_3() {
    let clinic = Clinic::new().await;
    let contract = json!({"liveHours": {
        "monday": [hours("13:00", "17:00"), hours("08:00", "13:00"), hours("12:00", "14:30")],
        "tuesday": [hours("20:00", "05:00")],
        "wednesday": [hours("09:00", "23:59")],
        "thursday": [hours("09:00", "24:00")],
        "friday": [hours("09:00", "00:00")],
        "saturday": [],
        "publicHolidays": [hours("10:00", "11:00")],
    }});
    assert_eq!(post(&clinic, contract.clone()).await.expect(200), json!({}));
    let clinic = restarted(clinic).await;
    assert_eq!(get(&clinic).await, contract);
    let before = audit_total(&clinic).await;
    post(&clinic, contract.clone()).await.expect(200);
    assert_eq!(
        audit_total(&clinic).await,
        before,
        "the same again writes nothing"
    );
}

#[tokio::test]
async fn it_is_replaced_whole_conf_3() {
    let clinic = Clinic::new().await;
    let first = json!({"liveHours": {"monday": [hours("08:00", "18:00")],
        "publicHolidays": []}});
    post(&clinic, first.clone()).await.expect(200);
    assert_eq!(get(&clinic).await, first, "the days left out are not live");
    let second = json!({"liveHours": {"sunday": [hours("08:00:30", "18:00:59")]}});
    post(&clinic, second).await.expect(200);
    let expected = json!({"liveHours": {"sunday": [hours("08:00", "18:00")]}});
    assert_eq!(
        get(&clinic).await,
        expected,
        "nothing of the first one is left"
    );
    post(&clinic, json!({"liveHours": {}})).await.expect(200);
    assert_eq!(get(&clinic).await, json!({"liveHours": {}}), "never live");
    post(&clinic, json!({})).await.expect(200);
    assert_eq!(get(&clinic).await, always());
}

#[tokio::test]
async fn equal_ends_and_what_is_no_time_are_refused_conf_3() {
    let clinic = Clinic::new().await;
    let set = json!({"liveHours": {"monday": [hours("08:00", "18:00")]}});
    post(&clinic, set.clone()).await.expect(200);
    for (start, end) in [
        ("08:00", "08:00"),
        ("00:00", "00:00"),
        ("24:00", "08:00"),
        ("08:00", "24:01"),
        ("8", "18:00"),
        ("08:60", "18:00"),
    ] {
        let faulty = json!({"liveHours": {
            "tuesday": [hours("09:00", "10:00"), hours(start, end)],
        }});
        let refused = post(&clinic, faulty).await;
        let text = refused.error();
        assert!(
            text.contains("liveHours.tuesday[1]"),
            "{start} {end}: {text}"
        );
        refused.expect(400);
    }
    post(
        &clinic,
        json!({"liveHours": {"friday": [{"start": "08:00"}]}}),
    )
    .await
    .expect(400);
    post(&clinic, json!({"liveHours": []})).await.expect(400);
    assert_eq!(
        get(&clinic).await,
        set,
        "nothing of a refused call is stored"
    );
}

#[tokio::test]
async fn another_practice_has_its_own_conf_3() {
    let clinic = Clinic::new().await;
    let other = stranger(&clinic).await;
    let mine = json!({"liveHours": {"monday": [hours("08:00", "18:00")]}});
    post(&clinic, mine.clone()).await.expect(200);
    let theirs = clinic.app.pms(&other, "GET", PATH, Value::Null).await;
    assert_eq!(theirs.expect(200), always());
    clinic
        .app
        .pms(&other, "POST", PATH, json!({"liveHours": {}}))
        .await
        .expect(200);
    assert_eq!(get(&clinic).await, mine);
}
