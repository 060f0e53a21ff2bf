//! The admin API: `/admin-api/v1`, for operators.

mod audit;
mod bookings;
mod catalogue;
mod client_snapshots;
mod consents;
mod consumers;
mod deliveries;
mod documents;
mod erasure;
mod health;
mod maintenance;
mod messages;
mod operator_tokens;
mod practices;
mod requests;
mod staff;

use crate::ApiState;
use crate::call_id::CallId;
use crate::failure::Failure;
use crate::params::ids_of;
use crate::problem::Problem;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::auth::Operator;
use slotbridge_hub::{Context, Error};
use slotbridge_wire::page::{Page, Paginated};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(operator_tokens::list, operator_tokens::create))
        .routes(routes!(operator_tokens::revoke))
        .routes(routes!(
            maintenance::get,
            maintenance::announce,
            maintenance::end
        ))
        .routes(routes!(consumers::list, consumers::create))
        .routes(routes!(
            consumers::one,
            consumers::update,
            consumers::deactivate
        ))
        .routes(routes!(consumers::add_key))
        .routes(routes!(consumers::revoke_key))
        .routes(routes!(consumers::rotate_webhook_secret))
        .routes(routes!(practices::list, practices::create))
        .routes(routes!(
            practices::one,
            practices::update,
            practices::deactivate
        ))
        .routes(routes!(staff::list))
        .routes(routes!(staff::one, staff::update))
        .routes(routes!(staff::of_practice, staff::add))
        .routes(routes!(staff::set_role, staff::remove))
        .routes(routes!(staff::make_link))
        .routes(routes!(staff::sessions, staff::end_sessions))
        .routes(routes!(staff::end_session))
        .routes(routes!(consents::list, consents::grant))
        .routes(routes!(consents::revoke))
        .routes(routes!(requests::list, requests::raise))
        .routes(routes!(deliveries::list, deliveries::again))
        .routes(routes!(
            catalogue::practitioners,
            catalogue::add_practitioner
        ))
        .routes(routes!(catalogue::change_practitioner))
        .routes(routes!(
            catalogue::appointment_types,
            catalogue::add_appointment_type
        ))
        .routes(routes!(catalogue::change_appointment_type))
        .routes(routes!(catalogue::pms_resources))
        .routes(routes!(catalogue::pms_appointment_types))
        .routes(routes!(bookings::list))
        .routes(routes!(bookings::search))
        .routes(routes!(bookings::one))
        .routes(routes!(documents::list))
        .routes(routes!(bookings::entered_by_hand))
        .routes(routes!(bookings::cancel))
        .routes(routes!(bookings::attended))
        .routes(routes!(bookings::attention))
        .routes(routes!(bookings::bookability))
        .routes(routes!(audit::list))
        .routes(routes!(health::get))
        .routes(routes!(health::holidays, health::set_holidays))
        .routes(routes!(erasure::patient))
        .routes(routes!(erasure::practice))
        .routes(routes!(messages::list))
        .routes(routes!(client_snapshots::list))
        .routes(routes!(client_snapshots::catalogue))
}

/// A list without pages.
#[derive(Serialize, ToSchema)]
struct List<T> {
    /// All of it.
    data: Vec<T>,
}

/// Answers with a list.
fn list_of<T: Serialize>(data: impl Iterator<Item = T>) -> Response {
    let data: Vec<T> = data.collect();
    Json(List { data }).into_response()
}

/// Answers with a page of a list.
fn page_of<T: Serialize>(data: impl Iterator<Item = T>, page: Paginated) -> Response {
    let data: Vec<T> = data.collect();
    Json(Page { data, page }).into_response()
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
