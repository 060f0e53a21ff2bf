//! `/bookings/{bookingId}/forms/{form}`: a form that the practice wants before the visit (ATT-1).

use super::Manager;
use crate::failure::{Failure, sentence};
use crate::form::{Form as Sent, Token};
use crate::{Web, context, page};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use slotbridge_domain::document::{Answer, Field, FieldKind, Form, FormFault};
use slotbridge_hub::IdempotencyKey;
use slotbridge_hub::attachments::AttachmentView;
use slotbridge_hub::auth::Patient;
use slotbridge_hub::booking::attachments::{self, NewAttachment};
use slotbridge_hub::booking::{forms, get};

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage<'a> {
    id: i64,
    practice: &'a str,
    title: &'static str,
    questions: Vec<Question>,
    wrong: usize,
    token: &'a str,
}

/// A field as it is shown.
struct Question {
    name: &'static str,
    label: &'static str,
    required: bool,
    lines: bool,
    choices: &'static [&'static str],
    value: String,
    error: String,
}

impl Question {
    fn new(field: &'static Field, value: &str, faults: &[FormFault]) -> Self {
        let fault = faults.iter().find(|fault| fault.field == field.name);
        let error = match fault {
            Some(fault) if fault.answer.is_some() => sentence(&fault.message),
            Some(_) => "This needs an answer.".to_owned(),
            None => String::new(),
        };
        Self {
            name: field.name,
            label: field.label,
            required: field.required,
            lines: matches!(field.kind, FieldKind::Lines),
            choices: match field.kind {
                FieldKind::Choice(choices) => choices,
                FieldKind::Line | FieldKind::Lines => &[],
            },
            value: value.to_owned(),
            error,
        }
    }
}

/// The form of that name, if the practice wants it of this patient.
async fn wanted(web: &Web, patient: Patient, name: &str) -> Result<(Form, String), Failure> {
    let form = Form::from_name(name).ok_or_else(Failure::no_page)?;
    let practice = patient.booking_id().practice();
    let (wanted, booking) = web
        .hub
        .read(practice, move |tx| {
            Ok((forms::list(tx, patient)?, get::get(tx, patient)?))
        })
        .await?;
    if !wanted.iter().any(|one| one.form == form) {
        return Err(Failure::no_page());
    }
    Ok((form, booking.practice.name))
}

fn shown(
    (form, practice): &(Form, String),
    patient: Patient,
    token: &Token,
    answer: impl Fn(&str) -> String,
    faults: &[FormFault],
) -> Result<Response, Failure> {
    let question = |field: &'static Field| Question::new(field, &answer(field.name), faults);
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let page = FormPage {
        id: patient.booking_id().get(),
        practice,
        title: form.kind().title(),
        questions: form.fields().iter().map(question).collect(),
        wrong: faults.len(),
        token: token.value(),
    };
    page::with_status(status, &page)
}

/// Shows the form.
pub(crate) async fn show(
    State(web): State<Web>,
    Manager(patient): Manager,
    Path((_, name)): Path<(String, String)>,
    token: Token,
) -> Result<Response, Failure> {
    let wanted = wanted(&web, patient, &name).await?;
    let page = shown(&wanted, patient, &token, |_| String::new(), &[])?;
    Ok(token.keep(&web, page))
}

/// Takes the answers; sent twice, they become one document.
pub(crate) async fn fill_in(
    State(web): State<Web>,
    Manager(patient): Manager,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Failure> {
    let wanted = wanted(&web, patient, &name).await?;
    let form = wanted.0;
    let answers: Vec<Answer> = form
        .fields()
        .iter()
        .map(|field| Answer {
            field: field.name.to_owned(),
            answer: sent.text(field.name).to_owned(),
        })
        .collect();
    if let Err(faults) = form.check(&answers) {
        let answer = |name: &str| sent.text(name).to_owned();
        return shown(&wanted, patient, &sent.token, answer, &faults);
    }
    let given: Vec<&str> = answers
        .iter()
        .map(|answer| answer.answer.as_str())
        .collect();
    let key = format!("{} {}", sent.token.value(), given.join("\u{0}"));
    let id = patient.booking_id();
    let key = IdempotencyKey::new(&format!("form {id} {name}"), &key, "");
    let once = web.hub.once(Some(key), |_: &AttachmentView| Value::Null);
    let new = NewAttachment::Form { form, answers };
    attachments::attach(&web.hub, context(), patient, new, once).await?;
    Ok(page::see_other(&format!("/bookings/{id}#forms")))
}
