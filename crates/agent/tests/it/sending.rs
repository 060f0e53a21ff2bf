//! What the hub is told at linking, by request, and of live hours and features.

use crate::stage::{Stage, at, settings, whole_round};
use crate::wrapped::{Verdict, Wrapped, later};
use serde_json::{Value, json};
use slotbridge_agent::clinic::Settings;
use slotbridge_client::wire::config::{LivenessRange, Schedule};
use std::sync::atomic::Ordering;

const SNAPSHOTS: &str = "POST /availability/snapshots";

/// The days that a call carried, as `resource day`.
fn days_of(body: &str) -> Vec<String> {
    let sent: Value = serde_json::from_str(body).unwrap();
    let day = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        format!("{} {}", text("pmsResourceId"), text("date"))
    };
    sent.as_array().unwrap().iter().map(day).collect()
}

/// The days that were sent since the proxy was last asked.
pub(crate) fn days_sent(stage: &Stage) -> Vec<String> {
    let calls = stage.proxy.take();
    let calls = calls.iter().filter(|call| call.line == SNAPSHOTS);
    calls.flat_map(|call| days_of(&call.body)).collect()
}

#[tokio::test]
async fn at_linking_resources_types_and_all_days_in_sight_are_sent_conf_1_conf_2_avail_1() {
    let mut stage = Stage::bare().await;
    assert_eq!(
        stage.hub.poll().await,
        ["pmsResources", "pmsAppointmentTypes"]
    );
    whole_round(&stage.agent()).await.unwrap();
    let lines: Vec<String> = stage
        .proxy
        .take()
        .into_iter()
        .map(|call| call.line)
        .collect();
    let place = |line: &str| lines.iter().position(|one| one == line).unwrap();
    // Types may be of resources, and days are.
    assert!(
        place("POST /config/pmsResources/snapshot")
            < place("POST /config/pmsAppointmentTypes/snapshot")
    );
    assert!(place("POST /config/pmsAppointmentTypes/snapshot") < place(SNAPSHOTS));
    let resources = "POST /config/pmsResources/snapshot";
    let uploads = lines.iter().filter(|line| *line == resources);
    assert_eq!(uploads.count(), 1, "the hub asked for both");
    stage.look_up().await;
    assert_eq!(stage.hub.practitioners.len(), 2);
    let starts = stage.hub.starts().await;
    let starts: std::collections::BTreeSet<&String> = starts.iter().collect();
    assert_eq!(starts.len(), 28, "a quarter of an hour each: {starts:?}");
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

#[tokio::test]
async fn what_the_hub_has_is_not_sent_again_also_after_a_restart_avail_6() {
    let stage = Stage::new().await;
    for _ in 0..2 {
        let agent = stage.agent();
        whole_round(&agent).await.unwrap();
        agent.send_all().await.unwrap();
        let sent = stage.proxy.take().into_iter();
        let sent: Vec<String> = sent
            .map(|call| call.line)
            .filter(|line| line.starts_with("POST"))
            .collect();
        assert_eq!(sent, [""; 0]);
    }
}

#[tokio::test]
async fn of_a_change_at_the_desk_only_its_day_is_sent_avail_1() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    stage.enter("2", "2026-11-24T10:00:00");
    agent.take_changes().await.unwrap();
    assert_eq!(days_sent(&stage), ["2 2026-11-24"]);
    agent.take_changes().await.unwrap();
    agent.send_all().await.unwrap();
    assert_eq!(days_sent(&stage), [""; 0]);
}

#[tokio::test]
async fn of_a_change_on_a_day_that_is_over_or_not_in_sight_nothing_is_sent_avail_1() {
    let stage = Stage::new().await;
    for day in ["20", "26"] {
        stage.enter("1", &format!("2026-11-{day}T10:00:00"));
    }
    stage.agent().take_changes().await.unwrap();
    assert_eq!(days_sent(&stage), [""; 0]);
}

#[tokio::test]
async fn a_day_that_the_hub_did_not_take_is_sent_again_avail_6() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let knows = async |ids: &[&str]| {
        let one = |id: &&str| json!({"pmsResourceId": id, "pmsResourceName": format!("Dr {id}")});
        let all: Value = ids.iter().map(one).collect();
        let sent = stage.hub.pms("POST", "/config/pmsResources/snapshot", all);
        sent.await.expect(200);
    };
    knows(&["1"]).await;
    stage.enter("2", "2026-11-24T10:00:00");
    agent.take_changes().await.unwrap();
    assert_eq!(days_sent(&stage), ["2 2026-11-24"]);
    knows(&["1", "2"]).await;
    agent.send_all().await.unwrap();
    assert_eq!(days_sent(&stage), ["2 2026-11-24"]);
    agent.send_all().await.unwrap();
    assert_eq!(days_sent(&stage), [""; 0]);
}

#[tokio::test]
async fn the_order_in_which_the_pms_names_times_is_no_change_avail_6() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    wrapped.backwards.store(true, Ordering::SeqCst);
    let agent = stage.agent_with(wrapped, settings());
    agent.send_all_days().await.unwrap();
    assert_eq!(days_sent(&stage), [""; 0]);
}

#[tokio::test]
async fn a_day_that_comes_into_sight_is_sent_and_no_other_avail_1() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    stage.hub.app.clock.advance(24 * 3600);
    agent.send_all_days().await.unwrap();
    assert_eq!(days_sent(&stage), ["1 2026-11-26", "2 2026-11-26"]);
}

