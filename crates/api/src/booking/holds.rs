//! `POST /holds`: keeps a time while the form is filled in.

use crate::booking::WantedInput;
use crate::problem::{Input, Result, created};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use slotbridge_hub::Hub;
use slotbridge_hub::booking::hold;

pub(super) async fn create(
    State(hub): State<Hub>,
    Input(WantedInput(wanted)): Input<WantedInput>,
) -> Result<Response> {
    let held = hold::create(&hub, wanted).await?;
    Ok(created(
        json!({"holdId": held.hold_id, "expiresAt": held.expires_at.to_string()}),
    ))
}
