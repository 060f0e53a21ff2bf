//! `/unsubscribe`: the page behind the link in a reminder. Opening it changes nothing, since mail
//! programs open links by themselves; its button does.

use crate::ApiState;
use crate::docs::headers;
use crate::params::Params;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use slotbridge_hub::reminders::unsubscribe;
use slotbridge_hub::{Error, Hub};

/// No scripts; a form that comes back here.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

#[expect(clippy::disallowed_methods, reason = "a page is no operation")]
pub(crate) fn routes() -> Router<ApiState> {
    Router::new().route("/unsubscribe", get(ask).post(stop))
}

async fn ask() -> Response {
    let button = "<p>Do you want no more reminders of appointments at this practice?</p>\
                  <form method=\"post\"><button>No more reminders</button></form>";
    page(StatusCode::OK, button)
}

async fn stop(State(hub): State<Hub>, params: Params) -> Response {
    let token: Option<String> = params.optional("token").unwrap_or_default();
    let token = token.unwrap_or_default();
    match unsubscribe::stop(&hub, &token).await {
        Ok(()) => page(
            StatusCode::OK,
            "<p>You will get no more reminders of appointments at this practice.</p>",
        ),
        Err(Error::NotFound(_)) => page(
            StatusCode::NOT_FOUND,
            "<p>This link is not complete. Please open it from the reminder again, or call the \
             practice.</p>",
        ),
        Err(_) => page(
            StatusCode::SERVICE_UNAVAILABLE,
            "<p>This cannot be done at the moment. Please try again shortly.</p>",
        ),
    }
}

fn page(status: StatusCode, body: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Reminders</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <style>body{{font:1.1rem/1.5 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.6rem 1rem}}</style>\n</head>\n<body>\n<main>\
         <h1>Reminders</h1>{body}</main>\n</body>\n</html>\n"
    );
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY);
    (status, headers("text/html; charset=utf-8"), [policy], page).into_response()
}
