//! `/unsubscribe`: the page behind the link in a reminder. Opening it changes nothing, since mail
//! programs open links by themselves; its button does.

use crate::failure::Failure;
use crate::form::{Form, Token};
use crate::query::Query;
use crate::{Web, page};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::reminders::unsubscribe;

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct Unsubscribe<'a> {
    token: &'a str,
    done: bool,
}

pub(crate) async fn ask(State(web): State<Web>, token: Token) -> Result<Response, Failure> {
    let shown = page::personal(&Unsubscribe {
        token: token.value(),
        done: false,
    })?;
    Ok(token.keep(&web, shown))
}

pub(crate) async fn stop(
    State(web): State<Web>,
    query: Query,
    _: Form,
) -> Result<Response, Failure> {
    unsubscribe::stop(&web.hub, query.text("token").unwrap_or_default()).await?;
    page::personal(&Unsubscribe {
        token: "",
        done: true,
    })
}
