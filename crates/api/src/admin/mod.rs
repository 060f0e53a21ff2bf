//! The admin API: `/admin-api/v1`, for operators.

mod audit;
mod bookings;
mod catalogue;
mod consents;
mod consumers;
mod operator_tokens;
mod practices;
mod requests;

use crate::ApiState;
use crate::call_id::CallId;
use crate::failure::Failure;
use crate::params::ids_of;
use crate::problem::Problem;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{delete, get, patch, post};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::auth::Operator;
use slotbridge_hub::{Context, Error};

pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route(
            "/operatorTokens",
            get(operator_tokens::list).post(operator_tokens::create),
        )
        .route("/operatorTokens/{tokenId}", delete(operator_tokens::revoke))
        .route("/consumers", get(consumers::list).post(consumers::create))
        .route(
            "/consumers/{consumerId}",
            get(consumers::one)
                .patch(consumers::update)
                .delete(consumers::deactivate),
        )
        .route("/consumers/{consumerId}/keys", post(consumers::add_key))
        .route(
            "/consumers/{consumerId}/keys/{keyId}",
            delete(consumers::revoke_key),
        )
        .route(
            "/consumers/{consumerId}/webhookSecret",
            post(consumers::rotate_webhook_secret),
        )
        .route("/practices", get(practices::list).post(practices::create))
        .route(
            "/practices/{practiceId}",
            get(practices::one)
                .patch(practices::update)
                .delete(practices::deactivate),
        )
        .nest("/practices/{practiceId}", of_practice())
}

fn of_practice() -> Router<ApiState> {
    Router::new()
        .route("/consents", get(consents::list).post(consents::grant))
        .route("/consents/{consumerId}", delete(consents::revoke))
        .route("/requests", get(requests::list).post(requests::raise))
        .route(
            "/practitioners",
            get(catalogue::practitioners).post(catalogue::add_practitioner),
        )
        .route(
            "/practitioners/{practitionerId}",
            patch(catalogue::change_practitioner),
        )
        .route(
            "/appointmentTypes",
            get(catalogue::appointment_types).post(catalogue::add_appointment_type),
        )
        .route(
            "/appointmentTypes/{appointmentTypeId}",
            patch(catalogue::change_appointment_type),
        )
        .route("/pmsResources", get(catalogue::pms_resources))
        .route(
            "/pmsAppointmentTypes",
            get(catalogue::pms_appointment_types),
        )
        .route("/bookings", get(bookings::list))
        .route("/bookings/search", post(bookings::search))
        .route("/bookings/{bookingId}", get(bookings::one))
        .route(
            "/bookings/{bookingId}/enteredByHand",
            post(bookings::entered_by_hand),
        )
        .route("/bookings/{bookingId}/cancel", post(bookings::cancel))
        .route("/bookings/{bookingId}/attended", post(bookings::attended))
        .route("/attention", get(bookings::attention))
        .route("/bookability", get(bookings::bookability))
        .route("/audit", get(audit::list))
}

/// An operator, proven before anything else of the call is looked at.
struct Admin {
    operator: Operator,
    call_id: CallId,
}

impl Admin {
    fn context(&self) -> Context {
        self.operator.context(self.call_id.to_text())
    }
}

impl FromRequestParts<ApiState> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Ok(call_id) = CallId::from_request_parts(parts, state).await;
        let token = crate::booking::bearer(parts);
        let operator = state.hub.authenticate_operator(token.as_deref()).await?;
        Ok(Self { operator, call_id })
    }
}

/// The integer ids of the path.
struct Ids<const N: usize>([i64; N]);

impl<const N: usize> FromRequestParts<ApiState> for Ids<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        Ok(Self(ids_of(parts, state).await?))
    }
}

fn practice_id(id: i64) -> Result<PracticeId, Failure> {
    PracticeId::new(id).ok_or_else(|| Error::NotFound("practice").into())
}

fn consumer_id(id: i64) -> Result<ConsumerId, Failure> {
    ConsumerId::new(id).ok_or_else(|| Error::NotFound("consumer").into())
}
