//! A case for each operation: how it is called, what goes out, what comes back and is given.

mod bookings;
mod configuration;
mod documents;
mod requests;
mod snapshots;
mod subscriptions;

use serde::Serialize;
use serde_json::{Value, json};
use slotbridge_client::{
    Client, Error,
    wire::read::{FromJson, read},
};
use std::{future::Future, pin::Pin};

type Called = Pin<Box<dyn Future<Output = Result<Value, Error>>>>;

/// A case of an operation.
pub(super) struct Case {
    /// The method of the client.
    pub(super) method: &'static str,
    /// Calls it, and shows what it gives.
    pub(super) call: fn(Client) -> Called,
    /// HTTP method, path below the base and query.
    pub(super) line: &'static str,
    pub(super) sends: Option<Value>,
    pub(super) status: u16,
    /// What the hub answers; `{}` where nothing is declared.
    pub(super) answer: Option<Value>,
    /// What the method gives.
    pub(super) gives: Value,
}

impl Case {
    fn sends(mut self, body: Value) -> Self {
        self.sends = Some(body);
        self
    }

    /// The hub answers this, and the method gives it.
    fn answers(mut self, body: Value) -> Self {
        self.gives = body.clone();
        self.answer = Some(body);
        self
    }

    fn page_of(self, item: &Value) -> Self {
        let page = json!({"currentPage": 3, "totalPages": 4, "perPage": 100, "total": 301});
        self.answers(json!({"data": [item], "page": page}))
    }

    fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn gives(mut self, value: Value) -> Self {
        self.gives = value;
        self
    }

    pub(super) fn answer_text(&self) -> String {
        match (&self.answer, self.status) {
            (Some(answer), _) => answer.to_string(),
            (None, 204) => String::new(),
            (None, _) => "{}".to_owned(),
        }
    }
}

fn shown(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

/// A value as it stands in JSON.
fn from<T: FromJson>(value: &Value) -> T {
    read(value.to_string().as_bytes()).expect("a value")
}

macro_rules! case {
    ($line:literal, $method:ident($($argument:expr),*)) => {
        case!($line, $method($($argument),*), shown)
    };
    ($line:literal, $method:ident($($argument:expr),*), $shown:expr) => {
        Case {
            method: stringify!($method),
            call: |client| {
                Box::pin(async move {
                    let given = client.$method($($argument),*).await?;
                    Ok($shown(&given))
                })
            },
            line: $line,
            sends: None,
            status: 200,
            answer: None,
            gives: Value::Null,
        }
    };
}

use case;

/// All of them.
pub(super) fn all() -> Vec<Case> {
    let groups = [
        requests::requests(),
        bookings::bookings(),
        snapshots::snapshots(),
        configuration::configuration(),
        configuration::features(),
        documents::documents(),
        documents::attach_documents(),
        subscriptions::subscriptions(),
    ];
    groups.into_iter().flatten().collect()
}
