//! The PMS API: `/pms-api/v1`.

mod attach_documents;
mod availability;
mod bookings;
mod client_snapshot;
mod config;
mod documents;
mod features;
mod requests;
mod subscriptions;

use crate::ApiState;
use crate::body::{self, Received};
use crate::call_id::CallId;
use crate::failure::Failure;
use crate::params::ids_of;
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::auth::{Consented, PmsCredentials};
use slotbridge_hub::{Context, Error};
use slotbridge_wire::error::ErrorBody;
use slotbridge_wire::profile::WireProfile;
use slotbridge_wire::read::{self, FromJson};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .merge(requests::routes())
        .merge(bookings::routes())
        .merge(availability::routes())
        .merge(client_snapshot::routes())
        .merge(config::routes())
        .merge(documents::routes())
        .merge(attach_documents::routes())
        .merge(features::routes())
        .merge(subscriptions::routes())
}

/// A failure as the PMS API writes it: `{"error": "..."}`.
pub(crate) struct PmsFailure(Failure);

type Result<T> = std::result::Result<T, PmsFailure>;

/// What a reader of JSON gives.
type Read<T> = std::result::Result<T, Vec<read::Fault>>;

impl<E: Into<Failure>> From<E> for PmsFailure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PmsFailure {
    fn into_response(self) -> Response {
        let Failure {
            mut status,
            text,
            retry_after,
            ..
        } = self.0;
        // What contradicts a booking's life is bad input in this API (BOOK-4, BOOK-5, BOOK-9).
        if status == StatusCode::CONFLICT {
            status = StatusCode::BAD_REQUEST;
        }
        let mut response = (status, Json(ErrorBody { error: text })).into_response();
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// How this API answers a call that is to fail: in a sandbox, on demand.
pub(crate) fn failed_on_purpose(status: StatusCode) -> Response {
    let error = "failed on purpose: see the sandbox's faults".into();
    (status, Json(ErrorBody { error })).into_response()
}

/// What a POST answers that has nothing to say: an object without fields.
#[derive(Serialize, ToSchema)]
struct Done {}

/// A POST that answers nothing answers `{}` (WIRE-7).
fn done() -> Response {
    Json(Done {}).into_response()
}

/// An integration that may call, proven before anything else of the call is looked at.
struct Caller {
    consented: Consented,
    call_id: CallId,
}

impl Caller {
    fn context(&self) -> Context {
        self.consented.context(self.call_id.to_text())
    }

    fn profile(&self) -> WireProfile {
        self.consented
            .wire_profile()
            .parse()
            .unwrap_or(WireProfile::Documented)
    }
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = PmsFailure;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self> {
        let Ok(call_id) = CallId::from_request_parts(parts, state).await;
        let text = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let credentials = PmsCredentials {
            api_key: text("api-key"),
            practice_id: text("practice-id"),
            practice_key: text("practice-key"),
        };
        let consented = state.hub.authenticate_pms(credentials).await?;
        call_id.about(consented.practice_id());
        call_id.by(consented.consumer_id());
        // Any bytes may stand there; what is no text of them is replaced.
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        // Kept in memory: a poll writes nothing (REQ-3).
        state.hub.contacts().touch(
            consented.practice_id(),
            consented.consumer_id(),
            state.hub.now(),
            user_agent.as_deref(),
        );
        if consented.is_wanting() {
            let again = state.hub.called_again(consented.practice_id()).await;
            // The call is worth its answer all the same; the next one tries again.
            if let Err(error) = again {
                tracing::warn!(%error, "a practice's health could not be judged");
            }
        }
        Ok(Self { consented, call_id })
    }
}

/// The integer ids of the path; anything else is 404 (WIRE-5).
struct Ids<const N: usize>([i64; N]);

impl<const N: usize, S: Send + Sync> FromRequestParts<S> for Ids<N> {
    type Rejection = PmsFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Ok(Self(ids_of(parts, state).await?))
    }
}

/// The id of a booking that may be one.
fn booking_id(id: i64) -> Result<BookingId> {
    BookingId::new(id).ok_or_else(|| Error::NotFound("booking").into())
}

/// A body as it was sent, packed or not, with its headers.
struct Packed(body::Sent, HeaderMap);

impl FromRequest<ApiState> for Packed {
    type Rejection = PmsFailure;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let sent = body::take(state, &parts, body).await?;
        Ok(Self(sent, parts.headers))
    }
}

/// A body as it came, unpacked, with its headers.
struct Raw {
    headers: HeaderMap,
    body: Received,
}

impl FromRequest<ApiState> for Raw {
    type Rejection = PmsFailure;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let body = body::read(state, &parts, body).await?;
        Ok(Self {
            headers: parts.headers,
            body,
        })
    }
}

impl Raw {
    /// Reads a body that must be JSON. It is gone after that: nobody keeps it in memory while the
    /// hub works.
    async fn read<T: Send + 'static>(self, read: fn(&[u8]) -> Read<T>) -> Result<T> {
        body::check_type(&self.headers, &self.body)?;
        Ok(self.body.read(read).await?)
    }
}

/// A JSON body, read with every fault named.
struct Input<T>(T);

impl<T: FromJson + Send + 'static> FromRequest<ApiState> for Input<T> {
    type Rejection = PmsFailure;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let raw = Raw::from_request(request, state).await?;
        Ok(Self(raw.read(read::read).await?))
    }
}
