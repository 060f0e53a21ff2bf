//! The place of the pages on the router: inside of what all calls share, and whoever asks with a
//! browser is told of failures by a page.

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// The pages, from a crate of their own.
#[derive(Clone)]
pub struct Pages {
    /// Their routes.
    pub router: Router,
    /// The page for a call that failed before any page was reached.
    pub failure: fn(StatusCode) -> Response,
}

/// The paths of whatever answers programs.
const OF_PROGRAMS: [&str; 8] = [
    "/pms-api/",
    "/booking-api/",
    "/admin-api/",
    "/sandbox-api/",
    "/docs/",
    "/metrics",
    "/healthz",
    "/readyz",
];

fn wants_page(uri: &OriginalUri, headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter();
    let takes_html = accept
        .filter_map(|value| value.to_str().ok())
        .any(|types| types.contains("text/html"));
    let path = uri.path();
    takes_html && !OF_PROGRAMS.iter().any(|prefix| path.starts_with(prefix))
}

/// Puts a page in the place of a failure that is written for programs.
pub(crate) async fn tell(
    State(failure): State<fn(StatusCode) -> Response>,
    uri: OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let wants_page = wants_page(&uri, request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let of_type = response.headers().get(header::CONTENT_TYPE);
    let of_type = of_type.and_then(|of_type| of_type.to_str().ok());
    let is_for_programs = of_type.is_none_or(|of_type| of_type.contains("json"));
    let failed = status.is_client_error() || status.is_server_error();
    if !(wants_page && failed && is_for_programs) {
        return response;
    }
    let mut page = failure(status);
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
