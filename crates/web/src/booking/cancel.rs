//! `/bookings/{bookingId}/cancel`: asks, and says what follows; then cancels.

use super::Manager;
use crate::failure::Failure;
use crate::form::{Form, Token};
use crate::when::When;
use crate::{Web, context, page};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::booking::{cancel as hub, get};

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage<'a> {
    id: i64,
    practice: &'a str,
    when: When,
    token: &'a str,
}

pub(crate) async fn ask(
    State(web): State<Web>,
    Manager(patient): Manager,
    token: Token,
) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let seen = web
        .hub
        .read(id.practice(), move |tx| get::get(tx, patient))
        .await?;
    let shown = page::personal(&CancelPage {
        id: id.get(),
        practice: &seen.practice.name,
        when: When::new(&seen.zone, seen.booking.start),
        token: token.value(),
    })?;
    Ok(token.keep(&web, shown))
}

pub(crate) async fn cancel(
    State(web): State<Web>,
    Manager(patient): Manager,
    form: Form,
) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let reason = form.text("reason").trim().to_owned();
    let context = context();
    web.hub
        .write(id.practice(), move |tx| {
            let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty());
            hub::cancel(tx, &context, patient, reason).map(drop)
        })
        .await?;
    Ok(page::see_other(&format!("/bookings/{id}")))
}
