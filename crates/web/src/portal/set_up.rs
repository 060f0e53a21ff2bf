//! `/portal/set-up`: a link that sets up an account, or a new password.

use super::{COOKIE, PATH};
use crate::failure::{Failure, sentence};
use crate::form::{Form, Token};
use crate::page::{personal, see_other, with_status};
use crate::query::Query;
use crate::{Web, cookies, qr};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use slotbridge_hub::staff::links::Opened;
use slotbridge_hub::{Error, Fault};
use zeroize::Zeroizing;

/// The cookie with the link's token, and where it is sent.
pub(super) const LINK: &str = "link";
pub(super) const SET_UP: &str = "/portal/set-up";

#[derive(Template)]
#[template(path = "portal/set_up.html")]
struct SetUpPage<'a> {
    name: &'a str,
    email: &'a str,
    secret: Option<String>,
    uri: Option<&'a str>,
    qr: Option<qr::Code>,
    password_error: String,
    code_error: String,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "portal/ready.html")]
struct ReadyPage {
    recovery_codes: Vec<String>,
}

/// Takes the token out of the address.
pub(crate) async fn open(State(web): State<Web>, query: Query) -> Response {
    let mut response = see_other(SET_UP);
    let token = query.text("token").unwrap_or_default();
    cookies::set(&web, &mut response, LINK, token, SET_UP);
    response
}

fn page(web: &Web, opened: &Opened, token: &Token, faults: &[Fault]) -> Result<Response, Failure> {
    let error = |field: &str| {
        let fault = faults.iter().find(|fault| fault.field == field);
        fault.map_or_else(String::new, |fault| {
            sentence(&format!("it {}", fault.message))
        })
    };
    let grouped = |secret: &String| {
        let letters: Vec<char> = secret.chars().collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|four| four.iter().collect())
            .collect();
        groups.join(" ")
    };
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let page = SetUpPage {
        name: &opened.person.name,
        email: &opened.person.email,
        secret: opened.totp_secret.as_ref().map(grouped),
        uri: opened.totp_uri.as_deref(),
        qr: opened.totp_uri.as_deref().and_then(qr::Code::of),
        password_error: error("password"),
        code_error: error("code"),
        token: token.value(),
    };
    Ok(token.keep(web, with_status(status, &page)?))
}

pub(crate) async fn show(
    State(web): State<Web>,
    headers: HeaderMap,
    token: Token,
) -> Result<Response, Failure> {
    let link = cookies::get(&headers, LINK).unwrap_or_default();
    let opened = web.hub.open_staff_link(link).await?;
    page(&web, &opened, &token, &[])
}

/// Sets the account up and signs in, or sets the password and asks to sign in with it.
pub(crate) async fn set_up(
    State(web): State<Web>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let link = cookies::get(&headers, LINK).unwrap_or_default();
    let password = Zeroizing::new(form.text("password").to_owned());
    let used = match web
        .hub
        .use_staff_link(link, password, form.text("code"))
        .await
    {
        Ok(used) => used,
        Err(Error::Invalid(faults)) => {
            let opened = web.hub.open_staff_link(link).await?;
            return page(&web, &opened, &form.token, &faults);
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = match &used.session {
        Some(_) => personal(&ReadyPage {
            recovery_codes: used.recovery_codes,
        })?,
        None => see_other(super::SIGN_IN),
    };
    cookies::clear(&web, &mut response, LINK, SET_UP);
    if let Some(secret) = &used.session {
        cookies::set(&web, &mut response, COOKIE, secret, PATH);
    }
    Ok(response)
}
