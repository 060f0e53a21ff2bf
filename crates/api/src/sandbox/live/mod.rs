//! `/sandbox`: a page on which every call of the PMS API and every delivery is seen as it happens.
//! In a sandbox only; what it loads comes from here.
//!
//! The events are server-sent events in answers that end: the browser asks again by itself, with
//! the number of the last event, so that no connection outlives the process that is to stop.

mod begun;
mod tee;

use crate::ApiState;
use crate::docs::{POLICY, headers};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use begun::Begun;
use serde_json::json;
use slotbridge_hub::Stopwatch;
use slotbridge_hub::record::{MOST_OF_BODY, Recorder, beginning};
use std::sync::Arc;
use tee::Tee;

/// After how many milliseconds the browser asks again.
const AGAIN: u32 = 500;

/// The page, its parts and its events.
#[expect(
    clippy::disallowed_methods,
    reason = "a page and what it loads are no operations"
)]
pub(crate) fn routes(recorder: Arc<Recorder>) -> Router<ApiState> {
    Router::new()
        .route("/sandbox", get(page))
        .route("/sandbox/live.js", get(script))
        .route("/sandbox/live.css", get(style))
        .route(
            "/sandbox/events",
            get(async move |asked: HeaderMap| events(&recorder, &asked)),
        )
}

async fn page() -> Response {
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY);
    let page = include_str!("live.html");
    (headers("text/html; charset=utf-8"), [policy], page).into_response()
}

async fn script() -> Response {
    let script = include_str!("live.js");
    (headers("text/javascript; charset=utf-8"), script).into_response()
}

async fn style() -> Response {
    (headers("text/css; charset=utf-8"), include_str!("live.css")).into_response()
}

/// What has happened since the last event that the browser has seen.
fn events(recorder: &Recorder, asked: &HeaderMap) -> Response {
    let last = asked.get("last-event-id");
    let last = last.and_then(|id| id.to_str().ok()?.parse().ok());
    let mut text = format!("retry: {AGAIN}\n\n");
    for (number, entry) in recorder.after(last.unwrap_or(0)) {
        text.push_str(&format!("id: {number}\ndata: {entry}\n\n"));
    }
    let mut headers = headers("text/event-stream");
    let never = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, never);
    (headers, text).into_response()
}

/// What is said of a body that was packed.
const PACKED: &str = "(packed)";

/// Around the PMS API: keeps each call with what was sent and answered. No header is kept but the
/// practice's number: the others are keys.
pub(crate) async fn layer(
    State(recorder): State<Arc<Recorder>>,
    request: Request,
    next: Next,
) -> Response {
    let what = format!("{} {}", request.method(), request.uri());
    let text = |headers: &HeaderMap, name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.map(str::to_owned)
    };
    let practice = text(request.headers(), "practice-id");
    let packed = request.headers().contains_key(header::CONTENT_ENCODING);
    let (parts, body) = request.into_parts();
    let (body, sent) = Tee::on(body, MOST_OF_BODY + 1);
    let watch = Stopwatch::start();
    let response = next.run(Request::from_parts(parts, body)).await;
    let milliseconds = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (parts, body) = response.into_parts();
    let (answered, body) = match Begun::of(body).await {
        Ok(begun) => begun,
        Err(error) => return error.to_string().into_response(),
    };
    let sent = if packed {
        PACKED.to_owned()
    } else {
        beginning(&sent.lock())
    };
    recorder.record(json!({
        "kind": "call",
        "what": what,
        "practice": practice,
        "status": parts.status.as_u16(),
        "succeeded": parts.status.is_success(),
        "milliseconds": milliseconds,
        "sent": sent,
        "answered": beginning(&answered),
    }));
    Response::from_parts(parts, body)
}
