//! Before something that others will feel: the console says what follows, and asks. And what is
//! shown once.

use super::{Frame, Sent};
use crate::failure::Failure;
use crate::page::{personal, with_status};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "console/ask.html")]
struct AskPage<'a> {
    frame: Frame,
    question: &'a str,
    consequences: &'a str,
    button: &'a str,
    back: &'a str,
    /// What is sent again, with the answer.
    fields: Vec<(&'a str, &'a str)>,
    path: &'a str,
}

/// Asks whether the operator is sure of what was sent.
pub(super) fn ask(
    sent: &Sent,
    here: &'static str,
    (question, consequences, button): (&str, &str, &str),
    back: &str,
) -> Result<Response, Failure> {
    let fields = sent.fields.iter();
    let fields = fields.filter(|(name, _)| !["token", "sure"].contains(&name.as_str()));
    personal(&AskPage {
        frame: sent.by.frame(here),
        question,
        consequences,
        button,
        back,
        fields: fields.map(|(name, value)| (&**name, &**value)).collect(),
        path: &sent.path,
    })
}

#[derive(Template)]
#[template(path = "console/secret.html")]
struct SecretPage<'a> {
    frame: Frame,
    title: &'a str,
    todo: &'a str,
    secrets: Vec<(&'a str, String)>,
    back: &'a str,
}

/// Shows what is shown once: each named, as the answer has it.
pub(super) fn reveal(
    sent: &Sent,
    here: &'static str,
    (title, todo): (&str, &str),
    answer: &serde_json::Value,
    secrets: &[(&str, &str)],
    back: &str,
) -> Result<Response, Failure> {
    let text = |field: &str| answer.get(field).and_then(|value| value.as_str());
    let secrets = secrets.iter();
    let page = SecretPage {
        frame: sent.by.frame(here),
        title,
        todo,
        secrets: secrets
            .filter_map(|(name, field)| Some((*name, text(field)?.to_owned())))
            .collect(),
        back,
    };
    with_status(StatusCode::OK, &page)
}