#[tokio::test]
async fn a_change_of_the_configuration_is_sent_and_a_resource_that_returns_has_its_days_again_conf_1()
 {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    wrapped.configured.store(true, Ordering::SeqCst);
    let agent = stage.agent_with(wrapped, settings());
    let book = stage.meddle();
    book.execute("PRAGMA foreign_keys = OFF", []).unwrap();
    book.execute("DELETE FROM resources WHERE id = '2'", [])
        .unwrap();
    agent.take_changes().await.unwrap();
    let gone: Vec<String> = stage
        .proxy
        .take()
        .into_iter()
        .map(|call| call.line)
        .collect();
    assert_eq!(gone.len(), 2, "resources and types: {gone:?}");
    let back = "INSERT INTO resources VALUES ('2', 'Dr Ben Walker', 'Dr', 'Ben', 'Walker')";
    book.execute(back, []).unwrap();
    agent.take_changes().await.unwrap();
    let days: Vec<String> = (23..26).map(|day| format!("2 2026-11-{day}")).collect();
    assert_eq!(days_sent(&stage), days, "the hub has dropped them");
}

#[tokio::test]
async fn what_the_hub_asks_for_is_sent_whether_or_not_it_changed_req_4_avail_7() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    for body in [
        json!({"type": "pmsResources"}),
        json!({"type": "pmsAppointmentTypes"}),
        json!({"type": "availability", "date": "2026-11-24", "pmsResourceId": "2"}),
        json!({"type": "availability", "date": "2026-11-25"}),
        json!({"type": "availability", "date": "2026-12-25", "pmsResourceId": "1"}),
    ] {
        stage
            .hub
            .admin("POST", "/requests", body.clone())
            .await
            .expect(201);
        agent.poll().await.unwrap();
        assert_eq!(stage.hub.poll().await, [""; 0], "{body}");
    }
    let days = [
        "2 2026-11-24",
        "1 2026-11-25",
        "2 2026-11-25",
        "1 2026-12-25",
    ];
    assert_eq!(days_sent(&stage), days);
}

#[tokio::test]
async fn a_resource_whose_times_cannot_be_read_holds_up_no_other_avail_1_avail_7() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    wrapped.judge(|asked| match (asked.what, asked.of.as_str()) {
        ("free", "1") => later(),
        _ => Verdict::Go,
    });
    // What was sent before it was asked for is no answer.
    stage.hub.app.advance(1).await;
    let ask = json!({"type": "availability", "date": "2026-11-25"});
    stage.hub.admin("POST", "/requests", ask).await.expect(201);
    agent.poll().await.unwrap_err();
    assert_eq!(days_sent(&stage), ["2 2026-11-25"]);
    stage.enter("2", &at("10:00"));
    agent.send_all_days().await.unwrap_err();
    assert_eq!(days_sent(&stage), ["2 2026-11-24"]);
    wrapped.judge(|_| Verdict::Go);
    agent.poll().await.unwrap();
    assert!(days_sent(&stage).contains(&"1 2026-11-25".to_owned()));
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

#[tokio::test]
async fn a_resync_sends_all_again_conf_1_avail_1() {
    let stage = Stage::new().await;
    stage.agent().resync().await.unwrap();
    let calls = stage.proxy.take();
    let resources = calls
        .iter()
        .filter(|call| call.line.ends_with("/pmsResources/snapshot"));
    assert_eq!(resources.count(), 1);
    let days = calls.iter().filter(|call| call.line == SNAPSHOTS);
    assert_eq!(days.flat_map(|call| days_of(&call.body)).count(), 6);
}

#[tokio::test]
async fn live_hours_are_promised_at_linking_and_with_a_resync_conf_3() {
    let range = LivenessRange {
        start: 480,
        end: 1080,
    };
    let hours = Schedule {
        monday: Some(vec![range]),
        ..Schedule::default()
    };
    let settings = Settings {
        live_hours: Some(hours),
        ..settings()
    };
    let stage = Stage::with(settings.clone()).await;
    let path = "/config/livenessContract";
    let promised = async || stage.hub.pms("GET", path, Value::Null).await.expect(200);
    let expected = json!({"liveHours": {"monday": [{"start": "08:00", "end": "18:00"}]}});
    assert_eq!(promised().await, expected);
    // Others may have promised something else.
    let none = json!({"liveHours": {}});
    stage.hub.pms("POST", path, none).await.expect(200);
    assert_ne!(promised().await, expected);
    let agent = stage.agent_with(stage.book.clone(), settings);
    agent.resync().await.unwrap();
    assert_eq!(promised().await, expected);
}

async fn features(stage: &Stage) -> Vec<(String, bool)> {
    let all = stage
        .hub
        .pms("GET", "/features", Value::Null)
        .await
        .expect(200);
    let one = |one: &Value| {
        let id = one["id"].as_str().unwrap().to_owned();
        (id, one["enabled"].as_bool().unwrap())
    };
    all.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn features_that_the_agent_has_not_are_disabled_and_documents_enabled_if_configured_conf_4() {
    let stage = Stage::bare().await;
    for feature in ["documents", "clientSnapshots", "attachDocuments"] {
        stage.hub.enable(feature).await;
    }
    for documents in [true, false] {
        let settings = Settings {
            documents,
            ..settings()
        };
        let agent = stage.agent_with(stage.book.clone(), settings);
        agent.link().await.unwrap();
        for (id, enabled) in features(&stage).await {
            assert_eq!(enabled, documents && id == "documents", "{id}");
        }
    }
}
