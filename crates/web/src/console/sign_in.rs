//! `/console/sign-in`: with an operator token, which comes in a form and stands in no address.

use super::{COOKIE, PATH, SIGN_IN, Sent};
use crate::failure::Failure;
use crate::form::{Form, Token};
use crate::page::{personal, with_status};
use crate::{Web, cookies};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use slotbridge_hub::Error;

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage<'a> {
    wrong: bool,
    token: &'a str,
}

pub(crate) async fn show(State(web): State<Web>, token: Token) -> Result<Response, Failure> {
    let shown = personal(&SignInPage {
        wrong: false,
        token: token.value(),
    })?;
    Ok(token.keep(&web, shown))
}

pub(crate) async fn sign_in(
    State(web): State<Web>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let before = cookies::get(&headers, COOKIE);
    let given = form.text("operatorToken").trim();
    match web.hub.sign_in_operator(given, before).await {
        Ok(secret) => Ok(cookies::signed_in(&web, COOKIE, &secret, PATH)),
        Err(Error::Unauthorized(_)) => with_status(
            StatusCode::UNAUTHORIZED,
            &SignInPage {
                wrong: true,
                token: form.token.value(),
            },
        ),
        Err(error) => Err(error.into()),
    }
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(web): State<Web>,
    headers: HeaderMap,
    _: Sent,
) -> Result<Response, Failure> {
    if let Some(secret) = cookies::get(&headers, COOKIE) {
        web.hub.sign_out(secret).await?;
    }
    Ok(cookies::signed_out(&web, (COOKIE, PATH), SIGN_IN))
}
