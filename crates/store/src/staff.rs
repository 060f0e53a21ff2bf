//! Accounts of staff, with their recovery codes. Name and mail come and go sealed.

use crate::seal::{hex, unhex};
use crate::sql::{Row, statements};
use crate::{Listed, Result, StoreError, Tx, Window, args, numbers, settings};
use aws_lc_rs::hmac;
use jiff::Timestamp;
use slotbridge_domain::ids::StaffId;

macro_rules! columns {
    () => {
        "s.staff_id, s.person, s.email_index, s.password, s.totp_secret, s.totp_step, \
         s.memberships, s.created_at, s.deactivated_at"
    };
}
pub(crate) use columns as staff_columns;

statements! {
    INSERT = "INSERT INTO staff (staff_id, person, email_index, totp_step, memberships, created_at)
        VALUES ($1, $2, $3, 0, 0, $4) ON CONFLICT (email_index) DO NOTHING";
    GET = concat!("SELECT ", columns!(), " FROM staff s WHERE s.staff_id = $1");
    BY_EMAIL = concat!("SELECT ", columns!(), " FROM staff s WHERE s.email_index = $1");
    LIST = concat!("SELECT ", columns!(), " FROM staff s ORDER BY s.staff_id LIMIT $1 OFFSET $2");
    COUNT = "SELECT COUNT(*) FROM staff";
    SET_PERSON = "UPDATE staff SET person = $2, email_index = $3 WHERE staff_id = $1";
    SET_DEACTIVATED = "UPDATE staff SET deactivated_at = $2 WHERE staff_id = $1";
    SET_PASSWORD = "UPDATE staff SET password = $2 WHERE staff_id = $1";
    SET_TOTP = "UPDATE staff SET totp_secret = $2, totp_step = $3 WHERE staff_id = $1";
    USE_TOTP = "UPDATE staff SET totp_step = $2 WHERE staff_id = $1 AND totp_step < $2";
    COUNT_MEMBERSHIPS = "UPDATE staff SET memberships = memberships + $2 WHERE staff_id = $1
        RETURNING memberships";
    DELETE = "DELETE FROM staff WHERE staff_id = $1";
    ADD_CODE = "INSERT INTO staff_recovery_codes (staff_id, code_hash) VALUES ($1, $2)";
    USE_CODE = "DELETE FROM staff_recovery_codes WHERE staff_id = $1 AND code_hash = $2";
    CODES_LEFT = "SELECT COUNT(*) FROM staff_recovery_codes WHERE staff_id = $1";
    DELETE_CODES = "DELETE FROM staff_recovery_codes WHERE staff_id = $1";
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub staff_id: StaffId,
    /// Name and mail, sealed as [`person_context`].
    pub person: Vec<u8>,
    /// The blind index of the mail.
    pub email_index: Vec<u8>,
    /// The password's hash, once there is one.
    pub password: Option<Vec<u8>>,
    /// The secret of the second factor, sealed as [`totp_context`].
    pub totp_secret: Option<Vec<u8>>,
    /// The time step of the last code that was used.
    pub totp_step: i64,
    /// How many practices it works for.
    pub memberships: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deactivated; it opens nothing then.
    pub deactivated_at: Option<Timestamp>,
}

/// What an account's name and mail are sealed as, under the master key.
#[must_use]
pub fn person_context(id: StaffId) -> String {
    format!("staff {id}")
}

/// What the secret of its second factor is sealed as.
#[must_use]
pub fn totp_context(id: StaffId) -> String {
    format!("second factor of staff {id}")
}

/// What the key of the mails' blind index is sealed as, and the setting that holds it: it outlives
/// the master key, so that accounts are found while that is changed.
pub(crate) const INDEX_KEY: &str = "staff_index_key";

/// The blind index of a mail address.
///
/// # Errors
/// The store's.
pub fn email_index(tx: &mut Tx<'_>, email: &str) -> Result<Vec<u8>> {
    let sealed = match settings::get(tx, INDEX_KEY)? {
        Some(sealed) => sealed,
        None => {
            let fresh = hex(&tx.keyring().new_key(INDEX_KEY)?);
            settings::get_or_set(tx, INDEX_KEY, &fresh)?
        }
    };
    let sealed = unhex(&sealed).ok_or(StoreError::Corrupt("the staff's index key"))?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &tx.keyring().open(INDEX_KEY, &sealed)?);
    let index = hmac::sign(&key, email.to_lowercase().as_bytes());
    Ok(index.as_ref().to_vec())
}

