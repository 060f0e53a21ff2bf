//! `X-Request-Id` (WIRE-8): every call has one, every answer, log line and audit row carries it.

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from a caller.
const LONGEST: usize = 128;

/// The id of a call.
#[derive(Clone, Debug)]
pub(crate) struct CallId(Arc<str>);

impl CallId {
    pub(crate) fn to_text(&self) -> String {
        self.0.to_string()
    }
}

/// The caller's id, if it is one that can stand in a log line as it is.
fn sane(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:+/=".contains(c);
    (!text.is_empty() && text.len() <= LONGEST && text.chars().all(plain)).then_some(text)
}

/// A fresh id: unique within the process and, by the process's start, beyond it.
fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    static START: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let start = START.get_or_init(|| {
        use std::hash::{BuildHasher, RandomState};
        // Not a secret: two processes only have to differ.
        u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default()
    });
    format!("{start:08x}-{:08x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The method for the log. Any word can come as one: of those that no route takes, none is told.
fn told(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let known = KNOWN.into_iter().find(|known| *method == **known);
    known.unwrap_or("-")
}

/// Gives the call its id and logs how it ended: method, route and status, never its query.
pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    let id: Arc<str> = request
        .headers()
        .get(HEADER)
        .and_then(sane)
        .map_or_else(|| fresh().into(), Into::into);
    request.extensions_mut().insert(CallId(Arc::clone(&id)));
    let method = told(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let status = response.status().as_u16();
    tracing::debug!(call_id = %id, method, route, status, "call");
    response
}

impl<S: Send + Sync> FromRequestParts<S> for CallId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self(fresh().into())))
    }
}
