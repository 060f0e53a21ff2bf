//! `/operatorTokens`: who may operate.

use crate::admin::{Admin, Ids, List, list_of};
use crate::problem::{
    Creating, PROBLEM, ProblemDetails, Result, created, kept as render, no_content,
};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::operator_tokens;
use slotbridge_hub::rows::OperatorToken;
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::{Instant, Name};
use utoipa::ToSchema;

/// A token to be made.
#[derive(ToSchema)]
pub(super) struct NewOperatorToken {
    /// What it is called.
    #[schema(value_type = Name)]
    name: String,
}

impl FromJson for NewOperatorToken {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let name = node.object(faults)?.required_name("name")?;
        Some(Self { name })
    }
}

/// An operator token, without itself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OperatorTokenView {
    /// Its id.
    token_id: i64,
    /// What it is called.
    name: String,
    /// Since when it is there.
    #[schema(value_type = Instant)]
    created_at: String,
    /// Since when it no longer opens anything.
    #[schema(value_type = Option<Instant>, required)]
    revoked_at: Option<String>,
}

/// An operator token that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeOperatorToken<'a> {
    /// Its id.
    token_id: i64,
    /// What it is called.
    name: &'a str,
    /// The token itself, shown this once.
    token: &'a str,
}

fn shown(token: OperatorToken) -> OperatorTokenView {
    OperatorTokenView {
        token_id: token.token_id,
        name: token.name,
        created_at: token.created_at.to_string(),
        revoked_at: token.revoked_at.map(|at| at.to_string()),
    }
}

/// Who may operate
///
/// All tokens, revoked ones too; the tokens themselves are not shown.
#[utoipa::path(
    get,
    path = "/operatorTokens",
    operation_id = "listOperatorTokens",
    tag = "operator tokens",
    responses(
        (status = 200, description = "The tokens.", body = List<OperatorTokenView>),
    ),
)]
pub(super) async fn list(State(hub): State<Hub>, admin: Admin) -> Result<Response> {
    let tokens = operator_tokens::list(&hub, &admin.operator).await?;
    Ok(list_of(tokens.into_iter().map(shown)))
}

/// Makes an operator token
///
/// Shown once (AUTH-2).
#[utoipa::path(
    post,
    path = "/operatorTokens",
    operation_id = "createOperatorToken",
    tag = "operator tokens",
    request_body(content = NewOperatorToken, example = json!({"name": "Kim"})),
    responses(
        (status = 201, description = "It is there.", body = MadeOperatorToken<'_>),
    ),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    admin: Admin,
    Creating(NewOperatorToken { name }, key): Creating<NewOperatorToken>,
) -> Result<Response> {
    let once = hub.once(key, |(kept, token): &(OperatorToken, String)| {
        render(MadeOperatorToken {
            token_id: kept.token_id,
            name: &kept.name,
            token,
        })
    });
    Ok(created(
        operator_tokens::create(&hub, &admin.operator, name, once).await?,
    ))
}

/// Revokes an operator token
///
/// On every node within 2 seconds. The last live one stays: 409 (AUTH-2).
#[utoipa::path(
    delete,
    path = "/operatorTokens/{tokenId}",
    operation_id = "revokeOperatorToken",
    tag = "operator tokens",
    responses(
        (status = 204, description = "It opens nothing any more."),
        (status = 409, description = "It is the last live one.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn revoke(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<StatusCode> {
    operator_tokens::revoke(&hub, &admin.operator, id).await?;
    Ok(no_content())
}
