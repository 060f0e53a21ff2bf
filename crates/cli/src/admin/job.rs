//! What a command comes down to: a call, and how its answer is shown.

use crate::http::Call;
use serde_json::{Map, Value};

/// A column: its heading, and where in an entry its value is.
pub(super) type Column = (&'static str, &'static str);

/// How people see an answer.
pub(super) enum View {
    /// A table of what is in `data`.
    List(&'static [Column]),
    /// Everything about one thing.
    One,
    /// These words.
    Done(&'static str),
}

/// A call, and how its answer is shown.
pub(super) struct Job {
    pub(super) call: Call,
    pub(super) view: View,
}

impl Job {
    pub(super) fn list(call: Call, columns: &'static [Column]) -> Self {
        Self {
            call,
            view: View::List(columns),
        }
    }

    pub(super) fn one(call: Call) -> Self {
        Self {
            call,
            view: View::One,
        }
    }

    pub(super) fn done(call: Call, words: &'static str) -> Self {
        Self {
            call,
            view: View::Done(words),
        }
    }
}

/// A body of the fields that were given.
#[derive(Default)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Sets a field that was given.
    pub(super) fn with(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Sets a text that was given; an empty one is `null`, which unsets it.
    pub(super) fn text(self, name: &str, value: Option<String>) -> Self {
        let value = value.map(|text| {
            if text.is_empty() {
                Value::Null
            } else {
                text.into()
            }
        });
        self.with(name, value)
    }

    /// Sets a flag that was raised.
    pub(super) fn flag(self, name: &str, raised: bool) -> Self {
        self.with(name, raised.then_some(true))
    }
}

impl From<Body> for Value {
    fn from(body: Body) -> Self {
        Self::Object(body.0)
    }
}

/// Which page of a list.
#[derive(clap::Args, Clone, Copy)]
pub(super) struct PageArgs {
    /// The page, of 100 entries each, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub(super) page: Option<i64>,
}
