//! Operators' tokens: named, revocable, only their hashes kept.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args, numbers};
use jiff::Timestamp;

macro_rules! columns {
    () => {
        "token_id, name, created_at, revoked_at"
    };
}

statements! {
    INSERT = "INSERT INTO operator_tokens (token_id, name, token_hash, created_at)
        VALUES ($1, $2, $3, $4)";
    FIND = concat!("SELECT ", columns!(), " FROM operator_tokens
        WHERE token_hash = $1");
    LIST = concat!("SELECT ", columns!(), " FROM operator_tokens ORDER BY token_id");
    REVOKE = "UPDATE operator_tokens SET revoked_at = $2 WHERE token_id = $1
        AND revoked_at IS NULL";
}

/// A token, without its secret.
#[derive(Clone, Debug)]
pub struct OperatorToken {
    /// Its number.
    pub token_id: i64,
    /// Whose or what it is.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> Result<OperatorToken> {
    Ok(OperatorToken {
        token_id: row.int(0)?,
        name: row.text(1)?,
        created_at: row.timestamp(2)?,
        revoked_at: row.opt_timestamp(3)?,
    })
}

/// Keeps a new token.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, name: &str, hash: &[u8; 32]) -> Result<OperatorToken> {
    let token_id = numbers::take_global(tx, "operator_tokens")?;
    let now = tx.now();
    tx.execute(&INSERT, args![token_id, name, hash, now])?;
    Ok(OperatorToken {
        token_id,
        name: name.to_owned(),
        created_at: now,
        revoked_at: None,
    })
}

/// The token with that hash, revoked or not.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<OperatorToken>> {
    tx.query_opt(&FIND, args![hash], read)
}

/// All tokens, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<OperatorToken>> {
    tx.query(&LIST, args![], read)
}

/// Revokes a token; `false` if there was none to revoke.
///
/// # Errors
/// The store's.
pub fn revoke(tx: &mut Tx<'_>, token_id: i64) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(&REVOKE, args![token_id, now])? > 0)
}
