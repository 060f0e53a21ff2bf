//! The structure of an OpenAPI document as a tree of named values, the same for 3.0 and 3.1: what
//! can be said in more than one way (references, `allOf`, `nullable`) is said in one.

use serde_json::Value;
use std::collections::BTreeMap;

/// A named part: what it is, and its own parts.
#[derive(Debug, Default)]
pub(super) struct Shape {
    value: String,
    parts: BTreeMap<String, Self>,
}

/// Where two documents differ.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) at: String,
    pub(super) theirs: String,
    pub(super) ours: String,
}

/// What stands for a part that is not there.
pub(super) const NONE: &str = "-";

impl Shape {
    fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            parts: BTreeMap::new(),
        }
    }

    fn add(&mut self, name: impl Into<String>, part: Self) {
        self.parts.insert(name.into(), part);
    }

    /// All differences. Of a part that one of the two does not have, only the part itself.
    pub(super) fn differences(theirs: &Self, ours: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        compare("", Some(theirs), Some(ours), &mut found);
        found
    }
}

fn compare(at: &str, theirs: Option<&Shape>, ours: Option<&Shape>, found: &mut Vec<Difference>) {
    let shown = |shape: Option<&Shape>| shape.map_or(NONE, |shape| &shape.value).to_owned();
    let (value, other) = (shown(theirs), shown(ours));
    if value != other {
        found.push(Difference {
            at: at.trim().to_owned(),
            theirs: value,
            ours: other,
        });
    }
    let (Some(theirs), Some(ours)) = (theirs, ours) else {
        return;
    };
    let mut names: Vec<&String> = theirs.parts.keys().chain(ours.parts.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let at = format!("{at} {name}");
        compare(&at, theirs.parts.get(name), ours.parts.get(name), found);
    }
}

/// The shape of a whole document.
pub(super) fn of(document: &Value) -> Shape {
    let mut shape = Shape::new("");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            shape.add(name, of_operation(document, operation));
        }
    }
    for (name, scheme) in document["components"]["securitySchemes"]
        .as_object()
        .unwrap()
    {
        let text = |key: &str| scheme[key].as_str().unwrap_or(NONE);
        let value = format!("{} in {} {}", text("type"), text("in"), text("name"));
        shape.add(format!("security {name}"), Shape::new(value));
    }
    shape
}

fn of_operation(document: &Value, operation: &Value) -> Shape {
    let mut shape = Shape::new("operation");
    let id = operation["operationId"].as_str().unwrap_or(NONE);
    shape.add("operationId", Shape::new(id));
    let security = operation.get("security").unwrap_or(&document["security"]);
    shape.add("security", Shape::new(security.to_string()));
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(document, parameter);
        let text = |key: &str| parameter[key].as_str().unwrap();
        let mut part = of_schema(document, &parameter["schema"]);
        part.add("presence", presence(parameter["required"] == true));
        shape.add(format!("{} parameter {}", text("in"), text("name")), part);
    }
    if let Some(body) = operation.get("requestBody") {
        let body = resolved(document, body);
        let mut part = presence(body["required"] == true);
        add_content(document, &body["content"], &mut part);
        shape.add("body", part);
    }
    for (status, response) in operation["responses"].as_object().unwrap() {
        let mut part = Shape::new("answer");
        add_content(
            document,
            &resolved(document, response)["content"],
            &mut part,
        );
        shape.add(status, part);
    }
    for (name, callback) in operation["callbacks"].as_object().into_iter().flatten() {
        for (method, called) in callback
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap())
        {
            let name = format!("callback {name} {}", method.to_uppercase());
            shape.add(name, of_operation(document, called));
        }
    }
    shape
}

fn add_content(document: &Value, content: &Value, shape: &mut Shape) {
    for (media_type, content) in content.as_object().into_iter().flatten() {
        shape.add(media_type, of_schema(document, &content["schema"]));
    }
}

fn presence(required: bool) -> Shape {
    Shape::new(if required { "required" } else { "optional" })
}

/// What a reference refers to, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap();
            resolved(document, document.pointer(pointer).expect(reference))
        }
        None => value,
    }
}

/// A schema's type, `?` if it can be null, format and names; then its fields, or its items.
fn of_schema(document: &Value, schema: &Value) -> Shape {
    let schema = resolved(document, schema);
    if let Some(all) = schema["allOf"].as_array() {
        let mut whole = Shape::default();
        for part in all {
            let part = of_schema(document, part);
            whole.value = part.value;
            whole.parts.extend(part.parts);
        }
        return whole;
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let values: Vec<&Value> = choices.iter().filter(|one| one["type"] != "null").collect();
            let [one] = values.as_slice() else {
                panic!("a choice that the contract does not know: {schema}");
            };
            let mut shape = of_schema(document, one);
            shape.value.push('?');
            return shape;
        }
    }
    let (kind, nullable) = match &schema["type"] {
        Value::Array(types) => {
            let kind = types.iter().find(|kind| **kind != "null").unwrap();
            (
                kind.as_str().unwrap(),
                types.iter().any(|kind| kind == "null"),
            )
        }
        kind => (kind.as_str().unwrap_or("any"), schema["nullable"] == true),
    };
    let mut value = kind.to_owned();
    if let Some(format) = schema["format"].as_str() {
        value = format!("{value} ({format})");
    }
    if let Some(names) = schema["enum"].as_array() {
        let mut names: Vec<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
        names.sort_unstable();
        value = format!("{value} {}", names.join("|"));
    }
    if nullable {
        value.push('?');
    }
    let mut shape = Shape::new(value);
    let required = |name: &str| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|known| known == name))
    };
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let mut part = of_schema(document, field);
        part.add("presence", presence(required(name)));
        shape.add(format!(".{name}"), part);
    }
    if kind == "array" {
        shape.add("[]", of_schema(document, &schema["items"]));
    }
    shape
}
