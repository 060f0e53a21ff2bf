//! The documents are well formed: whatever they refer to is there, and names are used once.

mod contract;
mod differences;
mod pages;
mod shape;

use serde_json::Value;
use std::collections::HashSet;

/// Calls `visit` with every value in a document.
fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(map) => map.values().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

fn documents() -> Vec<(&'static str, Value)> {
    let json = |document: slotbridge_api::Document| {
        let json = serde_json::to_value(&document.openapi).unwrap();
        (document.name, json)
    };
    slotbridge_api::documents().into_iter().map(json).collect()
}

fn document(name: &str) -> Value {
    let found = documents().into_iter().find(|(known, _)| *known == name);
    found.unwrap().1
}

fn references(document: &Value) -> HashSet<&str> {
    let mut found = HashSet::new();
    walk(document, &mut |value| found.extend(value["$ref"].as_str()));
    found
}

#[test]
fn whatever_a_document_refers_to_is_there_and_nothing_else() {
    for (name, document) in documents() {
        let references = references(&document);
        for reference in &references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{name}: {reference}");
        }
        for kind in ["schemas", "responses"] {
            let components = document["components"][kind].as_object();
            for component in components.into_iter().flatten().map(|(key, _)| key) {
                let reference = format!("#/components/{kind}/{component}");
                assert!(
                    references.contains(&*reference),
                    "{name}: {component} is not used"
                );
            }
        }
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_and_is_described() {
    for (name, document) in documents() {
        let mut ids = HashSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let at = format!("{name}: {method} {path}");
                assert!(
                    ids.insert(operation["operationId"].as_str().unwrap()),
                    "{at}"
                );
                for text in ["summary", "description"] {
                    assert!(
                        operation[text].as_str().is_some_and(|t| !t.is_empty()),
                        "{at}: {text}"
                    );
                }
                let tag = &operation["tags"][0];
                let tags = document["tags"].as_array().unwrap();
                assert!(
                    tags.iter().any(|known| known["name"] == *tag),
                    "{at}: {tag}"
                );
            }
        }
    }
}

/// A validator of a schema that stands in a document.
fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut root = schema.as_object().unwrap().clone();
    root.insert("components".into(), document["components"].clone());
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&Value::Object(root)).unwrap()
}

#[test]
fn every_schema_is_one() {
    for (name, document) in documents() {
        let schemas = document["components"]["schemas"].as_object();
        for (of, schema) in schemas.into_iter().flatten() {
            let faults = jsonschema::meta::validate(schema).err();
            assert!(faults.is_none(), "{name} {of}: {faults:?}");
        }
    }
}

#[test]
fn every_body_has_an_example_that_holds_to_its_schema() {
    for (name, document) in documents() {
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(body) = operation.get("requestBody") else {
                    continue;
                };
                let content = &body["content"]["application/json"];
                let example = content.get("example").unwrap_or(&Value::Null);
                let validator = validator(&document, &content["schema"]);
                let faults: Vec<String> = validator
                    .iter_errors(example)
                    .map(|fault| format!("{}: {fault}", fault.instance_path()))
                    .collect();
                assert!(faults.is_empty(), "{name}: {method} {path}: {faults:?}");
            }
        }
    }
}
