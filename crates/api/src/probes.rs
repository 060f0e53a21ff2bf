//! `/healthz`: the process lives. `/readyz`: it can serve, that is, its store answers and can be
//! written, and it is not about to end.

use crate::ApiState;
use crate::failure::Failure;
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use slotbridge_wire::schema::one_of;
use slotbridge_wire::schemas;
use std::sync::atomic::Ordering;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(alive))
        .routes(routes!(ready))
}

/// How the process is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok` or `ready`.
    #[schema(value_type = HealthName)]
    status: &'static str,
}

schemas! {
    /// How the process is.
    HealthName = one_of(["ok", "ready"], "`ok`: it lives. `ready`: it can serve.");
}

/// Whether the process lives
///
/// It asks nobody else.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "isAlive",
    tag = "probes",
    responses(
        (status = 200, description = "It lives.", body = Health),
    ),
)]
async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether the process can serve
///
/// That is, whether its store answers within two seconds and could be written at the last attempt,
/// and it is not about to end; if not, 503.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "isReady",
    tag = "probes",
    responses(
        (status = 200, description = "It can serve.", body = Health),
    ),
)]
async fn ready(State(state): State<ApiState>) -> Result<Json<Health>> {
    let unavailable = |text: &str| Failure::new(StatusCode::SERVICE_UNAVAILABLE, text);
    if state.draining.load(Ordering::Relaxed) {
        return Err(unavailable("this process is about to end: call another").into());
    }
    let why = || match state.hub.store().is_away() {
        true => "the database is away: it is looked for, and found again without a restart",
        false => "the store does not answer, or cannot be written",
    };
    tokio::time::timeout(PATIENCE, state.hub.check_store())
        .await
        .map_err(|_| unavailable(why()))?
        .map_err(|_| unavailable(why()))?;
    Ok(Json(Health { status: "ready" }))
}
