//! `/console`: what operators see and do, for all practices. Whoever is not signed in with an
//! operator token is sent to sign in. Nothing of a patient is shown anywhere here.

mod ask;
mod audit;
pub(crate) mod charts;
mod consumers;
mod deliveries;
mod health;
mod maintenance;
mod overview;
mod practices;
mod sign_in;
mod staff;
mod tokens;

use crate::failure::{Failure, Told, sentence};
use crate::form::{FIELD, check_origin, fields_of, foreign, fresh, last_of};
use crate::page::{instead, see_other, with_status};
use crate::{Web, call_id, closed, cookies};
use askama::Template;
use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_hub::auth::{Operator, OperatorSession};
use slotbridge_hub::rows::Window;
use slotbridge_hub::{Context, Error, Fault, IdempotencyKey};

/// The cookie with the session's secret.
const COOKIE: &str = "operator";
/// Where it is sent.
const PATH: &str = "/console";
const SIGN_IN: &str = "/console/sign-in";
/// The longest name of a consumer or a token.
const LONGEST_NAME: usize = 200;

/// A page: its path, and what it does.
type Page = (&'static str, fn() -> MethodRouter<Web>);

/// All of them: a table, so that tests can try each.
pub(crate) const PAGES: &[Page] = &[
    (PATH, || get(overview::show)),
    (SIGN_IN, || get(sign_in::show).post(sign_in::sign_in)),
    ("/console/sign-out", || post(sign_in::sign_out)),
    ("/console/health", || get(health::show)),
    ("/console/deliveries", || {
        get(deliveries::show).post(deliveries::again)
    }),
    ("/console/practices", || get(practices::list)),
    ("/console/practices/new", || {
        get(practices::new::show).post(practices::new::create)
    }),
    ("/console/practices/{practiceId}", || {
        get(practices::show).post(practices::change)
    }),
    ("/console/practices/{practiceId}/staff", || {
        get(practices::staff::show).post(practices::staff::take_on)
    }),
    ("/console/consumers", || {
        get(consumers::list).post(consumers::create)
    }),
    ("/console/consumers/{consumerId}", || {
        get(consumers::show).post(consumers::change)
    }),
    ("/console/audit", || get(audit::show)),
    ("/console/charts", || get(charts::show)),
    ("/console/staff", || get(staff::list).post(staff::find)),
    ("/console/staff/{staffId}", || {
        get(staff::show).post(staff::change)
    }),
    ("/console/maintenance", || {
        get(maintenance::show).post(maintenance::change)
    }),
    ("/console/operator-tokens", || {
        get(tokens::show).post(tokens::change)
    }),
];

/// The routes.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    let pages = PAGES.iter().map(|(path, page)| (*path, page()));
    closed::routes::<SignedIn>(pages, ["/console/", "/console/{*path}"])
        .layer(from_fn_with_state(web.clone(), in_frame))
}

#[derive(Template)]
#[template(path = "console/failure.html")]
struct FailurePage {
    frame: Frame,
    told: Told,
}

/// Tells an operator who is signed in inside of the console what is wrong with a request.
async fn in_frame(State(web): State<Web>, request: Request, next: Next) -> Response {
    let secret = cookies::get(request.headers(), COOKIE).map(str::to_owned);
    let response = next.run(request).await;
    let Some(told) = Told::of(&response) else {
        return response;
    };
    match web
        .hub
        .authenticate_operator_session(secret.as_deref())
        .await
    {
        Ok(session) => {
            let frame = SignedIn(session).frame("");
            instead(response, &FailurePage { frame, told })
        }
        Err(_) => response,
    }
}

/// An operator who is signed in; everybody else goes to sign in.
pub(crate) struct SignedIn(OperatorSession);

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let secret = cookies::get(&parts.headers, COOKIE);
        match web.hub.authenticate_operator_session(secret).await {
            Ok(session) => Ok(Self(session)),
            Err(Error::Unauthorized(_)) => Err(see_other(SIGN_IN)),
            Err(error) => Err(Failure::from(error).into_response()),
        }
    }
}

impl SignedIn {
    fn operator(&self) -> Operator {
        self.0.operator().clone()
    }

    fn context(&self) -> Context {
        self.0.operator().context(call_id())
    }

    fn frame(&self, here: &'static str) -> Frame {
        Frame {
            here,
            token: self.0.csrf_token(),
        }
    }
}

/// A form of theirs, proven to come from a page of this session.
pub(crate) struct Sent {
    by: SignedIn,
    path: String,
    fields: Vec<(String, String)>,
}

