//! `/portal`: what a practice's staff see and do. Whoever is not signed in is sent to sign in; a
//! practice that is not one's own is as if it were not there.

mod account;
mod agenda;
mod attention;
mod audit;
mod booking;
mod consents;
mod documents;
mod health;
mod links;
mod set_up;
mod settings;
mod sign_in;
mod staff;
mod times;

use crate::failure::{Failure, Told};
use crate::form::{FIELD, check_origin, fields_of, foreign, is_fresh};
use crate::page::{instead, see_other};
use crate::{Web, call_id, closed, cookies, practice};
use askama::Template;
use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::staff::{Right, Role};
use slotbridge_hub::admin::catalogue::Catalogue;
use slotbridge_hub::admin::{attention as items, practices};
use slotbridge_hub::auth::{Manages, Staff, StaffSession};
use slotbridge_hub::rows::{Practice, Tx};
use slotbridge_hub::{Actor, Context, Error, IdempotencyKey, Result as HubResult};
use std::collections::HashMap;

/// The cookie with the session's secret.
const COOKIE: &str = "staff";
/// Where it is sent.
const PATH: &str = "/portal";
const SIGN_IN: &str = "/portal/sign-in";

/// A page: its path, the right at the practice that it needs, and what it does.
type Page = (&'static str, Option<Right>, fn() -> MethodRouter<Web>);

/// Of everybody on the staff.
const BOOKINGS: Option<Right> = Some(Right::Bookings);
/// Of managers alone.
const SETTINGS: Option<Right> = Some(Right::Settings);

/// All of them: a table, so that tests can try each with another practice's ids, and with a role
/// that lacks its right.
pub(crate) const PAGES: &[Page] = &[
    ("/portal", None, || get(home)),
    (SIGN_IN, None, || get(sign_in::show).post(sign_in::sign_in)),
    ("/portal/sign-out", None, || post(sign_in::sign_out)),
    ("/portal/open", None, || get(set_up::open)),
    ("/portal/set-up", None, || {
        get(set_up::show).post(set_up::set_up)
    }),
    ("/portal/account", None, || {
        get(account::show).post(account::change)
    }),
    ("/portal/{practiceId}", BOOKINGS, || get(agenda::show)),
    ("/portal/{practiceId}/attention", BOOKINGS, || {
        get(attention::show)
    }),
    ("/portal/{practiceId}/health", BOOKINGS, || {
        get(health::show)
    }),
    ("/portal/{practiceId}/times", BOOKINGS, || get(times::show)),
    ("/portal/{practiceId}/documents", BOOKINGS, || {
        get(documents::show)
    }),
    (
        "/portal/{practiceId}/bookings/{bookingId}",
        BOOKINGS,
        || get(booking::show).post(booking::change),
    ),
    ("/portal/{practiceId}/settings", SETTINGS, || {
        get(settings::show).post(settings::change)
    }),
    ("/portal/{practiceId}/links", SETTINGS, || {
        get(links::show).post(links::change)
    }),
    ("/portal/{practiceId}/consents", SETTINGS, || {
        get(consents::show).post(consents::change)
    }),
    ("/portal/{practiceId}/staff", SETTINGS, || {
        get(staff::show).post(staff::change)
    }),
    ("/portal/{practiceId}/audit", SETTINGS, || get(audit::show)),
];

/// The routes.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    let pages = PAGES.iter().map(|(path, _, page)| (*path, page()));
    closed::routes::<SignedIn>(pages, ["/portal/", "/portal/{practiceId}/{*path}"])
        .layer(from_fn_with_state(web.clone(), in_frame))
}

#[derive(Template)]
#[template(path = "portal/failure.html")]
struct FailurePage {
    frame: Frame,
    told: Told,
}

/// Tells somebody who is signed in inside of their portal what is wrong with a request.
async fn in_frame(State(web): State<Web>, request: Request, next: Next) -> Response {
    let secret = cookies::get(request.headers(), COOKIE).map(str::to_owned);
    let place = request.uri().path().to_owned();
    let response = next.run(request).await;
    let Some(told) = Told::of(&response) else {
        return response;
    };
    match frame_at(&web, secret.as_deref(), &place).await {
        Ok(frame) => instead(response, &FailurePage { frame, told }),
        Err(_) => response,
    }
}

/// The frame of the practice that a path names, or else of the first one that is theirs.
async fn frame_at(web: &Web, secret: Option<&str>, path: &str) -> HubResult<Frame> {
    let session = web.hub.authenticate_staff(secret).await?;
    let named = path.split('/').nth(2).and_then(|id| id.parse().ok());
    let named = named.and_then(PracticeId::new);
    let first = session.practices().first().map(|(id, _)| *id);
    let staff = match named.map(|id| session.at(id)) {
        Some(Ok(staff)) => staff,
        _ => session.at(first.ok_or(Error::NotFound("practice"))?)?,
    };
    let (of_tx, id) = (staff.clone(), staff.practice_id());
    let (practice, attention) = web.hub.read(id, move |tx| Frame::of(tx, &of_tx)).await?;
    let member = Member { session, staff };
    Ok(Frame::new(&member, &practice, attention, ""))
}

/// Somebody who is signed in; everybody else goes to sign in.
pub(crate) struct SignedIn(StaffSession);

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let secret = cookies::get(&parts.headers, COOKIE);
        match web.hub.authenticate_staff(secret).await {
            Ok(session) => Ok(Self(session)),
            Err(Error::Unauthorized(_)) => Err(see_other(SIGN_IN)),
            Err(error) => Err(Failure::from(error).into_response()),
        }
    }
}

impl SignedIn {
    fn context(&self) -> Context {
        Context {
            actor: Actor::Staff(self.0.staff_id()),
            call_id: call_id(),
        }
    }
}

