//! How the booking, admin and sandbox APIs write: JSON, and RFC 9457 problem details.

use crate::ApiState;
use crate::body;
use crate::booking::Slot;
use crate::failure::{Failure, RETRY_SECONDS};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use slotbridge_hub::{Fault, IdempotencyKey};
use slotbridge_wire::error::ErrorBody;
use slotbridge_wire::read::{self, FromJson};
use std::any::Any;
use std::time::Duration;
use utoipa::ToSchema;

/// What went wrong, as RFC 9457 has it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, where and why.
    detail: String,
    /// Every field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Other times, when the wanted one is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Slot>, max_items = 5)]
    alternatives: Option<Vec<Slot>>,
}

/// What is wrong with a field.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Its path, e.g. `patient.email`, or the name of a parameter or header.
    field: String,
    /// What was expected there, and what was found.
    message: String,
}

/// The media type of [`ProblemDetails`].
pub(crate) const PROBLEM: &str = "application/problem+json";

/// A problem: a failure, and other times if the wanted one is gone.
#[derive(Debug)]
pub(crate) struct Problem {
    failure: Failure,
    alternatives: Option<Vec<Slot>>,
}

/// Shorthand for what handlers give.
pub(crate) type Result<T> = std::result::Result<T, Problem>;

impl<E: Into<Failure>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self {
            failure: error.into(),
            alternatives: None,
        }
    }
}

impl Problem {
    /// The wanted time is gone; these are not.
    pub(crate) const fn with_alternatives(failure: Failure, alternatives: Vec<Slot>) -> Self {
        Self {
            failure,
            alternatives: Some(alternatives),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Failure {
            status,
            text,
            faults,
            retry_after,
        } = self.failure;
        let error = |f: Fault| FieldError {
            field: f.field,
            message: f.message,
        };
        let problem = ProblemDetails {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: text,
            errors: faults.into_iter().map(error).collect(),
            alternatives: self.alternatives,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A JSON body, read with every fault named.
pub(crate) struct Input<T>(pub(crate) T);

impl<T: FromJson + Send + 'static> FromRequest<ApiState> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let body = body::read(state, &parts, body).await?;
        body::check_type(&parts.headers, &body)?;
        Ok(Self(body.read(read::read).await?))
    }
}

/// A JSON body of a call that creates, with its `Idempotency-Key` if it brought one.
pub(crate) struct Creating<T>(pub(crate) T, pub(crate) Option<IdempotencyKey>);

/// A body that nothing is read from.
pub(crate) struct Nothing;

impl FromJson for Nothing {
    fn from_json(_: &read::Node<'_>, _: &mut read::Faults) -> Option<Self> {
        Some(Self)
    }
}

/// The longest `Idempotency-Key`.
pub(crate) const LONGEST_KEY: usize = 255;

impl<T: FromJson + Send + 'static> FromRequest<ApiState> for Creating<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let body = body::read(state, &parts, body).await?;
        body::check_type(&parts.headers, &body)?;
        let has_key = parts.headers.contains_key("idempotency-key");
        // Equal bodies are equal as JSON.
        let (input, body) = body
            .read(move |bytes| {
                let value = || serde_json::from_slice::<Value>(bytes).unwrap_or_default();
                read::read(bytes).map(|input| (input, has_key.then(|| value().to_string())))
            })
            .await?;
        let key = idempotency_key(&parts, &body.unwrap_or_default())?;
        Ok(Self(input, key))
    }
}

/// The `Idempotency-Key` of a call, if it brought one. `body` is equal for equal bodies.
pub(crate) fn idempotency_key(parts: &Parts, body: &str) -> Result<Option<IdempotencyKey>> {
    let Some(header) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = header.to_str().unwrap_or_default().trim();
    if text.is_empty() || text.len() > LONGEST_KEY {
        let message = format!("must be 1 to {LONGEST_KEY} visible ASCII characters");
        return Err(Failure::invalid(vec![Fault::new("Idempotency-Key", message)]).into());
    }
    // It holds for this caller and this operation alone.
    let caller = parts.headers.get(header::AUTHORIZATION);
    let caller = caller
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let uri = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0);
    let scope = format!("{} {} {caller}", parts.method, uri.path());
    Ok(Some(IdempotencyKey::new(&scope, text, body)))
}

/// An answer as [`Hub::once`](slotbridge_hub::Hub::once) keeps it.
pub(crate) fn kept(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap_or_default()
}

/// 201 with what was made.
pub(crate) fn created(value: Value) -> Response {
    (StatusCode::CREATED, Json(value)).into_response()
}

/// 204.
pub(crate) const fn no_content() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn is_pms_api(uri: &OriginalUri) -> bool {
    uri.path().starts_with("/pms-api/")
}

fn plain(uri: &OriginalUri, failure: Failure) -> Response {
    if is_pms_api(uri) {
        return crate::pms::PmsFailure::from(failure).into_response();
    }
    Problem::from(failure).into_response()
}

/// How long a call may take.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// Gives a call up that takes too long. What it has begun in the store comes to its own end.
pub(crate) async fn in_time(uri: OriginalUri, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(LONGEST_CALL, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let text = "the call took too long and was given up: whether it was applied is not known; \
                    look, or send the same call again";
        let failure = Failure {
            retry_after: Some(RETRY_SECONDS),
            ..Failure::new(StatusCode::SERVICE_UNAVAILABLE, text)
        };
        plain(&uri, failure)
    })
}

/// An unknown path (WIRE-5).
pub(crate) async fn not_found(uri: OriginalUri) -> Response {
    plain(&uri, Failure::not_found("path"))
}

/// A wrong method (WIRE-5); the router adds `Allow`.
pub(crate) async fn method_not_allowed(uri: OriginalUri) -> Response {
    let text = "this path does not take this method: the header Allow names those that it takes";
    plain(&uri, Failure::new(StatusCode::METHOD_NOT_ALLOWED, text))
}

/// A handler panicked: a mistake of ours, and no reason to cut the connection.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a handler panicked");
    let body = ErrorBody {
        error: "the service made a mistake".into(),
    };
    let bytes = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = Response::new(Body::from(Bytes::from(bytes)));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    #[tokio::test(start_paused = true)]
    async fn a_call_that_takes_too_long_is_told_so_in_the_words_of_its_face_wire_7() {
        for (path, text) in [
            ("/pms-api/v1/requests", "error"),
            ("/booking-api/v1/holds", "detail"),
        ] {
            let router = Router::new()
                .fallback(std::future::pending::<()>)
                .layer(from_fn(in_time));
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = router.oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert!(body[text].as_str().unwrap().contains("too long"), "{body}");
        }
    }
}
