//! The structure of the published API, and what differs from it in a body.

use serde_json::Value;
use std::collections::BTreeSet;

const CONTRACT: &str = include_str!("../../../../api/tests/contract/pms-api-1.9.0.json");

/// The structure of the published API.
pub(super) struct Contract(Value);

/// What an object may hold, and must.
#[derive(Default)]
struct Fields {
    properties: Vec<(String, Value)>,
    required: Vec<String>,
}

impl Contract {
    pub(super) fn new() -> Self {
        Self(serde_json::from_str(CONTRACT).expect("the contract"))
    }

    /// All operations: `operationId METHOD path`.
    pub(super) fn operations(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for (path, methods) in self.0["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let name = operation["operationId"].as_str().expect("operationId");
                all.insert(format!("{name} {} {path}", method.to_uppercase()));
            }
        }
        all
    }

    fn operation(&self, declared: &str) -> &Value {
        let (method, path) = declared.split_once(' ').expect("METHOD path");
        &self.0["paths"][path][method.to_lowercase()]
    }

    /// What is wrong with the body of a call.
    pub(super) fn request_faults(&self, declared: &str, body: Option<&Value>) -> Vec<String> {
        let declared = &self.operation(declared)["requestBody"]["content"];
        self.faults(&declared["application/json"]["schema"], body, true)
    }

    /// What is wrong with an answer; it may hold more than is declared (WIRE-2).
    pub(super) fn answer_faults(&self, declared: &str, body: Option<&Value>) -> Vec<String> {
        let answers = self.operation(declared)["responses"].as_object();
        let success =
            answers.and_then(|all| all.iter().find(|(status, _)| status.starts_with('2')));
        let (_, success) = success.expect("a success");
        let schema = &success["content"]["application/json"]["schema"];
        self.faults(schema, body, false)
    }

    fn faults(&self, schema: &Value, body: Option<&Value>, exact: bool) -> Vec<String> {
        let mut faults = vec![];
        match body {
            None if schema.is_null() => {}
            Some(body) if !schema.is_null() => {
                self.compare(schema, body, "body", exact, &mut faults);
            }
            None => faults.push("there is no body, and one is declared".to_owned()),
            Some(_) => faults.push("there is a body, and none is declared".to_owned()),
        }
        faults
    }

    fn compare(
        &self,
        schema: &Value,
        found: &Value,
        at: &str,
        exact: bool,
        faults: &mut Vec<String>,
    ) {
        let schema = self.resolve(schema);
        if found.is_null() && schema["nullable"] == true {
            return;
        }
        if let Some(names) = schema["enum"].as_array()
            && !names.contains(found)
        {
            faults.push(format!("{at}: {found} is not in the list"));
        }
        let kind = schema["type"].as_str().unwrap_or("object");
        let fits = match kind {
            "string" => found.is_string(),
            "integer" => found.is_i64(),
            "boolean" => found.is_boolean(),
            "array" => found.as_array().is_some_and(|all| !all.is_empty()),
            _ => found.is_object(),
        };
        if !fits {
            faults.push(format!("{at}: {found} is no {kind}, or an empty one"));
        }
        for (index, element) in found.as_array().into_iter().flatten().enumerate() {
            self.compare(
                &schema["items"],
                element,
                &format!("{at}[{index}]"),
                exact,
                faults,
            );
        }
        let mut fields = Fields::default();
        self.fields(schema, &mut fields);
        for (name, schema) in &fields.properties {
            match found.get(name) {
                Some(value) => self.compare(schema, value, &format!("{at}.{name}"), exact, faults),
                None => faults.push(format!("{at}.{name}: is declared, and not there")),
            }
        }
        let declared = |name: &String| fields.properties.iter().any(|(known, _)| known == name);
        for name in found
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys())
        {
            if exact && !declared(name) {
                faults.push(format!("{at}.{name}: is not declared"));
            }
        }
        for name in &fields.required {
            if found.get(name).is_none() {
                faults.push(format!("{at}.{name}: is required"));
            }
        }
    }

    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(to) => self.0.pointer(&to[1..]).expect("what is referred to"),
            None => schema,
        }
    }

    fn fields(&self, schema: &Value, fields: &mut Fields) {
        let schema = self.resolve(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.fields(part, fields);
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            fields.properties.push((name.clone(), schema.clone()));
        }
        let required = schema["required"].as_array().into_iter().flatten();
        fields
            .required
            .extend(required.filter_map(Value::as_str).map(str::to_owned));
    }
}
