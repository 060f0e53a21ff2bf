//! What stands around every call: its id, its place among the figures, its line in the log, its
//! span. What an operator may see of a call: method, route as a template, status, duration,
//! practice and consumer; never its path, query, headers or body.

use crate::call_id::{self, CallId};
use crate::metrics::http::{Calls, shown};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use slotbridge_hub::{Stopwatch, call};
use std::sync::Arc;
use std::time::Duration;
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// A call that takes longer is worth a warning.
const SLOW: Duration = Duration::from_secs(1);
/// The route of what no route was found for.
pub(crate) const UNMATCHED: &str = "unmatched";

/// Lets a span continue the trace that a caller's headers name.
pub type AdoptTrace = fn(&Span, &HeaderMap);

/// What the layer needs.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) calls: Arc<Calls>,
    pub(crate) adopt: Option<AdoptTrace>,
}

/// Gives the call its id, answers it, counts it and logs how it ended.
pub(crate) async fn layer(
    State(around): State<Around>,
    mut request: Request,
    next: Next,
) -> Response {
    let since = Stopwatch::start();
    let id = CallId::of(request.headers().get(call_id::HEADER));
    request.extensions_mut().insert(id.clone());
    let method = shown(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let span = tracing::debug_span!(
        "call",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        call_id = id.as_str(),
        practice_id = Empty,
        consumer_id = Empty,
    );
    if let (Some(adopt), false) = (around.adopt, span.is_disabled()) {
        adopt(&span, request.headers());
    }
    let in_flight = around.calls.begin();
    let answered = async {
        let response = next.run(request).instrument(span.clone()).await;
        let duration = since.elapsed();
        let status = response.status();
        in_flight.end(route, method, status, duration);
        let (practice_id, consumer_id) = id.parties();
        if !span.is_disabled() {
            span.record("http.response.status_code", status.as_u16());
            span.record("practice_id", practice_id);
            span.record("consumer_id", consumer_id);
            if status.is_server_error() {
                span.record("otel.status_code", "ERROR");
            }
        }
        // The call's id is added to every line that is logged within its scope.
        macro_rules! log {
            ($level:ident) => {
                tracing::$level!(
                    http.request.method = method,
                    http.route = route,
                    http.response.status_code = status.as_u16(),
                    http.server.request.duration = duration.as_secs_f64(),
                    practice_id,
                    consumer_id,
                    "call"
                )
            };
        }
        let waits = waits(&response);
        match gravity(route, status, duration, waits, is_told_when(&response)) {
            Gravity::Failed => log!(error),
            Gravity::Slow => log!(warn),
            Gravity::Refused => log!(info),
            Gravity::Usual => log!(debug),
        }
        response
    };
    let mut response = call::scope(id.shared(), answered).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(call_id::HEADER, value);
    }
    response
}

/// How much a call is worth in the log.
#[derive(Debug, PartialEq, Eq)]
enum Gravity {
    /// It failed for a reason of ours.
    Failed,
    /// It took long.
    Slow,
    /// The caller did something wrong.
    Refused,
    /// Thousands in a second, perhaps.
    Usual,
}

/// Whether the caller asked to be kept waiting until something happens.
fn waits(response: &Response) -> bool {
    let of_type = response.headers().get(header::CONTENT_TYPE);
    of_type.is_some_and(|of_type| of_type == "text/event-stream")
}

/// Whether the caller is told when to come back.
fn is_told_when(response: &Response) -> bool {
    response.headers().contains_key(header::RETRY_AFTER)
}

fn gravity(
    route: &str,
    status: StatusCode,
    duration: Duration,
    waits: bool,
    is_told_when: bool,
) -> Gravity {
    // A probe that says no does what it is for. And that nobody can be served, thousands of callers
    // meet in a second: it is counted, and whoever finds it out writes it down.
    let serves_nobody = status == StatusCode::SERVICE_UNAVAILABLE && is_told_when;
    if serves_nobody || matches!(route, "/healthz" | "/readyz") {
        Gravity::Usual
    } else if status.is_server_error() {
        Gravity::Failed
    } else if duration > SLOW && !waits {
        Gravity::Slow
    } else if status.is_client_error() {
        Gravity::Refused
    } else {
        Gravity::Usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_a_slow_and_a_refused_call_stand_out_and_a_poll_does_not() {
        let quick = Duration::from_millis(2);
        for (route, status, duration, expected) in [
            ("/a", 200, quick, Gravity::Usual),
            ("/a", 404, quick, Gravity::Refused),
            ("/a", 200, SLOW * 2, Gravity::Slow),
            ("/a", 409, SLOW * 2, Gravity::Slow),
            ("/a", 503, SLOW * 2, Gravity::Failed),
            ("/readyz", 503, quick, Gravity::Usual),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let found = gravity(route, status, duration, false, false);
            assert_eq!(found, expected, "{status}");
        }
        // Events are waited for.
        let found = gravity("/a", StatusCode::OK, SLOW * 20, true, false);
        assert_eq!(found, Gravity::Usual);
        // While the database is away, or there is maintenance, each call says the same.
        let found = gravity("/a", StatusCode::SERVICE_UNAVAILABLE, quick, false, true);
        assert_eq!(found, Gravity::Usual);
    }
}
