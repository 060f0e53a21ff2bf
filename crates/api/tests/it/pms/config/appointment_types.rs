//! The PMS's appointment types (CONF-2).

use crate::pms::support::{
    audit_total, restarted, send_resources, send_usual, stranger, times, times_of, type_id,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Answer, Clinic};

async fn list(clinic: &Clinic) -> Value {
    let path = "/config/pmsAppointmentTypes";
    clinic.pms("GET", path, Value::Null).await.expect(200)
}

async fn find(clinic: &Clinic, id: &str) -> Value {
    let path = format!("/config/pmsAppointmentTypes/findById?id={id}");
    clinic.pms("GET", &path, Value::Null).await.expect(200)
}

async fn post(clinic: &Clinic, types: Value) -> Answer {
    clinic
        .pms("POST", "/config/pmsAppointmentTypes/snapshot", types)
        .await
}

fn kind(id: &str, name: &str) -> Value {
    json!({"pmsAppointmentTypeId": id, "pmsAppointmentTypeName": name})
}

fn kind_of(id: &str, name: &str, resource: Value) -> Value {
    let mut kind = kind(id, name);
    kind["pmsResourceId"] = resource;
    kind
}

#[tokio::test]
async fn a_snapshot_replaces_the_whole_list_conf_2() {
    let clinic = Clinic::new().await;
    let general = json!({"pmsAppointmentTypeId": "G1235",
        "pmsAppointmentTypeName": "General Appointment", "pmsAppointmentLength": 30});
    assert_eq!(list(&clinic).await, json!([general]));
    assert_eq!(find(&clinic, "G1235").await, json!([general]));
    assert_eq!(find(&clinic, "nothing").await, json!([]));
    let long = json!({"pmsAppointmentTypeId": "L", "pmsAppointmentTypeName": "Long",
        "pmsAppointmentLength": 1440, "pmsResourceId": "12346"});
    assert_eq!(
        post(&clinic, json!([long, general])).await.expect(200),
        json!({})
    );
    let clinic = restarted(clinic).await;
    assert_eq!(
        list(&clinic).await,
        json!([long, general]),
        "in their order"
    );
    post(&clinic, json!([long])).await.expect(200);
    assert_eq!(find(&clinic, "G1235").await, json!([]));
    assert!(times(&clinic, DAY).await.is_empty());
}

#[tokio::test]
async fn a_returning_type_finds_its_link_again_conf_2() {
    let clinic = Clinic::new().await;
    let before = clinic.starts().await;
    post(&clinic, json!([])).await.expect(200);
    assert!(clinic.starts().await.is_empty());
    let general = json!([{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General",
        "pmsAppointmentLength": 30}]);
    post(&clinic, general).await.expect(200);
    assert_eq!(clinic.starts().await, before);
    assert_eq!(type_id(&clinic, "G1235").await, clinic.appointment_type);
    let types = clinic
        .admin("GET", "/appointmentTypes", Value::Null)
        .await
        .expect(200);
    assert_eq!(
        types["data"].as_array().unwrap().len(),
        1,
        "no type is made anew"
    );
    assert_eq!(
        types["data"][0]["name"], "General",
        "and its new name is taken"
    );
}

#[tokio::test]
async fn ids_are_unique_and_names_unique_per_resource_conf_2() {
    let clinic = Clinic::new().await;
    let before = list(&clinic).await;
    let one = json!("12345");
    for (faulty, field) in [
        (
            json!([kind("1", "A"), kind("1", "B")]),
            "[1].pmsAppointmentTypeId",
        ),
        (
            json!([kind("1", "A"), kind_of("1", "A", one.clone())]),
            "[1].pmsAppointmentTypeId",
        ),
        (
            json!([kind("1", "A"), kind("2", "A")]),
            "[1].pmsAppointmentTypeName",
        ),
        (
            json!([kind("1", "A"), kind_of("2", "A", json!(""))]),
            "[1].pmsAppointmentTypeName",
        ),
        (
            json!([kind("1", "A"), kind_of("2", "A", Value::Null)]),
            "[1].pmsAppointmentTypeName",
        ),
        (
            json!([
                kind_of("1", "A", one.clone()),
                kind_of("2", "A", json!(12345))
            ]),
            "[1].pmsAppointmentTypeName",
        ),
    ] {
        let refused = post(&clinic, faulty.clone()).await;
        assert!(
            refused.error().contains(field),
            "{faulty}: {}",
            refused.error()
        );
        refused.expect(400);
    }
    assert_eq!(list(&clinic).await, before);
    let scopes = json!([
        kind("1", "A"),
        kind_of("2", "A", one),
        kind_of("3", "A", json!("12346")),
    ]);
    post(&clinic, scopes.clone()).await.expect(200);
    assert_eq!(list(&clinic).await, scopes);
}

