//! Links that set up an account of staff or a new password. Only the tokens' hashes are kept.

use crate::sql::statements;
use crate::{Result, Tx, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::ids::StaffId;
use slotbridge_domain::staff::LinkKind;

statements! {
    INSERT = "INSERT INTO staff_links (link_id, staff_id, kind, token_hash, totp_secret, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT link_id, staff_id, kind, totp_secret, expires_at FROM staff_links
        WHERE token_hash = $1 AND expires_at > $2";
    DELETE_OF_STAFF = "DELETE FROM staff_links WHERE staff_id = $1";
}

/// A link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its number.
    pub link_id: i64,
    /// Whose.
    pub staff_id: StaffId,
    /// What it is for.
    pub kind: LinkKind,
    /// The secret of the second factor that it sets up, sealed as [`totp_context`].
    pub totp_secret: Option<Vec<u8>>,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// What the secret of the second factor in a link is sealed as.
#[must_use]
pub fn totp_context(link_id: i64) -> String {
    format!("second factor of link {link_id}")
}

/// A fresh number.
///
/// # Errors
/// The store's.
pub fn next_id(tx: &mut Tx<'_>) -> Result<i64> {
    numbers::take_global(tx, "staff_links")
}

/// Keeps a link; those of the account before open nothing any more.
///
/// # Errors
/// The store's.
pub fn put(tx: &mut Tx<'_>, link: &Link, token_hash: &[u8; 32]) -> Result<()> {
    delete_of(tx, link.staff_id)?;
    let args = args![
        link.link_id,
        link.staff_id,
        link.kind.as_str(),
        token_hash,
        link.totp_secret.as_ref(),
        link.expires_at
    ];
    tx.execute(&INSERT, args).map(drop)
}

/// The link of a token, if it can still be used.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<Link>> {
    let now = tx.now();
    tx.query_opt(&FIND, args![token_hash, now], |row| {
        Ok(Link {
            link_id: row.int(0)?,
            staff_id: row.id(1, StaffId::new)?,
            kind: row.named(2, LinkKind::from_name)?,
            totp_secret: row.opt_blob(3)?,
            expires_at: row.timestamp(4)?,
        })
    })
}

/// Deletes an account's links; `false` if there were none.
///
/// # Errors
/// The store's.
pub fn delete_of(tx: &mut Tx<'_>, id: StaffId) -> Result<bool> {
    Ok(tx.execute(&DELETE_OF_STAFF, args![id])? > 0)
}
