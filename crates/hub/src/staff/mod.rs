//! Staff of practices: their accounts, how they sign in, and the links that set accounts up.

pub mod accounts;
pub mod invitations;
pub mod links;
pub mod own;
pub(crate) mod passwords;
pub mod sessions;
pub mod sign_in;
pub mod totp;

use crate::{Context, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use slotbridge_domain::ids::StaffId;
use slotbridge_store::memberships::Membership;
use slotbridge_store::staff::{self, Account};
use slotbridge_store::{StoreError, Tx, numbers};
use zeroize::Zeroizing;

/// Who has an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their mail address, with which they sign in.
    pub email: String,
}

const UNREADABLE: StoreError = StoreError::Corrupt("an account that is not in its form");

fn sealed(tx: &Tx<'_>, id: StaffId, person: &Person) -> Result<Vec<u8>> {
    let plain = Zeroizing::new(serde_json::to_vec(person).map_err(|_| UNREADABLE)?);
    Ok(tx.keyring().seal(&staff::person_context(id), &plain)?)
}

/// Who has that account.
fn person_of(tx: &Tx<'_>, account: &Account) -> Result<Person> {
    let context = staff::person_context(account.staff_id);
    let plain = tx.keyring().open(&context, &account.person)?;
    Ok(serde_json::from_slice(&plain).map_err(|_| UNREADABLE)?)
}

fn account(tx: &mut Tx<'_>, id: StaffId) -> Result<Account> {
    staff::get(tx, id)?.ok_or(Error::NotFound("account of staff"))
}

/// Writes in the audit trail of each of an account's practices what becomes of the account. Before
/// the account is touched: whoever takes a practice and then an account meets no deadlock.
fn record(
    tx: &mut Tx<'_>,
    context: &Context,
    memberships: &[Membership],
    action: &str,
    detail: &Value,
) -> Result<()> {
    for membership in memberships {
        tx.within(membership.practice_id, |tx| {
            // Takes the practice, as its own transactions do.
            numbers::plain(tx)?;
            context.record(tx, action, None, detail, None)
        })?;
    }
    Ok(())
}