/// Somebody on the staff of the practice that the path names, with the right that the page needs.
pub(crate) struct Member {
    session: StaffSession,
    staff: Staff,
}

impl FromRequestParts<Web> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, web).await?;
        let params = RawPathParams::from_request_parts(parts, web).await;
        let params = params.map_err(|_| Failure::no_page().into_response())?;
        let id = params.iter().find(|(name, _)| *name == "practiceId");
        let id = id.map_or("", |(_, text)| text);
        let staff = practice::practice_id(id)
            .and_then(|id| Ok(session.at(id)?))
            .map_err(IntoResponse::into_response)?;
        let path = MatchedPath::from_request_parts(parts, web).await.ok();
        let page = PAGES
            .iter()
            .find(|(of, ..)| path.as_ref().is_some_and(|path| path.as_str() == *of));
        let Some((_, Some(right), _)) = page else {
            return Err(Failure::no_page().into_response());
        };
        match staff.may(*right, staff.practice_id()) {
            Ok(()) => Ok(Self { session, staff }),
            Err(error) => Err(Failure::not_theirs(&error).into_response()),
        }
    }
}

/// Whoever has a session.
pub(crate) trait HasSession: FromRequestParts<Web, Rejection = Response> + Send {
    fn session(&self) -> &StaffSession;
}

impl HasSession for SignedIn {
    fn session(&self) -> &StaffSession {
        &self.0
    }
}

impl HasSession for Member {
    fn session(&self) -> &StaffSession {
        &self.session
    }
}

/// A form of theirs, proven to come from a page of this session.
pub(crate) struct Sent<W = Member> {
    who: W,
    fields: Vec<(String, String)>,
}

impl<W> Sent<W> {
    /// What was entered; nothing if the field is not there. The last of a name counts.
    fn text(&self, name: &str) -> &str {
        let found = self.fields.iter().rev().find(|(key, _)| key == name);
        found.map_or("", |(_, text)| text.as_str())
    }

    /// What makes the form do its work once, however often it is sent: the number that its page
    /// gave it ([`fresh`](crate::form::fresh)), for that deed of theirs.
    fn once(&self, deed: &str, staff: &Staff, body: &str) -> Result<IdempotencyKey, Failure> {
        let key = self.text("once");
        if !is_fresh(key) {
            return Err(Failure::new(StatusCode::BAD_REQUEST));
        }
        let scope = format!("portal {deed} {} {}", staff.practice_id(), staff.staff_id());
        Ok(IdempotencyKey::new(&scope, key, body))
    }

    /// A field as a value, if it is one.
    fn get<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).trim().parse().ok()
    }
}

impl<W: HasSession> FromRequest<Web> for Sent<W> {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        check_origin(web, &parts.headers).map_err(IntoResponse::into_response)?;
        let who = W::from_request_parts(&mut parts, web).await?;
        let fields = fields_of(body).await.map_err(IntoResponse::into_response)?;
        let sent = Self { who, fields };
        match sent.who.session().check_csrf(sent.text(FIELD)) {
            Ok(()) => Ok(sent),
            Err(_) => Err(foreign().into_response()),
        }
    }
}

impl Member {
    fn context(&self) -> Context {
        self.staff.context(call_id())
    }
}

/// What stands around every page of a practice.
pub(crate) struct Frame {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// Which page is open.
    pub(crate) here: &'static str,
    /// How much needs attention.
    pub(crate) attention: usize,
    /// Whether there are other practices to go to.
    pub(crate) others: bool,
    /// Whether they may change how the practice works.
    pub(crate) settings: bool,
    pub(crate) role: &'static str,
    pub(crate) token: String,
}

impl Frame {
    /// Reads what it says, in the transaction of the page.
    fn of(tx: &mut Tx<'_>, staff: &Staff) -> HubResult<(Practice, usize)> {
        let practice = practices::get(tx, staff, staff.practice_id())?;
        let attention = items::list(tx, staff, staff.practice_id())?.len();
        Ok((practice, attention))
    }

    /// The settings' pages, by name and title.
    pub(crate) const SETTINGS: &[(&str, &str)] = &[
        ("settings", "Practice"),
        ("links", "Practitioners and types"),
        ("consents", "Consents"),
        ("staff", "Staff"),
        ("audit", "Audit"),
    ];

    /// Whether one of them is open.
    pub(crate) fn is_settings(&self) -> bool {
        Self::SETTINGS.iter().any(|(name, _)| *name == self.here)
    }

    fn new(member: &Member, practice: &Practice, attention: usize, here: &'static str) -> Self {
        Self {
            id: practice.practice_id.get(),
            name: practice.name.clone(),
            here,
            attention,
            others: member.session.practices().len() > 1,
            settings: member.staff.role().may(Right::Settings),
            role: match member.staff.role() {
                Role::Manager => "Manager",
                Role::Receptionist => "Receptionist",
            },
            token: member.session.csrf_token(),
        }
    }
}

/// `/portal`: to one's practice, or to choose one.
async fn home(State(web): State<Web>, SignedIn(session): SignedIn) -> Result<Response, Failure> {
    match session.practices() {
        [(only, _)] => Ok(Redirect::to(&format!("{PATH}/{only}")).into_response()),
        _ => sign_in::choose(&web, &session).await,
    }
}

/// The practitioners' names by their ids.
fn practitioners(all: &Catalogue) -> HashMap<i64, String> {
    let all = all.practitioners.iter();
    all.map(|who| (who.practitioner_id.get(), who.name.clone()))
        .collect()
}

/// The appointment types' names by their ids.
fn kinds(all: &Catalogue) -> HashMap<i64, String> {
    let all = all.appointment_types.iter();
    all.map(|kind| (kind.appointment_type_id.get(), kind.name.clone()))
        .collect()
}
