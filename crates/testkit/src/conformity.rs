//! Every answer in a test is one that its face's OpenAPI document describes: the operation, the
//! status, the media type and the body.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends here"
)]

use crate::Answer;
use axum::http::{Method, StatusCode};
use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// A face: where it begins, and its document.
struct Face {
    name: &'static str,
    base: &'static str,
    document: Value,
    /// By the schema that they hold to.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

static FACES: LazyLock<Vec<Face>> = LazyLock::new(|| {
    let face = |document: slotbridge_api::Document| Face {
        name: document.name,
        base: document.base,
        document: serde_json::to_value(&document.openapi).expect("a document"),
        validators: Mutex::default(),
    };
    slotbridge_api::documents().into_iter().map(face).collect()
});

/// Checks an answer to a call.
///
/// # Panics
/// The document does not describe such an answer.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    let face = FACES.iter().find(|face| {
        let rest = path.strip_prefix(face.base);
        rest.is_some_and(|rest| face.base.is_empty() || rest.starts_with('/'))
    });
    let Some((face, path)) = face.and_then(|face| Some((face, path.strip_prefix(face.base)?)))
    else {
        return;
    };
    if let Err(fault) = face.judge(method, path, answer) {
        let body = String::from_utf8_lossy(&answer.bytes);
        panic!(
            "not as described: {method} {}{path} {}: {fault}\n{body}",
            face.base, answer.status
        );
    }
}

impl Face {
    fn judge(&self, method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
        let head = *method == Method::HEAD;
        let name = if head { "get" } else { method.as_str() };
        let operation = self
            .item(path)
            .and_then(|item| item.get(name.to_lowercase()));
        let Some(operation) = operation else {
            let refused = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
            // The pages are beside the operations.
            return if self.base.is_empty() || refused.contains(&answer.status) {
                Ok(())
            } else {
                Err("there is no such operation".into())
            };
        };
        // A hub that is no sandbox has none of its operations.
        if self.name == "sandbox-api" && answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        let response = &operation["responses"][answer.status.as_str()];
        if response.is_null() {
            return Err("the status is not described".into());
        }
        let content = self.resolved(response)["content"].as_object();
        if head {
            return Ok(());
        }
        match content.filter(|content| !content.is_empty()) {
            None if answer.bytes.is_empty() => Ok(()),
            None => Err("no body is described".into()),
            Some(content) => self.judge_body(content, answer),
        }
    }

    fn judge_body(&self, content: &Map<String, Value>, answer: &Answer) -> Result<(), String> {
        let media_type = answer.header("content-type").unwrap_or_default();
        let (media_type, _) = media_type.split_once(';').unwrap_or((media_type, ""));
        let described = content.get(media_type);
        let schema = &described.ok_or_else(|| format!("{media_type} is not described"))?["schema"];
        // A file is what it is.
        if media_type == "application/octet-stream" {
            return Ok(());
        }
        let body = if media_type.starts_with("text/") {
            Ok(String::from_utf8_lossy(&answer.bytes).into())
        } else {
            serde_json::from_slice(&answer.bytes)
        };
        let body = body.map_err(|error| error.to_string())?;
        let validator = self.validator(schema);
        let faults: Vec<String> = validator
            .iter_errors(&body)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults.join("; "))
        }
    }

    /// What is described of a path: the one with the most segments that are no parameters.
    fn item(&self, path: &str) -> Option<&Value> {
        let paths = self.document["paths"].as_object().expect("paths");
        let fitting = paths
            .iter()
            .filter_map(|(template, item)| Some((literals(template, path)?, item)));
        fitting
            .max_by_key(|(literals, _)| *literals)
            .map(|(_, item)| item)
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
        reference.map_or(value, |pointer| {
            self.document.pointer(pointer).expect("what is referred to")
        })
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut known = self.validators.lock();
        let make = || {
            // What the schema refers to must be found from its root.
            let mut root = schema.as_object().expect("a schema").clone();
            root.insert("components".into(), self.document["components"].clone());
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&Value::Object(root))
                .expect("a schema that holds together");
            Arc::new(validator)
        };
        Arc::clone(known.entry(schema.to_string()).or_insert_with(make))
    }
}

/// How many segments of a template are no parameters, if it fits a path.
fn literals(template: &str, path: &str) -> Option<usize> {
    let (mut names, mut segments) = (template.split('/'), path.split('/'));
    let mut literals = 0;
    loop {
        match (names.next(), segments.next()) {
            (None, None) => return Some(literals),
            (Some(name), Some(segment)) if name.starts_with('{') && !segment.is_empty() => {}
            (Some(name), Some(segment)) if name == segment => literals += 1,
            _ => return None,
        }
    }
}
