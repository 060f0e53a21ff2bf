//! A practice sees and changes only its own things (AUTH-3): every operation, with every id of
//! another practice.

use super::operations::{self, Caller, Operation};
use super::schema::{Kind, Schema};
use super::stage::{CANARY, Side, Stage};
use serde_json::Value;
use slotbridge_domain::uuid;
use slotbridge_testkit::Answer;

/// Fields that name nothing of the hub's own: the PMS's numbers for its own things, and names that
/// the sender gives.
const OF_THE_CALLER: [&str; 7] = [
    "pmsAppointmentId",
    "pmsAppointmentIds",
    "pmsLocationId",
    "pmsPatientId",
    "pmsPractitionerId",
    "id",
    "clientId",
];

/// Where an id of another practice is taken because it means something of one's own, or nothing.
const TAKEN: [(&str, &str, &str); 11] = [
    (
        "availableDocuments",
        "pmsDocumentId",
        "it defines one's own",
    ),
    (
        "confirmAttachDocument",
        "pmsDocumentId",
        "it is the PMS's own name of it",
    ),
    (
        "uploadPmsResources",
        "pmsResourceId",
        "it defines one's own",
    ),
    (
        "uploadPmsAppointmentTypes",
        "pmsAppointmentTypeId",
        "it defines one's own",
    ),
    (
        "uploadPmsAppointmentTypes",
        "pmsResourceId",
        "the type sleeps until the resource is there (CONF-2)",
    ),
    (
        "sendAvailabilitySnapshot",
        "pmsAppointmentTypeIds",
        "kept, and counts once it is known (AVAIL-2)",
    ),
    (
        "sendAvailabilitySnapshots",
        "pmsAppointmentTypeIds",
        "kept, and counts once it is known (AVAIL-2)",
    ),
    (
        "sendClientSnapshot",
        "pmsAppointmentTypeId",
        "it defines one's own",
    ),
    (
        "createBooking",
        "holdId",
        "a hold that is none is no obstacle",
    ),
    (
        "rescheduleBooking",
        "holdId",
        "a hold that is none is no obstacle",
    ),
    (
        "sendManageLink",
        "practiceId",
        "anybody may ask at any practice, and is told nothing",
    ),
];

/// The names of a path's ids that can be another practice's, all combinations of them. An operator
/// may name any practice, and what belongs to it; anybody may look at any practice.
fn combinations(operation: &Operation) -> Vec<Vec<String>> {
    let names = operation.path_names();
    let all = 1_usize << names.len();
    let mut combinations: Vec<Vec<String>> = (1..all)
        .map(|bits| {
            let chosen = names
                .iter()
                .enumerate()
                .filter(|(place, _)| bits >> place & 1 == 1);
            chosen.map(|(_, name)| (*name).to_owned()).collect()
        })
        .collect();
    match operation.caller {
        Caller::Integration | Caller::Patient => {}
        Caller::Operator => combinations.retain(|chosen| chosen.len() < names.len()),
        Caller::Anybody => {
            let public = names.iter().all(|name| *name == "practiceId");
            assert!(public, "{}: are these ids for everybody?", operation.name());
            combinations.clear();
        }
    }
    combinations
}

#[track_caller]
fn tells_nothing(operation: &Operation, answer: &Answer) {
    let text = String::from_utf8_lossy(&answer.bytes).to_lowercase();
    let told = text
        .replace("canary-resource", "")
        .replace("canary-type", "");
    // An id that was sent may come back in what is said of it, and nothing else.
    assert!(!told.contains(CANARY), "{}: {text}", operation.name());
}

