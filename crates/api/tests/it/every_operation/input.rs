//! Bodies by the schema of each operation: valid ones are not refused for their form, and every
//! fault put into one is named by its path, with nothing stored (WIRE-2, WIRE-4, WIRE-5).

use super::faults;
use super::generate::{Chance, Generator};
use super::operations::{self, Operation};
use super::schema::Schema;
use super::stage::Stage;
use serde_json::Value;
use slotbridge_testkit::Answer;
use slotbridge_testkit::dose;

/// What may be refused with 400 though the schema allows it: the rules that no schema can tell,
/// each by a part of what is said.
const BEYOND_FORM: &[&str] = &[
    // It looks right and is none, or lies too far on one side of the present.
    "is not an IANA time zone",
    "check its digits",
    "cannot lie in the future",
    "lies in the past",
    "lies after 2099",
    "lies more than 366 days ahead",
    // It does not fit the rest.
    "must be after start",
    "must not be equal",
    "must be unique",
    "date: is required",
    "bookingId: is required",
    "give the day of birth, or the phone",
    "must lie after `earliest`",
    "is no practitioner who can be booked",
    "dateType: is required",
    // It names what is not there, or not so.
    "the PMS has sent no such id",
    "is no active consumer",
    "is not the name of this practice",
    "is not a known resource",
    "only a confirmed booking",
    "is no booking of this practice",
    "is no document that was asked for",
    // It is a file or a form, and none of any kind.
    "comes without a file",
    "content: is required",
    "is no PDF, PNG or JPEG file",
    "there is no field",
    "this form wants an answer",
    "this field takes",
];

/// Which seeds are tried: `SLOTBRIDGE_TEST_SEED` alone, or as many as the dose has.
fn seeds(small: u32, full: u32) -> Vec<u64> {
    match std::env::var("SLOTBRIDGE_TEST_SEED") {
        Ok(seed) => vec![seed.parse().expect("SLOTBRIDGE_TEST_SEED is a number")],
        Err(_) => (0..u64::from(dose::rounds(small, full))).collect(),
    }
}

fn generator<'a>(seed: u64, known: &'a dyn Fn(&str, &Schema) -> Option<Value>) -> Generator<'a> {
    Generator {
        chance: Chance::new(seed),
        known,
    }
}

/// All that an answer says is wrong: for a problem the fields, for the PMS API the text.
fn says(answer: &Answer) -> String {
    if answer.header("content-type") == Some("application/problem+json") {
        let faults = answer.faults().into_iter();
        let faults: Vec<String> = faults
            .map(|(field, message)| format!("{field}: {message}"))
            .collect();
        return faults.join("; ");
    }
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// Whether a fault at a path is among what is said. The elements of a batch are judged alone, each
/// by the path in it (AVAIL-6).
fn names(operation: &Operation, said: &str, path: &str) -> bool {
    let path = match path.split_once(']') {
        Some((_, "")) if operation.id == "sendAvailabilitySnapshots" => "snapshot",
        Some((_, inner)) if operation.id == "sendAvailabilitySnapshots" => {
            inner.trim_start_matches('.')
        }
        _ => path,
    };
    said.contains(&format!("{path}: ")) || said.contains(&format!("{path}["))
}

#[tokio::test]
async fn every_fault_in_a_body_is_named_and_nothing_is_stored_wire_4() {
    for operation in operations::all().into_iter().filter(Operation::has_schema) {
        let stage = Stage::new().await;
        let schema = operation.body.clone().unwrap();
        let known = |name: &str, schema: &Schema| stage.known(&operation, name, schema);
        let (path, headers) = (
            stage.own_path(&operation),
            stage.headers(&operation, &stage.own),
        );
        let before = stage.app.database.content();
        for seed in seeds(40, 4_000) {
            let mut generator = generator(seed, &known);
            let mut body = generator.value("", &schema);
            // One element of a batch: another one that is sound would rightly be stored.
            if let Some(items) = body
                .as_array_mut()
                .filter(|_| operation.id == "sendAvailabilitySnapshots")
            {
                items.truncate(1);
            }
            let most = 1 + generator.chance.below(4);
            let faults = faults::put(&mut generator.chance, &mut body, &schema, most);
            if faults.is_empty() {
                continue;
            }
            let what = format!(
                "{} seed {seed}, faults at {faults:?}: {body}",
                operation.name()
            );
            let answer = stage.call(&operation, &path, &headers, Some(&body)).await;
            let said = says(&answer);
            let judged =
                operation.id == "sendAvailabilitySnapshots" && !faults.contains(&"body".to_owned());
            assert_eq!(
                answer.status,
                if judged { 200 } else { 400 },
                "{what}\n{said}"
            );
            for fault in &faults {
                assert!(
                    names(&operation, &said, fault),
                    "{fault} is not named: {what}\n{said}"
                );
            }
        }
        assert_eq!(
            stage.app.database.content(),
            before,
            "{} stored something",
            operation.name()
        );
    }
}

#[tokio::test]
async fn what_a_schema_allows_is_not_refused_for_its_form_wire_2() {
    let mut refused = Vec::new();
    for operation in operations::all().into_iter().filter(Operation::has_schema) {
        let stage = Stage::new().await;
        let schema = operation.body.clone().unwrap();
        let known = |name: &str, schema: &Schema| stage.known(&operation, name, schema);
        let (path, headers) = (
            stage.own_path(&operation),
            stage.headers(&operation, &stage.own),
        );
        let sensible = stage.sensible(&operation);
        let first = stage
            .call(&operation, &path, &headers, sensible.as_ref())
            .await;
        let reached = first.status.is_success() || [400, 409].contains(&first.status.as_u16());
        assert!(
            reached,
            "{}: {} {}",
            operation.name(),
            first.status,
            first.error()
        );
        for seed in seeds(30, 3_000) {
            let body = generator(seed, &known).value("", &schema);
            let answer = stage.call(&operation, &path, &headers, Some(&body)).await;
            if answer.status != 400 {
                continue;
            }
            let said = says(&answer);
            let allowed = BEYOND_FORM.iter().any(|part| said.contains(part));
            if !allowed {
                refused.push(format!(
                    "{} seed {seed}: {body}
{said}",
                    operation.name()
                ));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test]
async fn keys_that_come_twice_and_fields_that_nobody_knows_are_no_fault_wire_2() {
    for operation in operations::all().into_iter().filter(Operation::has_schema) {
        let stage = Stage::new().await;
        let body = stage.sensible(&operation).unwrap();
        let (path, headers) = (
            stage.own_path(&operation),
            stage.headers(&operation, &stage.own),
        );
        let text = body.to_string();
        let object = text.replace('{', "{\"extra\": [{\"a\": null}], \"reason\": {}, ");
        let twice = match body.as_object() {
            // The last of two equal keys holds.
            Some(_) => {
                format!("{}, {}", object.trim_end_matches('}'), &text[1..]).replace(", }", "}")
            }
            None => object,
        };
        let answer = stage
            .app
            .raw(&operation.method, &path, &headers, twice.clone())
            .await;
        stage.is_documented(&operation, &answer, &twice);
    }
}
