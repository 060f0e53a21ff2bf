//! When an integration was last heard of, and as whom (AUTH-5, REQ-3).

use super::poll;
use serde_json::{Value, json};
use slotbridge_domain::ids::PracticeId;
use slotbridge_testkit::{Clinic, Pms, TestApp};
use std::time::Duration;

async fn call(app: &TestApp, pms: &Pms, agent: &str) {
    let headers = pms.headers_and(&[("user-agent", agent)]);
    assert_eq!(poll(app, &headers).await.status, 200);
}

/// The last contact of each consumer of a practice: when and as whom.
async fn contacts(app: &TestApp, practice: i64) -> Vec<(Value, Value)> {
    let path = format!("/practices/{practice}/consents");
    let list = app.admin("GET", &path, Value::Null).await.expect(200);
    let seen = |c: &Value| (c["lastContactAt"].clone(), c["userAgent"].clone());
    list["data"].as_array().unwrap().iter().map(seen).collect()
}

#[tokio::test]
async fn the_last_user_agent_is_kept_per_practice_auth_5() {
    let app = TestApp::new().await;
    let one = app.link(json!({})).await;
    let two = app.practice(json!({})).await;
    let two = app.consent(two, one.consumer_id, &one.api_key).await;
    assert_eq!(
        contacts(&app, one.practice_id).await,
        [(Value::Null, Value::Null)]
    );
    call(&app, &one, "Best PMS (dev@pms.example) TEST").await;
    app.clock.advance(60);
    call(&app, &one, "Best PMS (dev@pms.example) PROD").await;
    call(&app, &two, "Other").await;
    let at = json!("2026-11-23T00:01:00Z");
    let prod = json!("Best PMS (dev@pms.example) PROD");
    assert_eq!(contacts(&app, one.practice_id).await, [(at.clone(), prod)]);
    assert_eq!(
        contacts(&app, two.practice_id).await,
        [(at, json!("Other"))]
    );
}

#[tokio::test]
async fn any_text_is_a_user_agent_and_only_its_beginning_is_kept_auth_5() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    call(&app, &pms, "Pr\u{e4}xis-PMS").await;
    assert_eq!(
        contacts(&app, pms.practice_id).await[0].1,
        "Pr\u{e4}xis-PMS"
    );
    call(&app, &pms, &"\u{e4}".repeat(300)).await;
    assert_eq!(
        contacts(&app, pms.practice_id).await[0].1,
        "\u{e4}".repeat(200)
    );
    // One that says nothing of itself leaves what is known.
    assert_eq!(poll(&app, &pms.headers()).await.status, 200);
    assert_eq!(
        contacts(&app, pms.practice_id).await[0].1,
        "\u{e4}".repeat(200)
    );
}

#[tokio::test]
async fn a_call_that_is_refused_is_no_contact_auth_5() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let mut headers = pms.headers_and(&[("user-agent", "Stranger")]);
    headers.retain(|(name, _)| name != "practice-key");
    headers.push(("practice-key".into(), "sbp_".into()));
    assert_eq!(poll(&app, &headers).await.status, 403);
    assert_eq!(
        contacts(&app, pms.practice_id).await,
        [(Value::Null, Value::Null)]
    );
}

#[tokio::test]
async fn a_contact_is_in_memory_until_it_is_written_down_req_3() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    call(&app, &pms, "Agent").await;
    let seen = (json!("2026-11-23T00:00:00Z"), json!("Agent"));
    assert_eq!(contacts(&app, pms.practice_id).await[0], seen);
    // A crash before the next writing loses it, and nothing else.
    let app = app.restart().await;
    assert_eq!(
        contacts(&app, pms.practice_id).await,
        [(Value::Null, Value::Null)]
    );
    call(&app, &pms, "Agent").await;
    app.hub.flush_contacts().await.unwrap();
    let app = app.restart().await;
    assert_eq!(contacts(&app, pms.practice_id).await[0], seen);
    // A call that says nothing of itself leaves what was written.
    assert_eq!(poll(&app, &pms.headers()).await.status, 200);
    assert_eq!(contacts(&app, pms.practice_id).await[0], seen);
    app.hub.flush_contacts().await.unwrap();
    let app = app.restart().await;
    assert_eq!(contacts(&app, pms.practice_id).await, [seen]);
}

#[tokio::test]
async fn the_contacts_of_many_practices_are_written_and_nothing_is_forgotten_for_that_req_3() {
    let app = TestApp::new().await;
    let first = app.link(json!({})).await;
    let mut all = vec![first.practice_id];
    call(&app, &first, "Agent").await;
    for _ in 0..300 {
        let practice = app.practice(json!({})).await;
        let pms = app.consent(practice, first.consumer_id, &first.api_key);
        call(&app, &pms.await, "Agent").await;
        all.push(practice);
    }
    let stamps = async || {
        let of = |id: &i64| app.hub.store().stamp(PracticeId::new(*id).unwrap());
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        loop {
            let stamps: Option<Vec<_>> = all.iter().map(of).collect();
            match stamps {
                Some(stamps) => return stamps,
                None => tick.tick().await,
            };
        }
    };
    let before = stamps().await;
    app.hub.flush_contacts().await.unwrap();
    assert!(before == stamps().await, "what is remembered is read anew");
    let app = app.restart().await;
    for practice in all {
        let seen = (json!("2026-11-23T00:00:00Z"), json!("Agent"));
        assert_eq!(contacts(&app, practice).await, [seen]);
    }
}

#[tokio::test]
async fn a_consumer_that_has_lost_its_consent_keeps_its_last_contact_auth_5() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    call(&app, &pms, "Agent").await;
    assert_eq!(super::revoke(&app, &pms).await, 204);
    let seen = (json!("2026-11-23T00:00:00Z"), json!("Agent"));
    assert_eq!(contacts(&app, pms.practice_id).await, [seen]);
}

/// Every file of the data folder with its content.
fn files(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // The shared memory of SQLite's readers is no data.
        .filter(|path| path.extension().is_none_or(|kind| kind != "db-shm"))
        .filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn on_sqlite_a_poll_writes_nothing_req_3() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    clinic.list("bookings").await;
    let Some(folder) = clinic.app.database.folder() else {
        return;
    };
    let before = files(folder);
    for _ in 0..20 {
        clinic.poll().await;
        clinic.app.clock.advance(5);
    }
    assert!(files(folder) == before, "a poll has written");
    clinic.app.hub.flush_contacts().await.unwrap();
    assert!(files(folder) != before, "what is written is seen here");
}
