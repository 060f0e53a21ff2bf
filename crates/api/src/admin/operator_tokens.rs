//! `/operatorTokens`: who may operate.

use crate::admin::{Admin, Ids};
use crate::problem::{Creating, Result, created, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_hub::Hub;
use slotbridge_hub::admin::operator_tokens;
use slotbridge_hub::rows::OperatorToken;
use slotbridge_wire::read::{Faults, FromJson, Node};

pub(super) struct New(String);

impl FromJson for New {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        node.object(faults)?.required_name("name").map(Self)
    }
}

fn shown(token: &OperatorToken) -> Value {
    json!({
        "tokenId": token.token_id,
        "name": token.name,
        "createdAt": token.created_at.to_string(),
        "revokedAt": token.revoked_at.map(|at| at.to_string()),
    })
}

pub(super) async fn list(State(hub): State<Hub>, admin: Admin) -> Result<Json<Value>> {
    let tokens = operator_tokens::list(&hub, &admin.operator).await?;
    let data: Vec<Value> = tokens.iter().map(shown).collect();
    Ok(Json(json!({"data": data})))
}

pub(super) async fn create(
    State(hub): State<Hub>,
    admin: Admin,
    Creating(New(name), key): Creating<New>,
) -> Result<Response> {
    let once = hub.once(key, |(kept, token): &(OperatorToken, String)| {
        json!({"tokenId": kept.token_id, "name": kept.name, "token": token})
    });
    Ok(created(
        operator_tokens::create(&hub, &admin.operator, name, once).await?,
    ))
}

pub(super) async fn revoke(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<StatusCode> {
    operator_tokens::revoke(&hub, &admin.operator, id).await?;
    Ok(no_content())
}
