//! `POST /holds`: keeps a time while the form is filled in.

use crate::booking::WantedInput;
use crate::problem::{Creating, Result, created};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use slotbridge_hub::Hub;
use slotbridge_hub::booking::hold;

pub(super) async fn create(
    State(hub): State<Hub>,
    Creating(WantedInput(wanted), key): Creating<WantedInput>,
) -> Result<Response> {
    let once = hub.once(key, |held: &hold::Held| {
        json!({"holdId": held.hold_id, "expiresAt": held.expires_at.to_string()})
    });
    Ok(created(hold::create(&hub, wanted, once).await?))
}