#[tokio::test]
async fn every_operation_with_a_path_id_of_another_practice_is_404_auth_3() {
    let stage = Stage::new().await;
    let mut tried = 0;
    for operation in operations::all() {
        let combinations = combinations(&operation);
        if combinations.is_empty() {
            continue;
        }
        let before = stage.app.database.content();
        let headers = stage.headers(&operation, &stage.own);
        let body = stage.sensible(&operation);
        let query = stage.query(&operation, &[]);
        for chosen in combinations {
            let chosen = |name: &str| chosen.iter().any(|one| one == name);
            let foreign = |name: &str| chosen(name).then(|| stage.others(&operation, name));
            let path = stage.path(&operation, foreign);
            let answer = stage
                .call(
                    &operation,
                    &format!("{path}{query}"),
                    &headers,
                    body.as_ref(),
                )
                .await;
            assert_eq!(
                answer.status,
                404,
                "{} {path}: {}",
                operation.name(),
                answer.error()
            );
            tells_nothing(&operation, &answer);
            tried += 1;
            // To others than operators it reads as one that never was.
            if operation.caller == Caller::Operator {
                continue;
            }
            let never = stage.own.pms.practice_id * 100_000_000 + 99_999_999;
            let never = |name: &str| match name {
                "id" => uuid::write(never),
                _ => never.to_string(),
            };
            let never = stage.path(&operation, |name| chosen(name).then(|| never(name)));
            let call = format!("{never}{query}");
            let never = stage.call(&operation, &call, &headers, body.as_ref()).await;
            assert_eq!(
                (never.status, never.bytes),
                (answer.status, answer.bytes),
                "{call}"
            );
        }
        assert_eq!(
            stage.app.database.content(),
            before,
            "{} changed something",
            operation.name()
        );
    }
    assert!(tried > 25, "{tried}");
}

/// The fields of a body that name something by an id, each with the body in which the other
/// practice's stands in its place.
fn with_foreign(
    operation: &Operation,
    schema: &Schema,
    body: &Value,
    other: &Side,
) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    match &schema.kind {
        Kind::Object(fields) => {
            for field in fields {
                let inner = &body[&field.name];
                if let Some(foreign) = foreign(operation, &field.name, other) {
                    let mut changed = body.clone();
                    changed[&field.name] = foreign;
                    found.push((field.name.clone(), changed));
                } else if !inner.is_null() {
                    for (name, inner) in with_foreign(operation, &field.schema, inner, other) {
                        let mut changed = body.clone();
                        changed[&field.name] = inner;
                        found.push((name, changed));
                    }
                }
            }
        }
        Kind::List(items, _) => {
            for (name, inner) in with_foreign(operation, items, &body[0], other) {
                found.push((name, Value::from(vec![inner])));
            }
        }
        _ => {}
    }
    found
}

/// The other practice's id for a field, if the field holds one. A new name that looks like an
/// id's must be known.
fn foreign(operation: &Operation, name: &str, other: &Side) -> Option<Value> {
    let found = other.value(&operation.id, name);
    let like_an_id = name == "id" || name.ends_with("Id") || name.ends_with("Ids");
    assert!(
        found.is_some() || !like_an_id || OF_THE_CALLER.contains(&name),
        "{}: whose is {name}? See every_operation/stage.rs",
        operation.name()
    );
    found
}

/// The calls of an operation with one field or parameter that names the other practice's, each with
/// that name.
fn calls_with_foreign(
    stage: &Stage,
    operation: &Operation,
) -> Vec<(String, String, Option<Value>)> {
    let path = stage.own_path(operation);
    let mut calls = Vec::new();
    for parameter in &operation.queries {
        if let Some(foreign) = foreign(operation, &parameter.name, &stage.other) {
            let text = foreign
                .as_str()
                .map_or_else(|| foreign.to_string(), str::to_owned);
            let query = stage.query(operation, &[(&parameter.name, text)]);
            calls.push((parameter.name.clone(), format!("{path}{query}"), None));
        }
    }
    if let (Some(schema), Some(body)) = (&operation.body, stage.sensible(operation)) {
        for (name, body) in with_foreign(operation, schema, &body, &stage.other) {
            let mut body = body;
            if operation.id == "raiseRequest" && name == "bookingId" {
                body["type"] = Value::from("bookings");
            }
            calls.push((name, path.clone(), Some(body)));
        }
    }
    // An operator may give any consumer the consent of any practice.
    calls.retain(|(name, ..)| name != "consumerId" || operation.caller != Caller::Operator);
    calls
}

