//! `/healthz`: the process lives. `/readyz`: it can serve, that is, its store answers and
//! can be written.

use crate::ApiState;
use crate::failure::Failure;
use crate::problem::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use slotbridge_hub::Hub;
use std::time::Duration;

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
}

async fn alive() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

async fn ready(State(hub): State<Hub>) -> Result<Json<Value>> {
    let unavailable = || {
        Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the store does not answer, or cannot be written",
        )
    };
    tokio::time::timeout(PATIENCE, hub.check_store())
        .await
        .map_err(|_| unavailable())?
        .map_err(|_| unavailable())?;
    Ok(Json(json!({"status": "ready"})))
}
