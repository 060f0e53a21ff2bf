//! Resources and appointment types.

use crate::practice::{SERVICES, config, fhir, practice};
use serde_json::{Value, json};
use slotbridge_agent::adapter::Adapter;
use slotbridge_agent_fhir::{DefaultType, Fhir};
use slotbridge_testkit::fhir::with;
use std::sync::Arc;

async fn names(adapter: &Fhir) -> Vec<String> {
    let resources = adapter.resources().await.unwrap().into_iter();
    resources.map(|one| one.pms_resource_name).collect()
}

fn schedule(id: &str, actor: &str, more: Value) -> Value {
    let actor = json!([{"reference": actor}]);
    let schedule = json!({"resourceType": "Schedule", "id": id, "actor": actor});
    with(schedule, more)
}

#[tokio::test]
async fn a_schedule_is_a_resource_with_its_practitioners_name() {
    let (_, adapter) = practice().await;
    let resources = adapter.resources().await.unwrap();
    let first = &resources[0];
    let parts = [
        &first.pms_practitioner_title,
        &first.pms_practitioner_firstname,
        &first.pms_practitioner_lastname,
    ];
    assert_eq!(first.pms_resource_id, "of-alice");
    assert_eq!(
        parts.map(|part| part.as_deref().unwrap()),
        ["Dr", "Alice", "Nguyen"]
    );
    assert_eq!(names(&adapter).await, ["Dr Alice Nguyen", "Dr Ben Walker"]);
}

#[tokio::test]
async fn all_pages_of_schedules_are_read() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| store.page = 1);
    assert_eq!(names(&adapter).await.len(), 2);
}

#[tokio::test]
async fn what_is_not_active_is_no_resource() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        store.change("Schedule", "of-alice", json!({"active": false}));
        store.change("Practitioner", "ben", json!({"active": false}));
    });
    assert!(names(&adapter).await.is_empty());
}

#[tokio::test]
async fn a_practitioner_is_found_through_a_role_and_goes_before_a_room() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        store.put(json!({
            "resourceType": "PractitionerRole",
            "id": "r",
            "practitioner": {"reference": "Practitioner/ben"},
        }));
        let actor = json!([
            {"reference": "Location/room", "display": "Room 1"},
            {"reference": "PractitionerRole/r"},
        ]);
        store.change("Schedule", "of-ben", json!({"actor": actor}));
        let room = schedule("of-room", "Location/room", json!({}));
        store.put(room);
    });
    let all = ["Dr Alice Nguyen", "Dr Ben Walker", "Schedule of-room"];
    assert_eq!(names(&adapter).await, all);
}

#[tokio::test]
async fn two_schedules_of_one_practitioner_have_two_names() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        let skin = json!({"specialty": [{"coding": [{"display": "Skin"}]}]});
        store.put(schedule("skin", "Practitioner/alice", skin));
        store.put(schedule("extra", "Practitioner/ben", json!({})));
    });
    let all = [
        "Dr Ben Walker (extra)",
        "Dr Alice Nguyen",
        "Dr Ben Walker (of-ben)",
        "Dr Alice Nguyen (Skin)",
    ];
    assert_eq!(names(&adapter).await, all);
}

#[tokio::test]
async fn service_types_of_schedules_are_appointment_types() {
    let (endpoint, adapter) = practice().await;
    let coding = |code: &str, name: &str| json!({"coding": [{"system": SERVICES, "code": code, "display": name}]});
    endpoint.at_the_desk(|store| {
        let types = json!([coding("gp", "Standard"), coding("long", "Long")]);
        store.change("Schedule", "of-alice", json!({"serviceType": types}));
        let types =
            json!([coding("gp", "Standard"), coding("gp2", "Standard"), {"text": "no code"}]);
        store.change("Schedule", "of-ben", json!({"serviceType": types}));
    });
    let types = adapter.appointment_types().await.unwrap().into_iter();
    let types: Vec<_> = types
        .map(|one| (one.pms_appointment_type_id, one.pms_appointment_type_name))
        .collect();
    let id = |code: &str| format!("{SERVICES}|{code}");
    let named = |code: &str| format!("Standard ({})", id(code));
    let all = [
        (id("gp"), named("gp")),
        (id("gp2"), named("gp2")),
        (id("long"), "Long".to_owned()),
    ];
    assert_eq!(types, all);
}

#[tokio::test]
async fn a_practice_without_service_types_has_the_configured_one() {
    let (endpoint, _) = practice().await;
    let mut config = config(&endpoint);
    config.default_type = DefaultType {
        name: "Consultation".to_owned(),
        minutes: Some(15),
    };
    let adapter: Arc<dyn Adapter> = Arc::new(fhir(config).unwrap());
    let types = adapter.appointment_types().await.unwrap();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].pms_appointment_type_name, "Consultation");
    assert_eq!(types[0].pms_appointment_length, Some(15));
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_is_left_out() {
    let (endpoint, adapter) = practice().await;
    endpoint.at_the_desk(|store| {
        store.change("Schedule", "of-alice", json!({"actor": "Alice"}));
        store.change("Practitioner", "ben", json!({"name": [{"family": 7}]}));
    });
    assert_eq!(names(&adapter).await, ["Schedule of-ben"]);
}
