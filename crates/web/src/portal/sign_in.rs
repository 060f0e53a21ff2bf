//! `/portal/sign-in`: mail, password and code at once, with one answer to whatever is wrong.

use super::{COOKIE, PATH, SIGN_IN, Sent, SignedIn};
use crate::failure::Failure;
use crate::form::{Form, Token};
use crate::page::{personal, with_status};
use crate::{Web, cookies};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::Error;
use slotbridge_hub::admin::practices;
use slotbridge_hub::auth::StaffSession;
use slotbridge_hub::staff::sign_in::Credentials;
use zeroize::Zeroizing;

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage<'a> {
    email: &'a str,
    error: String,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "portal/choose.html")]
struct ChoosePage {
    practices: Vec<(PracticeId, String)>,
    token: String,
}

fn page(web: &Web, token: &Token, email: &str, error: &Error) -> Result<Response, Failure> {
    let (status, text) = match error {
        Error::TooManyAttempts { wait_seconds } => {
            let wait = if *wait_seconds >= 120 {
                format!("{} minutes", wait_seconds.div_euclid(60) + 1)
            } else {
                format!("{wait_seconds} seconds")
            };
            let text = format!("There were too many wrong attempts. Wait {wait} and try again.");
            (StatusCode::TOO_MANY_REQUESTS, text)
        }
        _ => (
            StatusCode::UNAUTHORIZED,
            "The mail address, the password or the code is wrong.".to_owned(),
        ),
    };
    let page = SignInPage {
        email,
        error: text,
        token: token.value(),
    };
    Ok(token.keep(web, with_status(status, &page)?))
}

pub(crate) async fn show(State(web): State<Web>, token: Token) -> Result<Response, Failure> {
    let shown = personal(&SignInPage {
        email: "",
        error: String::new(),
        token: token.value(),
    })?;
    Ok(token.keep(&web, shown))
}

pub(crate) async fn sign_in(
    State(web): State<Web>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let email = form.text("email");
    let credentials = Credentials {
        email: email.to_owned(),
        password: Zeroizing::new(form.text("password").to_owned()),
        code: Zeroizing::new(form.text("code").to_owned()),
    };
    let before = cookies::get(&headers, COOKIE);
    match web.hub.sign_in(credentials, before).await {
        Ok(secret) => Ok(cookies::signed_in(&web, COOKIE, &secret, PATH)),
        Err(error @ (Error::Unauthorized(_) | Error::TooManyAttempts { .. })) => {
            page(&web, &form.token, email, &error)
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(web): State<Web>,
    sent: Sent<SignedIn>,
) -> Result<Response, Failure> {
    let (own, context) = (&sent.who.0, sent.who.context());
    match web
        .hub
        .end_own_sessions(own, context, Some(own.session_id()))
        .await
    {
        // Pressed twice, it has ended.
        Ok(()) | Err(Error::NotFound(_)) => Ok(cookies::signed_out(&web, (COOKIE, PATH), SIGN_IN)),
        Err(error) => Err(error.into()),
    }
}

/// Asks at which of their practices somebody is working.
pub(crate) async fn choose(web: &Web, session: &StaffSession) -> Result<Response, Failure> {
    let mut found = Vec::new();
    for (id, _) in session.practices() {
        let staff = session.at(*id)?;
        let practice = *id;
        let name = web
            .hub
            .read(practice, move |tx| {
                Ok::<_, Error>(practices::get(tx, &staff, practice)?.name)
            })
            .await?;
        found.push((practice, name));
    }
    let page = ChoosePage {
        practices: found,
        token: session.csrf_token(),
    };
    Ok(personal(&page)?.into_response())
}
