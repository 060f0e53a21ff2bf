//! The store's own settings: a few named texts.

use crate::sql::statements;
use crate::{Result, Tx, args};

statements! {
    GET = "SELECT value FROM settings WHERE name = $1";
    SET_IF_ABSENT = "INSERT INTO settings (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO NOTHING";
    SET = "INSERT INTO settings (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
}

/// A setting's text.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.query_opt(&GET, args![name], |row| row.text(0))
}

/// Sets a setting that nobody has set yet, and gives the one that holds: of several who do this at
/// once, all get the same.
///
/// # Errors
/// The store's.
pub fn get_or_set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<String> {
    tx.execute(&SET_IF_ABSENT, args![name, value])?;
    tx.query_one(&GET, args![name], |row| row.text(0))
}

/// Sets a setting.
///
/// # Errors
/// The store's.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<()> {
    tx.execute(&SET, args![name, value]).map(drop)
}
