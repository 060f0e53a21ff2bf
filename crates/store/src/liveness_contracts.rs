//! The liveness contract of a practice's integration (CONF-3), as JSON text.

use crate::sql::statements;
use crate::{Result, Tx, args};

statements! {
    GET = "SELECT contract FROM liveness_contracts WHERE practice_id = $1";
    PUT = "INSERT INTO liveness_contracts (practice_id, contract) VALUES ($1, $2)
        ON CONFLICT (practice_id) DO UPDATE SET contract = excluded.contract";
}

/// The contract; `None` if none was set.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>) -> Result<Option<String>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice], |row| row.text(0))
}

/// Replaces the contract.
///
/// # Errors
/// The store's.
pub fn put(tx: &mut Tx<'_>, contract: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&PUT, args![practice, contract])
}
