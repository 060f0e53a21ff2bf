//! `/portal/account`: one's own account: its password, its phone, and where it is signed in.

use super::set_up::{LINK, SET_UP};
use super::{COOKIE, PATH, Sent, SignedIn};
use crate::failure::{Failure, sentence};
use crate::page::{personal, see_other, with_status};
use crate::query::Query;
use crate::when::When;
use crate::{Web, cookies};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use slotbridge_hub::admin::practices;
use slotbridge_hub::auth::StaffSession;
use slotbridge_hub::rows::Session;
use slotbridge_hub::{Error, zone};
use zeroize::Zeroizing;

const ACCOUNT: &str = "/portal/account";

#[derive(Template)]
#[template(path = "portal/account.html")]
struct AccountPage {
    name: String,
    email: String,
    recovery_codes: i64,
    sessions: Vec<Open>,
    changed: bool,
    /// Beside which form something is wrong.
    at: &'static str,
    password_error: String,
    new_error: String,
    token: String,
}

/// A session.
struct Open {
    id: i64,
    since: When,
    seen: When,
    here: bool,
}

/// The zone of whoever's practice comes first: their times are its times.
async fn zone_of(web: &Web, own: &StaffSession) -> Result<TimeZone, Failure> {
    let Some((id, _)) = own.practices().first().copied() else {
        return Ok(TimeZone::UTC);
    };
    let staff = own.at(id)?;
    let practice = web.hub.read(id, move |tx| practices::get(tx, &staff, id));
    Ok(zone::of(&practice.await?)?)
}

async fn page(web: &Web, own: &StaffSession) -> Result<AccountPage, Failure> {
    let account = web.hub.own_account(own).await?;
    let sessions = web.hub.own_sessions(own).await?;
    let zone = zone_of(web, own).await?;
    let open = |session: Session| Open {
        id: session.session_id,
        since: When::new(&zone, session.created_at),
        seen: When::new(&zone, session.last_seen_at),
        here: session.session_id == own.session_id(),
    };
    Ok(AccountPage {
        name: account.person.name,
        email: account.person.email,
        recovery_codes: account.recovery_codes,
        sessions: sessions.into_iter().map(open).collect(),
        changed: false,
        at: "",
        password_error: String::new(),
        new_error: String::new(),
        token: own.csrf_token(),
    })
}

pub(crate) async fn show(
    State(web): State<Web>,
    SignedIn(own): SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    personal(&AccountPage {
        changed: query.text("changed").is_some(),
        ..page(&web, &own).await?
    })
}

/// Changes the password, begins to set up a phone anew, or ends a session.
pub(crate) async fn change(
    State(web): State<Web>,
    sent: Sent<SignedIn>,
) -> Result<Response, Failure> {
    let own = &sent.who.0;
    let password = || Zeroizing::new(sent.text("password").to_owned());
    match sent.text("deed") {
        "password" => {
            let new = Zeroizing::new(sent.text("newPassword").to_owned());
            match web.hub.change_own_password(own, password(), new).await {
                Ok(secret) => {
                    let mut response = see_other(&format!("{ACCOUNT}?changed=yes"));
                    cookies::set(&web, &mut response, COOKIE, &secret, PATH);
                    Ok(response)
                }
                Err(error) => wrong(&web, own, "password", error).await,
            }
        }
        "setUp" => match web.hub.set_up_anew(own, password()).await {
            Ok(token) => {
                let mut response = see_other(SET_UP);
                cookies::set(&web, &mut response, LINK, &token, SET_UP);
                Ok(response)
            }
            Err(error) => wrong(&web, own, "setUp", error).await,
        },
        "end" => {
            let id = sent.get("session");
            let id = id.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
            match web
                .hub
                .end_own_sessions(own, sent.who.context(), Some(id))
                .await
            {
                // Pressed twice, it has ended.
                Ok(()) | Err(Error::NotFound(_)) => Ok(see_other(ACCOUNT)),
                Err(error) => Err(error.into()),
            }
        }
        _ => Err(Failure::new(StatusCode::BAD_REQUEST)),
    }
}

/// The page again, with what is wrong beside its field. No password stands in it.
async fn wrong(
    web: &Web,
    own: &StaffSession,
    at: &'static str,
    error: Error,
) -> Result<Response, Failure> {
    let mut page = page(web, own).await?;
    page.at = at;
    let status = match error {
        Error::Invalid(faults) => {
            for fault in faults {
                match fault.field.as_str() {
                    "newPassword" => page.new_error = sentence(&fault.message),
                    _ => page.password_error = "That is not your password.".to_owned(),
                }
            }
            StatusCode::BAD_REQUEST
        }
        Error::TooManyAttempts { .. } => {
            page.password_error = sentence(&error.to_string());
            StatusCode::TOO_MANY_REQUESTS
        }
        error => return Err(error.into()),
    };
    with_status(status, &page)
}
