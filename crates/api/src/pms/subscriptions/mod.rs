//! `/subscription` and `/subscriptionErrorLog`: callbacks (SUB-1, SUB-4).

mod error_log;
mod list;
mod one;
mod write;

use crate::ApiState;
use crate::failure::Failure;
use crate::pms::PmsFailure;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use slotbridge_domain::ids::SubscriptionId;
use slotbridge_domain::uuid;
use slotbridge_hub::rows;
use slotbridge_wire::profile::WireProfile;
use slotbridge_wire::subscriptions::{Subscription, SubscriptionTopic};
use slotbridge_wire::time::Utc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(list::handler, write::create))
        .routes(routes!(one::get, write::replace, one::delete))
        .routes(routes!(error_log::handler))
}

/// The id of a subscription in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it describes what `Named` reads")]
struct Id {
    /// Which subscription; one that there is not, or not for the caller, is 404.
    id: String,
}

/// The subscription that the path names; what can be no subscription's id is 404.
struct Named(SubscriptionId);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = PmsFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PmsFailure> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        let named = id.ok().and_then(|Path(id)| subscription_id(&id));
        Ok(Self(
            named.ok_or_else(|| Failure::not_found("subscription"))?,
        ))
    }
}

/// A subscription's id, as it was written.
fn subscription_id(text: &str) -> Option<SubscriptionId> {
    uuid::read(text).and_then(SubscriptionId::new)
}

fn topic(topic: slotbridge_domain::topic::Topic) -> SubscriptionTopic {
    SubscriptionTopic::from_name(&topic.to_string()).unwrap_or(SubscriptionTopic::All)
}

/// A subscription as it is written.
fn shown(row: rows::Subscription, profile: WireProfile) -> Subscription {
    Subscription {
        id: Some(uuid::write(row.subscription_id.get())),
        client_id: row.client_id,
        topic: topic(row.topic),
        callback_url: row.callback_url,
        start_at: Some(Utc(row.start_at)),
        expire_at: profile.nullable(row.expire_at.map(Utc)),
    }
}
