//! `/features`: what an integration supports beyond the basics (CONF-4).

mod list;
mod one;
mod switch;

use crate::ApiState;
use crate::failure::Failure;
use crate::pms::PmsFailure;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use slotbridge_domain::feature::Feature;
use slotbridge_wire::features as wire;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(list::handler))
        .routes(routes!(one::handler))
        .routes(routes!(switch::enable))
        .routes(routes!(switch::disable))
}

/// The id of a feature in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it describes what `Named` reads")]
struct FeatureId {
    /// Which feature: `documents`, `clientSnapshots` or `attachDocuments`; any other is 404.
    #[param(example = "documents")]
    id: String,
}

/// The feature that the path names; another is 404.
struct Named(Feature);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = PmsFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PmsFailure> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        let named = id.ok().and_then(|Path(id)| id.parse().ok());
        Ok(Self(named.ok_or_else(|| Failure::not_found("feature"))?))
    }
}

/// A feature as it is written.
fn shown((feature, enabled): (Feature, bool)) -> wire::Feature {
    let (name, description) = match feature {
        Feature::Documents => (
            "Documents",
            "Scripts, referrals and other documents of the PMS are offered to the patients of \
             bookings and fetched when they consent.",
        ),
        Feature::ClientSnapshots => (
            "Client snapshots",
            "The PMS sends its appointment book of a date when it is asked, for reminders and the \
             like.",
        ),
        Feature::AttachDocuments => (
            "Attach documents",
            "Forms and uploads of patients are handed to the PMS, to be attached to their records.",
        ),
    };
    wire::Feature {
        id: feature.as_str().to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        enabled,
    }
}