impl FromRequest<Web> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        check_origin(web, &parts.headers).map_err(IntoResponse::into_response)?;
        let by = SignedIn::from_request_parts(&mut parts, web).await?;
        let fields = fields_of(body).await.map_err(IntoResponse::into_response)?;
        let path = parts.uri.path().to_owned();
        let sent = Self { by, path, fields };
        match sent.by.0.check_csrf(sent.text(FIELD)) {
            Ok(()) => Ok(sent),
            Err(_) => Err(foreign().into_response()),
        }
    }
}

impl Sent {
    /// What was entered, without the white space around it.
    fn text(&self, name: &str) -> &str {
        last_of(&self.fields, name).trim()
    }

    /// A number that was sent.
    fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// Whether the operator was asked, and is sure.
    fn is_sure(&self) -> bool {
        self.text("sure") == "yes"
    }

    /// What a form that makes something is known by: sent twice it makes one thing.
    fn once(&self) -> Option<IdempotencyKey> {
        let key = Some(self.text("once")).filter(|key| !key.is_empty())?;
        let scope = format!("{} operator {}", self.path, self.by.operator().token_id());
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(self.fields.iter().filter(|(name, _)| name != FIELD));
        Some(IdempotencyKey::new(&scope, key, &body.finish()))
    }

    /// Where it leads once it is done, or why nothing was done.
    fn done(
        &self,
        here: &'static str,
        back: &str,
        done: Result<(), Error>,
    ) -> Result<Response, Failure> {
        match done {
            Ok(()) => Ok(see_other(back)),
            Err(error) => self.refused(here, back, error),
        }
    }

    /// Says why nothing was done.
    fn refused(&self, here: &'static str, back: &str, error: Error) -> Result<Response, Failure> {
        let status = match &error {
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::Refused(_) | Error::Conflict(_) | Error::KeyReused => StatusCode::CONFLICT,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            _ => return Err(error.into()),
        };
        let why = match &error {
            Error::KeyReused => {
                "this form was sent before with something else in it: load its page again"
                    .to_owned()
            }
            error => error.to_string(),
        };
        let page = RefusedPage {
            frame: self.by.frame(here),
            error: sentence(&why),
            back: back.to_owned(),
        };
        with_status(status, &page)
    }
}

/// What stands around every page.
pub(crate) struct Frame {
    /// Which page is open.
    pub(crate) here: &'static str,
    pub(crate) token: String,
}

#[derive(Template)]
#[template(path = "console/refused.html")]
struct RefusedPage {
    frame: Frame,
    error: String,
    back: String,
}

/// A name that was sent, or what is wrong with it.
fn name_of(sent: &Sent, faults: &mut Vec<Fault>) -> String {
    let name = sent.text("name");
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let message = format!("must be 1 to {LONGEST_NAME} characters long");
        faults.push(Fault::new("name", message));
    }
    name.to_owned()
}

/// What a new form that makes something is known by.
fn once(web: &Web) -> String {
    fresh(web)
}

/// An instant as operators compare it with logs: to the second, with its zone.
fn stamp(zone: &TimeZone, at: Timestamp) -> String {
    let zoned = at.to_zoned(zone.clone());
    zoned.strftime("%-d %b %Y, %H:%M:%S %Z").to_string()
}

fn utc(at: Timestamp) -> String {
    stamp(&TimeZone::UTC, at)
}

/// How long something lasts, in its two largest units.
fn lasting(seconds: i64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match seconds {
        i64::MIN..60 => format!("{} s", rest.max(0)),
        60..3600 => format!("{minutes} min {rest} s"),
        3600..86_400 => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A page of a list, and how to get to those beside it.
struct Pager {
    previous: Option<String>,
    next: Option<String>,
    total: i64,
}

impl Pager {
    /// Which part of the list the page `number` is.
    const fn window(number: i64, size: i64) -> Window {
        Window {
            limit: size,
            offset: (number - 1) * size,
        }
    }

    /// Ways to the pages beside `number`, with the filters that are in force.
    fn new(path: &str, filters: &[(&str, &str)], number: i64, size: i64, total: i64) -> Self {
        let to = |number: i64| {
            let given = filters.iter().filter(|(_, text)| !text.is_empty());
            let mut url = form_urlencoded::Serializer::new(format!("{path}?"));
            url.extend_pairs(given);
            url.append_pair("page", &number.to_string()).finish()
        };
        Self {
            previous: (number > 1).then(|| to(number - 1)),
            next: (number * size < total).then(|| to(number + 1)),
            total,
        }
    }
}

/// Which page is asked for.
fn page_number(query: &crate::query::Query) -> i64 {
    query.get("page").unwrap_or(1).clamp(1, 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn a_time_is_told_in_its_two_largest_units() {
        for (seconds, text) in [
            (-3, "0 s"),
            (59, "59 s"),
            (61, "1 min 1 s"),
            (7260, "2 h 1 min"),
            (200_000, "2 d 7 h"),
        ] {
            assert_eq!(lasting(seconds), text);
        }
    }
}
