//! Visitors are sent away while there is maintenance; operators are not.

use crate::Web;
use crate::failure::Failure;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What goes on: the console, and what pages are made of.
const OPEN: [&str; 2] = ["/console", "/assets/"];

pub(crate) async fn layer(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if OPEN.iter().any(|prefix| path.starts_with(prefix)) {
        return next.run(request).await;
    }
    match web.hub.maintenance().await {
        Some(maintenance) => Failure::maintenance(&maintenance, web.hub.now()).into_response(),
        None => next.run(request).await,
    }
}
