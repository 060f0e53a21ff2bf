//! The PMS's resources (CONF-1).

use crate::pms::support::{audit_total, restarted, send_resources, send_usual, stranger, times};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Answer, Clinic};

async fn list(clinic: &Clinic) -> Value {
    clinic
        .pms("GET", "/config/pmsResources", Value::Null)
        .await
        .expect(200)
}

async fn find(clinic: &Clinic, id: &str) -> Value {
    let path = format!("/config/pmsResources/findById?id={id}");
    clinic.pms("GET", &path, Value::Null).await.expect(200)
}

async fn post(clinic: &Clinic, resources: Value) -> Answer {
    clinic
        .pms("POST", "/config/pmsResources/snapshot", resources)
        .await
}

fn resource(id: &str, name: &str) -> Value {
    json!({"pmsResourceId": id, "pmsResourceName": name})
}

/// The live resources as the portal has them: id, name, practitioner.
async fn in_the_portal(clinic: &Clinic) -> Vec<[Value; 4]> {
    let all = clinic
        .admin("GET", "/pmsResources", Value::Null)
        .await
        .expect(200);
    let names = ["pmsResourceId", "pmsResourceName", "live", "practitionerId"];
    let row = |row: &Value| names.map(|name| row[name].clone());
    all["data"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn a_snapshot_replaces_the_whole_list_conf_1() {
    let clinic = Clinic::new().await;
    let first = json!({"pmsResourceId": "12345", "pmsResourceName": "Doctor Do Good",
        "pmsPractitionerTitle": "Doctor"});
    let second = resource("12346", "Doctor John Doe");
    assert_eq!(list(&clinic).await, json!([first, second]));
    assert_eq!(find(&clinic, "12345").await, json!([first]));
    assert_eq!(find(&clinic, "nobody").await, json!([]));
    let third = json!({"pmsResourceId": "a b", "pmsResourceName": "Room",
        "pmsPractitionerFirstname": "Jo", "pmsPractitionerLastname": "Li"});
    let sent = post(&clinic, json!([third, second])).await;
    assert_eq!(sent.expect(200), json!({}));
    let clinic = restarted(clinic).await;
    assert_eq!(
        list(&clinic).await,
        json!([third, second]),
        "in their order"
    );
    assert_eq!(find(&clinic, "12345").await, json!([]));
    assert_eq!(find(&clinic, "a%20b").await, json!([third]));
    post(&clinic, json!([])).await.expect(200);
    assert_eq!(list(&clinic).await, json!([]));
}

#[tokio::test]
async fn ids_and_names_are_unique_within_the_call_conf_1() {
    let clinic = Clinic::new().await;
    let before = list(&clinic).await;
    for (faulty, field) in [
        (
            json!([resource("1", "A"), resource("1", "B")]),
            "[1].pmsResourceId",
        ),
        (
            json!([resource("1", "A"), resource("2", "A")]),
            "[1].pmsResourceName",
        ),
        (
            json!([resource("1", "A"), {"pmsResourceId": 1, "pmsResourceName": "B"}]),
            "[1].pmsResourceId",
        ),
        (json!([resource("", "A")]), "[0].pmsResourceId"),
        (json!([resource("1", "")]), "[0].pmsResourceName"),
        (json!([resource("1", "A"), {}]), "[1].pmsResourceId"),
        (json!({}), ""),
    ] {
        let refused = post(&clinic, faulty.clone()).await;
        assert!(
            refused.error().contains(field),
            "{faulty}: {}",
            refused.error()
        );
        refused.expect(400);
    }
    assert_eq!(
        list(&clinic).await,
        before,
        "nothing of a refused call is stored"
    );
    // Another call may use the name of a resource that is gone, or swap two.
    post(&clinic, json!([resource("1", "Doctor John Doe")]))
        .await
        .expect(200);
    post(&clinic, json!([resource("1", "B"), resource("2", "A")]))
        .await
        .expect(200);
    let swapped = json!([resource("1", "A"), resource("2", "B")]);
    post(&clinic, swapped.clone()).await.expect(200);
    assert_eq!(list(&clinic).await, swapped);
}

#[tokio::test]
async fn a_deleted_resource_is_kept_and_finds_its_links_when_it_returns_conf_1() {
    let clinic = Clinic::new().await;
    let before = in_the_portal(&clinic).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    send_resources(&clinic, &["12346"]).await;
    assert!(times(&clinic, DAY).await.is_empty());
    clinic.try_book("2026-11-24T10:00").await.expect(409);
    assert_eq!(
        clinic.status(&booked).await,
        "confirmed",
        "its bookings stand"
    );
    let gone = in_the_portal(&clinic).await;
    assert_eq!(gone.len(), 2);
    assert!(gone.iter().any(|row| row[0] == "12345" && row[2] == false));
    let clinic = restarted(clinic).await;
    send_resources(&clinic, &["12345", "12346"]).await;
    assert_eq!(in_the_portal(&clinic).await, before);
    assert!(
        times(&clinic, DAY).await.is_empty(),
        "its availability was dropped"
    );
    send_usual(&clinic).await;
    assert_eq!(clinic.starts().await.len(), 13, "but for the booking");
    assert_eq!(clinic.status(&booked).await, "confirmed");
}

#[tokio::test]
async fn a_link_made_by_hand_is_kept_as_well_conf_1() {
    let clinic = Clinic::new().await;
    let path = format!("/practitioners/{}", clinic.practitioners[0]);
    let both = json!({"name": "Dr Good", "pmsResourceIds": ["12345", "12346"]});
    clinic.admin("PATCH", &path, both).await.expect(200);
    send_resources(&clinic, &[]).await;
    send_resources(&clinic, &["12346", "12345"]).await;
    let linked = in_the_portal(&clinic).await;
    assert!(
        linked.iter().all(|row| row[3] == clinic.practitioners[0]),
        "{linked:?}"
    );
    let who = clinic
        .admin("GET", "/practitioners", Value::Null)
        .await
        .expect(200);
    assert_eq!(
        who["data"][0]["name"], "Dr Good",
        "a name of the portal's own stays"
    );
    assert_eq!(
        who["data"].as_array().unwrap().len(),
        2,
        "no practitioner is made anew"
    );
}

#[tokio::test]
async fn a_rename_reaches_the_practitioner_that_follows_it_conf_1() {
    let clinic = Clinic::new().await;
    post(&clinic, json!([resource("12345", "Dr Renamed")]))
        .await
        .expect(200);
    let who = clinic
        .admin("GET", "/practitioners", Value::Null)
        .await
        .expect(200);
    assert_eq!(who["data"][0]["name"], "Dr Renamed");
}

#[tokio::test]
async fn an_unchanged_list_writes_nothing_conf_1() {
    let clinic = Clinic::new().await;
    send_resources(&clinic, &["12345", "12346"]).await;
    let before = audit_total(&clinic).await;
    for _ in 0..2 {
        send_resources(&clinic, &["12345", "12346"]).await;
    }
    assert_eq!(audit_total(&clinic).await, before);
    assert_eq!(clinic.starts().await.len(), 14, "their availability stays");
    send_resources(&clinic, &["12346", "12345"]).await;
    assert_eq!(
        audit_total(&clinic).await,
        before + 1,
        "another order is a change"
    );
}

#[tokio::test]
async fn without_auto_publish_a_resource_waits_for_the_portal_conf_1() {
    let app = slotbridge_testkit::TestApp::new().await;
    let pms = app.link(json!({"autoPublish": false})).await;
    let path = "/config/pmsResources/snapshot";
    let resources = json!([resource("1", "One")]);
    app.pms(&pms, "POST", path, resources).await.expect(200);
    let shown = format!("/practices/{}/pmsResources", pms.practice_id);
    let shown = app.admin("GET", &shown, Value::Null).await.expect(200);
    assert_eq!(shown["data"][0]["practitionerId"], Value::Null);
    let list = app.pms(&pms, "GET", "/config/pmsResources", Value::Null);
    assert_eq!(list.await.expect(200), json!([resource("1", "One")]));
}

#[tokio::test]
async fn another_practice_s_resources_are_its_own_conf_1() {
    let clinic = Clinic::new().await;
    let other = stranger(&clinic).await;
    let before = list(&clinic).await;
    let app = &clinic.app;
    let path = "/config/pmsResources";
    let theirs = app.pms(&other, "GET", path, Value::Null).await.expect(200);
    assert_eq!(theirs, json!([]));
    let resources = json!([resource("12345", "Somebody else")]);
    let snapshot = format!("{path}/snapshot");
    app.pms(&other, "POST", &snapshot, resources.clone())
        .await
        .expect(200);
    assert_eq!(list(&clinic).await, before);
    assert_eq!(clinic.starts().await.len(), 14);
    let theirs = app.pms(&other, "GET", path, Value::Null).await.expect(200);
    assert_eq!(theirs, resources);
}
