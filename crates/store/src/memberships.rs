//! What accounts of staff are at practices.

use crate::sql::{Row, statements};
use crate::staff::{self, Account, staff_columns};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::staff::Role;

statements! {
    INSERT = "INSERT INTO memberships (practice_id, staff_id, role, since) VALUES ($1, $2, $3, $4)
        ON CONFLICT (practice_id, staff_id) DO NOTHING";
    GET = "SELECT practice_id, role, since FROM memberships
        WHERE practice_id = $1 AND staff_id = $2";
    /// Of all practices.
    OF_STAFF = "SELECT practice_id, role, since FROM memberships WHERE staff_id = $1
        ORDER BY practice_id";
    OF_PRACTICE = concat!("SELECT ", staff_columns!(), ", m.role, m.since
        FROM memberships m JOIN staff s ON s.staff_id = m.staff_id
        WHERE m.practice_id = $1 ORDER BY m.staff_id");
    SET_ROLE = "UPDATE memberships SET role = $3 WHERE practice_id = $1 AND staff_id = $2";
    DELETE = "DELETE FROM memberships WHERE practice_id = $1 AND staff_id = $2";
}

/// What an account is at a practice.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The practice.
    pub practice_id: PracticeId,
    /// What it is there.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

fn read(row: &Row<'_>) -> Result<Membership> {
    Ok(Membership {
        practice_id: row.id(0, PracticeId::new)?,
        role: row.named(1, Role::from_name)?,
        since: row.timestamp(2)?,
    })
}

/// Takes an account on at the practice; `false` if it is there.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, id: StaffId, role: Role) -> Result<bool> {
    let (practice, now) = (tx.practice()?, tx.now());
    let added = tx.execute(&INSERT, args![practice, id, role.as_str(), now])? > 0;
    if added {
        staff::count_memberships(tx, id, 1)?;
    }
    Ok(added)
}

/// What an account is at the practice.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: StaffId) -> Result<Option<Membership>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}

/// What an account is, at all its practices. Runs globally.
///
/// # Errors
/// The store's.
pub fn of_staff(tx: &mut Tx<'_>, id: StaffId) -> Result<Vec<Membership>> {
    tx.query(&OF_STAFF, args![id], read)
}

/// The practice's staff, with what each is.
///
/// # Errors
/// The store's.
pub fn of_practice(tx: &mut Tx<'_>) -> Result<Vec<(Account, Role)>> {
    let practice = tx.practice()?;
    tx.query(&OF_PRACTICE, args![practice], |row| {
        Ok((staff::read(row)?, row.named(9, Role::from_name)?))
    })
}

/// Changes what an account is at the practice; `false` if it is nothing there.
///
/// # Errors
/// The store's.
pub fn set_role(tx: &mut Tx<'_>, id: StaffId, role: Role) -> Result<bool> {
    let practice = tx.practice()?;
    Ok(tx.execute(&SET_ROLE, args![practice, id, role.as_str()])? > 0)
}

/// Ends a membership, and says how many the account has left; `None` if there was none to end.
///
/// # Errors
/// The store's.
pub fn end(tx: &mut Tx<'_>, id: StaffId) -> Result<Option<i64>> {
    let practice = tx.practice()?;
    if tx.execute(&DELETE, args![practice, id])? == 0 {
        return Ok(None);
    }
    staff::count_memberships(tx, id, -1).map(Some)
}