#[tokio::test]
async fn a_type_of_a_resource_that_is_not_live_sleeps_until_it_is_conf_2() {
    let clinic = Clinic::new().await;
    let types = json!([
        kind("ALL", "For all"),
        kind_of("OF1", "Of the first", json!("12345")),
        kind_of("OFNEW", "Of nobody yet", json!("new")),
    ]);
    post(&clinic, types.clone()).await.expect(200);
    assert_eq!(list(&clinic).await, json!([types[0], types[1]]));
    assert_eq!(find(&clinic, "OFNEW").await, json!([]));
    send_resources(&clinic, &["12346", "new"]).await;
    assert_eq!(list(&clinic).await, json!([types[0], types[2]]));
    let link = type_id(&clinic, "OF1").await;
    let clinic = restarted(clinic).await;
    send_resources(&clinic, &["12345", "12346", "new"]).await;
    assert_eq!(list(&clinic).await, types);
    assert_eq!(type_id(&clinic, "OF1").await, link, "with its link");
    send_usual(&clinic).await;
    assert_eq!(times_of(&clinic, DAY, link).await.len(), 14);
}

#[tokio::test]
async fn a_length_is_up_to_a_day_and_zero_is_none_conf_2() {
    let clinic = Clinic::new().await;
    let of = |length: Value| {
        let mut kind = kind("G1235", "General");
        kind["pmsAppointmentLength"] = length;
        json!([kind])
    };
    for faulty in [
        json!(1441),
        json!(-1),
        json!(1.5),
        json!("ten"),
        json!(true),
        json!([]),
    ] {
        let refused = post(&clinic, of(faulty.clone())).await;
        assert!(
            refused.error().contains("[0].pmsAppointmentLength"),
            "{faulty}"
        );
        refused.expect(400);
    }
    for (length, shown) in [(json!(1440), json!(1440)), (json!("45"), json!(45))] {
        post(&clinic, of(length)).await.expect(200);
        assert_eq!(list(&clinic).await[0]["pmsAppointmentLength"], shown);
    }
    for none in [json!(0), Value::Null, json!("0")] {
        post(&clinic, of(none)).await.expect(200);
        assert_eq!(list(&clinic).await, json!([kind("G1235", "General")]));
    }
}

#[tokio::test]
async fn an_unchanged_list_writes_nothing_conf_2() {
    let clinic = Clinic::new().await;
    let types = list(&clinic).await;
    let before = audit_total(&clinic).await;
    for _ in 0..2 {
        post(&clinic, types.clone()).await.expect(200);
    }
    assert_eq!(audit_total(&clinic).await, before);
    post(&clinic, json!([kind("G1235", "Other")]))
        .await
        .expect(200);
    assert_eq!(audit_total(&clinic).await, before + 1);
}

#[tokio::test]
async fn another_practice_s_types_are_its_own_conf_2() {
    let clinic = Clinic::new().await;
    let other = stranger(&clinic).await;
    let before = list(&clinic).await;
    let path = "/config/pmsAppointmentTypes";
    let theirs = clinic
        .app
        .pms(&other, "GET", path, Value::Null)
        .await
        .expect(200);
    assert_eq!(theirs, json!([]));
    let snapshot = format!("{path}/snapshot");
    let sent = clinic.app.pms(&other, "POST", &snapshot, json!([])).await;
    sent.expect(200);
    assert_eq!(list(&clinic).await, before);
}
