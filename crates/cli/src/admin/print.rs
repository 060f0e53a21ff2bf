//! Answers as people and scripts read them.

use super::job::{Column, View};
use crate::failure::Failure;
use crate::http::Answer;
use crate::out::{self, harmless, say};
use reqwest::StatusCode;
use serde_json::Value;

/// What is shown once and never again.
const SECRETS: [&str; 4] = ["apiKey", "webhookSecret", "practiceKey", "token"];

/// Shows an answer; a refusal is a failure.
pub(super) fn answer(answer: &Answer, view: &View, json: bool) -> Result<(), Failure> {
    if !answer.status.is_success() {
        return Err(refusal(answer, json));
    }
    if json {
        if !answer.text.is_empty() {
            say!("{}", answer.text);
        }
        return Ok(());
    }
    match view {
        View::Done(words) => say!("{words}"),
        View::List(columns) => list(&answer.body, columns),
        View::One => one(&answer.body),
    }
    Ok(())
}

fn refusal(answer: &Answer, json: bool) -> Failure {
    if json && !answer.body.is_null() {
        eprintln!("{}", answer.text);
        return Failure::told();
    }
    Failure::new(describe(answer))
}

/// A problem with its fields.
pub(crate) fn describe(answer: &Answer) -> String {
    let status = answer.status;
    let text = |name: &str| answer.body.get(name).and_then(Value::as_str).map(harmless);
    let faults: Vec<String> = answer
        .body
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|error| format!("\n  {}: {}", cell(error, "/field"), cell(error, "/message")))
        .collect();
    let mut said = format!("the hub answered {status}");
    if faults.is_empty() {
        let why = text("detail").or_else(|| text("title"));
        said.extend(why.map(|why| format!(": {why}")));
    } else {
        said.push(':');
        said.extend(faults);
    }
    if status == StatusCode::UNAUTHORIZED {
        said.push_str("\n  Is the operator token right, and of this hub?");
    }
    said
}

fn list(body: &Value, columns: &[Column]) {
    let entries = body
        .get("data")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if entries.is_empty() {
        say!("(none)");
    } else {
        let mut table = out::table();
        table.set_header(columns.iter().map(|(heading, _)| *heading));
        for entry in entries {
            table.add_row(columns.iter().map(|(_, at)| cell(entry, at)));
        }
        say!("{}", table.trim_fmt());
    }
    let number = |name: &str| {
        body.pointer(&format!("/page/{name}"))
            .and_then(Value::as_i64)
    };
    let (Some(page), Some(pages), Some(total)) =
        (number("currentPage"), number("totalPages"), number("total"))
    else {
        return;
    };
    if pages > 1 {
        say!("Page {page} of {pages}, {total} in all; another with --page.");
    }
}

fn one(body: &Value) {
    let mut table = out::table();
    let mut rows = Vec::new();
    flatten("", body, &mut rows);
    table.add_rows(rows);
    say!("{}", table.trim_fmt());
    let shown: Vec<&str> = SECRETS
        .into_iter()
        .filter(|name| body.get(name).is_some())
        .collect();
    if !shown.is_empty() {
        say!(
            "Keep {} now: the hub does not show it again.",
            shown.join(" and ")
        );
    }
}

fn flatten(name: &str, value: &Value, rows: &mut Vec<[String; 2]>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(&format!("{name}{dot}{field}"), value, rows);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (at, value) in items.iter().enumerate() {
                flatten(&format!("{name}[{at}]"), value, rows);
            }
        }
        value => rows.push([harmless(name), plain(value)]),
    }
}

fn cell(entry: &Value, at: &str) -> String {
    // A column may show two fields: a first and a last name.
    let texts: Vec<String> = at
        .split(' ')
        .filter_map(|at| entry.pointer(at).filter(|value| !value.is_null()))
        .map(plain)
        .collect();
    if texts.is_empty() {
        "-".to_owned()
    } else {
        texts.join(" ")
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => harmless(text),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => harmless(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_names_every_field() {
        let body = json!({
            "title": "Bad Request",
            "detail": "name: is required; timezone: is required",
            "errors": [
                {"field": "name", "message": "is required"},
                {"field": "timezone", "message": "is required"},
            ],
        });
        let answer = Answer {
            status: StatusCode::BAD_REQUEST,
            text: body.to_string(),
            body,
        };
        assert_eq!(
            describe(&answer),
            "the hub answered 400 Bad Request:\n  name: is required\n  timezone: is required"
        );
    }

    #[test]
    fn what_a_patient_wrote_cannot_steer_the_terminal() {
        let entry = json!({"patient": {"firstname": "A\u{1b}[2J", "lastname": "B\r"}});
        assert_eq!(
            cell(&entry, "/patient/firstname /patient/lastname"),
            "A [2J B "
        );
        assert_eq!(cell(&entry, "/patient/dob"), "-");
    }

    #[test]
    fn one_thing_is_shown_field_by_field() {
        let mut rows = Vec::new();
        let body =
            json!({"id": 7, "ids": ["a", "b"], "in": {"x": null, "y": true}, "k": [{"z": 1}]});
        flatten("", &body, &mut rows);
        let shown: Vec<String> = rows.iter().map(|row| row.join("=")).collect();
        assert_eq!(
            shown,
            ["id=7", "ids=a, b", "in.x=-", "in.y=yes", "k[0].z=1"]
        );
    }
}
