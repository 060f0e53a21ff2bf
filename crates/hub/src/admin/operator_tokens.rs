//! Operators' tokens: several, each named and revocable.

use crate::auth::{Operator, hash};
use crate::{Error, Hub, Once, Result};
use serde_json::Value;
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::operator_tokens::{self, OperatorToken};
use slotbridge_store::settings;

/// The setting on which revocations wait for each other.
const TURN: &str = "operator_tokens_turn";

/// Makes `token` a live token if the store does not know it. For the first start.
///
/// # Errors
/// It is not a whole operator token, or it was revoked; or the store's.
pub async fn ensure(hub: &Hub, token: &str) -> Result<()> {
    KeyKind::Operator
        .check(token)
        .map_err(|fault| Error::field("operator_token", fault.to_string()))?;
    let hash = hash(token);
    hub.write_global(move |tx| match operator_tokens::find(tx, &hash)? {
        Some(OperatorToken {
            revoked_at: Some(_),
            ..
        }) => Err(Error::field(
            "operator_token",
            "was revoked: configure another one, or remove the setting",
        )),
        Some(_) => Ok(()),
        None => {
            operator_tokens::insert(tx, "first start", &hash)?;
            Ok(())
        }
    })
    .await
}

/// Makes a token. Its text is given here and never again.
///
/// # Errors
/// The store's.
pub async fn create(
    hub: &Hub,
    _: &Operator,
    name: String,
    once: Once<(OperatorToken, String)>,
) -> Result<Value> {
    let token = hub.new_key(KeyKind::Operator);
    let hash = hash(&token);
    hub.write_global(move |tx| {
        once.run(tx, |tx| {
            let kept = operator_tokens::insert(tx, &name, &hash)?;
            Ok((kept, token.clone()))
        })
    })
    .await
}

/// All tokens, without their texts.
///
/// # Errors
/// The store's.
pub async fn list(hub: &Hub, _: &Operator) -> Result<Vec<OperatorToken>> {
    hub.read_global(|tx| Ok(operator_tokens::list(tx)?)).await
}

/// Revokes a token. The last live one stays, or nobody could get in any more.
///
/// # Errors
/// No such live token; it is the last one.
pub async fn revoke(hub: &Hub, _: &Operator, token_id: i64) -> Result<()> {
    hub.write_global(move |tx| {
        // One after the other: each must see what the others have left.
        settings::set(tx, TURN, "")?;
        let live: Vec<OperatorToken> = operator_tokens::list(tx)?
            .into_iter()
            .filter(|token| token.revoked_at.is_none())
            .collect();
        if live.iter().all(|token| token.token_id != token_id) {
            return Err(Error::NotFound("operator token"));
        }
        if live.len() == 1 {
            return Err(Error::Conflict(
                "this is the last operator token: make another one first".into(),
            ));
        }
        operator_tokens::revoke(tx, token_id)?;
        Ok(())
    })
    .await
}
