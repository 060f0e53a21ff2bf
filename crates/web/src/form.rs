//! Forms that come back, and the proof that they are ours (CSRF): a browser that says where a form
//! comes from must name this site, and the form must hold the token of the browser's cookie, which
//! no other site can read or set.

use crate::failure::Failure;
use crate::{Web, cookies};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::rows::Tx;
use slotbridge_hub::{Error, IdempotencyKey};
use std::convert::Infallible;
use std::fmt::Write;

/// The name of the field with the token.
pub(crate) const FIELD: &str = "token";
/// The longest form in bytes.
const LONGEST: usize = 64 * 1024;

/// The token of a browser's forms.
#[derive(Clone)]
pub(crate) struct Token {
    value: String,
    is_new: bool,
}

/// The cookie's name. With the prefix, browsers take it from this very host alone.
fn cookie(web: &Web) -> &'static str {
    if web.is_https() {
        "__Host-form"
    } else {
        "form"
    }
}

/// A text that nobody can guess.
pub(crate) fn fresh(web: &Web) -> String {
    let mut value = String::with_capacity(32);
    for byte in web.hub.random().bytes::<16>() {
        let _ = write!(value, "{byte:02x}");
    }
    value
}

/// Whether a text is in the form of [`fresh`].
pub(crate) fn is_fresh(value: &str) -> bool {
    value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn known(web: &Web, headers: &HeaderMap) -> Option<String> {
    let value = cookies::get(headers, cookie(web))?;
    is_fresh(value).then(|| value.to_owned())
}

impl FromRequestParts<Web> for Token {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        if let Some(value) = known(web, &parts.headers) {
            return Ok(Self {
                value,
                is_new: false,
            });
        }
        Ok(Self {
            value: fresh(web),
            is_new: true,
        })
    }
}

impl Token {
    /// What stands in the form's field `token`.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// Whether a form holds it: a browser that had none cannot.
    pub(crate) fn is(&self, sent: &str) -> bool {
        !self.is_new && sent == self.value
    }

    /// Gives the browser its cookie, if it has none.
    pub(crate) fn keep(&self, web: &Web, mut response: Response) -> Response {
        if self.is_new {
            cookies::set(web, &mut response, cookie(web), &self.value, "/");
        }
        response
    }
}

/// A form that was sent from a page of ours.
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    /// The browser's token, which nobody else knows.
    pub(crate) token: Token,
}

impl Form {
    /// What was entered; nothing if the field is not there. The last of a name counts.
    pub(crate) fn text(&self, name: &str) -> &str {
        last_of(&self.fields, name)
    }
}

impl FromRequest<Web> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        check_origin(web, &parts.headers)?;
        let fields = fields_of(body).await?;
        let token = known(web, &parts.headers).ok_or_else(foreign)?;
        let form = Self {
            fields,
            token: Token {
                value: token,
                is_new: false,
            },
        };
        if form.text(FIELD) != form.token.value {
            return Err(foreign());
        }
        Ok(form)
    }
}

/// The answer that a form which makes something at a practice has got before, if it was sent before.
pub(crate) async fn answered(
    web: &Web,
    practice: PracticeId,
    key: IdempotencyKey,
) -> Result<Option<Value>, Error> {
    let once = web.hub.once(Some(key), |(): &()| Value::Null);
    let none = |_: &mut Tx<'_>| Err(Error::NotFound("first answer"));
    match web.hub.read(practice, move |tx| once.run(tx, none)).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The last value of a field; nothing if the field is not there.
pub(crate) fn last_of<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    let found = fields.iter().rev().find(|(key, _)| key == name);
    found.map_or("", |(_, text)| text.as_str())
}

/// What a form says.
pub(crate) async fn fields_of(body: Body) -> Result<Vec<(String, String)>, Failure> {
    let body = axum::body::to_bytes(body, LONGEST)
        .await
        .map_err(|_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE))?;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}

pub(crate) fn foreign() -> Failure {
    Failure::new(StatusCode::FORBIDDEN)
}

/// Refuses what a browser says to come from elsewhere.
pub(crate) fn check_origin(web: &Web, headers: &HeaderMap) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return match site {
            "same-origin" | "none" => Ok(()),
            _ => Err(foreign()),
        };
    }
    let Some(origin) = text("origin") else {
        return Ok(());
    };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let is_ours = web.origin.as_deref() == Some(origin)
        || origin
            .split_once("://")
            .is_some_and(|(_, of)| of.eq_ignore_ascii_case(host) && !host.is_empty());
    if is_ours { Ok(()) } else { Err(foreign()) }
}

/// Scheme, host and port of a URL.
pub(crate) fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    Some(format!("{scheme}://{host}").to_ascii_lowercase())
}