/// Everything that the other practice can see.
async fn view(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    let mut seen = Vec::new();
    for operation in operations::all() {
        let private = matches!(operation.caller, Caller::Integration | Caller::Patient);
        if operation.method != "GET" || (!private && operation.path_names().is_empty()) {
            continue;
        }
        let headers = stage.headers(&operation, &stage.other);
        let path = stage.path(&operation, |name| Some(stage.others(&operation, name)));
        let query = stage.query(&operation, &[]);
        let answer = stage
            .call(&operation, &format!("{path}{query}"), &headers, None)
            .await;
        assert_eq!(answer.status, 200, "{path}");
        seen.push((operation.name(), answer.bytes.to_vec()));
    }
    seen
}

#[tokio::test]
async fn no_operation_reaches_what_a_body_or_query_names_of_another_practice_auth_3() {
    let stage = Stage::new().await;
    let everything = view(&stage).await;
    let mut tried = 0;
    // What is taken as one's own comes last: one does have it then.
    for taken in [false, true] {
        for operation in operations::all() {
            for (name, path, body) in calls_with_foreign(&stage, &operation) {
                let is_taken =
                    |(id, field, _): &(&str, &str, &str)| *id == operation.id && *field == name;
                if TAKEN.iter().any(is_taken) != taken {
                    continue;
                }
                let before = stage.app.database.content();
                let headers = stage.headers(&operation, &stage.own);
                let answer = stage.call(&operation, &path, &headers, body.as_ref()).await;
                let status = answer.status;
                tells_nothing(&operation, &answer);
                // A batch is answered with what became of each.
                let answered =
                    operation.method == "GET" || operation.id == "sendAvailabilitySnapshots";
                let told = format!(
                    "{} by {name}: {status} {}",
                    operation.name(),
                    answer.error()
                );
                assert!(taken || answered || status.is_client_error(), "{told}");
                assert!(taken || stage.app.database.content() == before, "{told}");
                let refused = status.is_client_error() && status != 409;
                assert!(!taken || !refused, "{told}: no longer taken");
                tried += 1;
            }
        }
    }
    assert!(tried > 15, "{tried}");
    assert!(
        view(&stage).await == everything,
        "the other practice's things are as they were"
    );
}

#[tokio::test]
async fn no_operation_changes_what_is_another_practice_s_auth_3() {
    let stage = Stage::new().await;
    let everything = view(&stage).await;
    for operation in operations::all() {
        if matches!(operation.caller, Caller::Integration | Caller::Patient) {
            let headers = stage.headers(&operation, &stage.own);
            let query = stage.query(&operation, &[]);
            let path = format!("{}{query}", stage.own_path(&operation));
            let body = stage.sensible(&operation);
            stage.call(&operation, &path, &headers, body.as_ref()).await;
        }
    }
    assert!(view(&stage).await == everything, "it is as it was");
}

#[tokio::test]
async fn no_operation_tells_of_another_practice_auth_3() {
    let stage = Stage::new().await;
    for operation in operations::all() {
        // An operator's lists are of everybody.
        let of_all = operation.caller == Caller::Operator && operation.path_names().is_empty();
        if operation.method == "GET" && !of_all {
            let headers = stage.headers(&operation, &stage.own);
            let path = format!(
                "{}{}",
                stage.own_path(&operation),
                stage.query(&operation, &[])
            );
            let answer = stage.call(&operation, &path, &headers, None).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.error());
            let text = String::from_utf8_lossy(&answer.bytes).to_lowercase();
            assert!(!text.contains(CANARY), "{path}: {text}");
        }
    }
    let seen = view(&stage).await;
    let canaries = seen.iter().filter(|(_, bytes)| {
        String::from_utf8_lossy(bytes)
            .to_lowercase()
            .contains(CANARY)
    });
    assert!(canaries.count() > 10, "the other practice does see its own");
}
