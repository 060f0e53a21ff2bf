//! The operations, as the documents describe them.

use super::schema::Schema;
use serde_json::Value;
use std::collections::BTreeSet;

/// An operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The whole path, with the names of its ids in braces.
    pub(crate) path: String,
    pub(crate) queries: Vec<Parameter>,
    pub(crate) body: Option<Schema>,
    /// Whether it takes an `Idempotency-Key`.
    pub(crate) creates: bool,
    /// The statuses that the document names.
    pub(crate) statuses: BTreeSet<u16>,
    pub(crate) caller: Caller,
}

/// A parameter of the query.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// Who may call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    Integration,
    Operator,
    Patient,
    Anybody,
}

impl Operation {
    /// Whether it reads a body: a declared one, or one that may be there and says nothing.
    pub(crate) fn reads_a_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].contains(&self.method.as_str())
    }

    /// Whether it declares a body that is JSON with fields.
    pub(crate) const fn has_schema(&self) -> bool {
        self.body.is_some()
    }

    /// The names of the ids in its path.
    pub(crate) fn path_names(&self) -> Vec<&str> {
        let rest = self.path.split('{').skip(1);
        rest.filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .collect()
    }

    /// Its path, each id given by its name.
    pub(crate) fn path_with(&self, id: impl Fn(&str) -> String) -> String {
        let mut path = self.path.clone();
        for name in self.path_names() {
            path = path.replace(&format!("{{{name}}}"), &id(name));
        }
        path
    }

    /// Its name in messages.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Every operation of every face.
pub(crate) fn all() -> Vec<Operation> {
    let mut all = Vec::new();
    for document in slotbridge_api::documents() {
        let base = document.base;
        let document = serde_json::to_value(&document.openapi).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let path = format!("{base}{path}");
                all.push(read(method.to_uppercase(), path, operation, &document));
            }
        }
    }
    assert!(all.len() > 60, "the documents have operations");
    all
}

fn read(method: String, path: String, operation: &Value, document: &Value) -> Operation {
    let parameters: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    // A name that is no number is nobody's: the document's example stands for it.
    let texts = parameters.iter().filter(|one| one["in"] == "path");
    let path = texts.fold(path, |path, one| match one["example"].as_str() {
        Some(example) => path.replace(&format!("{{{}}}", one["name"].as_str().unwrap()), example),
        None => path,
    });
    let queries = parameters.iter().filter(|one| one["in"] == "query");
    let queries = queries.map(|one| Parameter {
        name: one["name"].as_str().unwrap().to_owned(),
        required: one["required"] == true,
        schema: Schema::read(&one["schema"], document),
    });
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let statuses = operation["responses"].as_object().unwrap().keys();
    let security = [&operation["security"], &document["security"]];
    let security = security.iter().find(|value| value.is_array());
    let by = |name: &str| security.is_some_and(|by| !by[0][name].is_null());
    let caller = if by("ApiKey") {
        Caller::Integration
    } else if by("operatorToken") {
        Caller::Operator
    } else if by("manageToken") {
        Caller::Patient
    } else {
        Caller::Anybody
    };
    Operation {
        id: operation["operationId"].as_str().unwrap().to_owned(),
        queries: queries.collect(),
        body: (!body.is_null()).then(|| Schema::read(body, document)),
        creates: parameters
            .iter()
            .any(|one| one["name"] == "Idempotency-Key"),
        statuses: statuses.map(|status| status.parse().unwrap()).collect(),
        caller,
        method,
        path,
    }
}