pub(crate) fn read(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        staff_id: row.id(0, StaffId::new)?,
        person: row.blob(1)?,
        email_index: row.blob(2)?,
        password: row.opt_blob(3)?,
        totp_secret: row.opt_blob(4)?,
        totp_step: row.int(5)?,
        memberships: row.int(6)?,
        created_at: row.timestamp(7)?,
        deactivated_at: row.opt_timestamp(8)?,
    })
}

/// A fresh id.
///
/// # Errors
/// The store's.
pub fn next_id(tx: &mut Tx<'_>) -> Result<StaffId> {
    StaffId::new(numbers::take_global(tx, "staff")?)
        .ok_or(StoreError::Corrupt("the staff's counter"))
}

/// Adds an account; `false` if the mail has one.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, id: StaffId, person: &[u8], email_index: &[u8]) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(&INSERT, args![id, person, email_index, now])? > 0)
}

/// An account.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: StaffId) -> Result<Option<Account>> {
    tx.query_opt(&GET, args![id], read)
}

/// The account of a mail address, by its blind index.
///
/// # Errors
/// The store's.
pub fn by_email(tx: &mut Tx<'_>, email_index: &[u8]) -> Result<Option<Account>> {
    tx.query_opt(&BY_EMAIL, args![email_index], read)
}

/// Accounts, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Account>> {
    let entries = tx.query(&LIST, args![window.limit, window.offset], read)?;
    Ok(Listed {
        entries,
        total: tx.query_one(&COUNT, args![], |row| row.int(0))?,
    })
}

/// Writes name and mail anew.
///
/// # Errors
/// The store's.
pub fn set_person(tx: &mut Tx<'_>, id: StaffId, person: &[u8], email_index: &[u8]) -> Result<()> {
    tx.execute(&SET_PERSON, args![id, person, email_index])
        .map(drop)
}

/// Deactivates an account, or makes it active again.
///
/// # Errors
/// The store's.
pub fn set_deactivated(tx: &mut Tx<'_>, id: StaffId, at: Option<Timestamp>) -> Result<()> {
    tx.execute(&SET_DEACTIVATED, args![id, at]).map(drop)
}

/// Sets the password's hash.
///
/// # Errors
/// The store's.
pub fn set_password(tx: &mut Tx<'_>, id: StaffId, hash: &[u8]) -> Result<()> {
    tx.execute(&SET_PASSWORD, args![id, hash]).map(drop)
}

/// Sets the second factor, of which the code of a step was used.
///
/// # Errors
/// The store's.
pub fn set_totp(tx: &mut Tx<'_>, id: StaffId, sealed: &[u8], step: i64) -> Result<()> {
    tx.execute(&SET_TOTP, args![id, sealed, step]).map(drop)
}

/// Uses the code of a step; `false` if it, or a later one, was used before.
///
/// # Errors
/// The store's.
pub fn use_totp(tx: &mut Tx<'_>, id: StaffId, step: i64) -> Result<bool> {
    Ok(tx.execute(&USE_TOTP, args![id, step])? > 0)
}

/// Counts a membership more or one less, and says how many there are.
pub(crate) fn count_memberships(tx: &mut Tx<'_>, id: StaffId, change: i64) -> Result<i64> {
    tx.query_one(&COUNT_MEMBERSHIPS, args![id, change], |row| row.int(0))
}

/// Deletes an account that has no sessions, links or memberships any more.
///
/// # Errors
/// The store's.
pub fn delete(tx: &mut Tx<'_>, id: StaffId) -> Result<()> {
    tx.execute(&DELETE_CODES, args![id])?;
    tx.execute(&DELETE, args![id]).map(drop)
}

/// Replaces the recovery codes.
///
/// # Errors
/// The store's.
pub fn set_recovery_codes(tx: &mut Tx<'_>, id: StaffId, hashes: &[[u8; 32]]) -> Result<()> {
    tx.execute(&DELETE_CODES, args![id])?;
    for hash in hashes {
        tx.execute(&ADD_CODE, args![id, hash])?;
    }
    Ok(())
}

/// Uses a recovery code; `false` if it is none, or was used before.
///
/// # Errors
/// The store's.
pub fn use_recovery_code(tx: &mut Tx<'_>, id: StaffId, hash: &[u8; 32]) -> Result<bool> {
    Ok(tx.execute(&USE_CODE, args![id, hash])? > 0)
}

/// How many recovery codes are left.
///
/// # Errors
/// The store's.
pub fn recovery_codes_left(tx: &mut Tx<'_>, id: StaffId) -> Result<i64> {
    tx.query_one(&CODES_LEFT, args![id], |row| row.int(0))
}
