//! Accounts: who is on the staff of a practice, as what, and since when no more.

use super::links::{Draft, NewLink};
use super::{Person, account, person_of, record, sealed};
use crate::admin::practice;
use crate::auth::{Manages, Operator};
use crate::{Context, Error, Result};
use jiff::Timestamp;
use serde_json::json;
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::staff::{Right, Role};
use slotbridge_store::staff::{self, Account};
use slotbridge_store::{Listed, Tx, Window, memberships, sessions, staff_links};

/// An account.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Its id.
    pub staff_id: StaffId,
    /// Whose it is.
    pub person: Person,
    /// Whether it was set up: else its owner has yet to use the link.
    pub set_up: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deactivated.
    pub deactivated_at: Option<Timestamp>,
}

fn view(tx: &Tx<'_>, account: &Account) -> Result<AccountView> {
    Ok(AccountView {
        staff_id: account.staff_id,
        person: person_of(tx, account)?,
        set_up: account.password.is_some(),
        created_at: account.created_at,
        deactivated_at: account.deactivated_at,
    })
}

/// Somebody who was taken on.
#[derive(Clone, Debug)]
pub struct Added {
    /// The account.
    pub staff_id: StaffId,
    /// The link that sets it up; none for an account that was there before.
    pub link: Option<NewLink>,
}

/// Takes somebody on at a practice: a new account with the link that sets it up, or, by an operator,
/// the account that the mail address has.
///
/// # Errors
/// No such practice; they are on its staff; the address has an account and no operator asks.
pub fn add(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    person: &Person,
    role: Role,
    draft: &Draft,
) -> Result<Added> {
    practice(tx, who, Right::Settings, practice_id)?;
    let index = staff::email_index(tx, &person.email)?;
    let known = staff::by_email(tx, &index)?;
    let (staff_id, link) = match &known {
        Some(account) => {
            if !who.is_operator() && memberships::get(tx, account.staff_id)?.is_none() {
                return Err(Error::Conflict(
                    "this address has an account already: ask the operator of this service to add \
                     it to your practice"
                        .into(),
                ));
            }
            (account.staff_id, None)
        }
        None => {
            let id = staff::next_id(tx)?;
            let sealed = sealed(tx, id, person)?;
            if !staff::insert(tx, id, &sealed, &index)? {
                return Err(Error::Conflict(
                    "this address has just got an account".into(),
                ));
            }
            (id, Some(draft.keep(tx, id)?))
        }
    };
    if !memberships::insert(tx, staff_id, role)? {
        return Err(Error::Conflict(
            "they are on the practice's staff already".into(),
        ));
    }
    let detail = json!({"staffId": staff_id.get(), "role": role.as_str()});
    context.record(tx, "addStaff", None, &detail, None)?;
    Ok(Added { staff_id, link })
}

/// The practice's staff.
///
/// # Errors
/// No such practice.
pub fn of_practice(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
) -> Result<Vec<(AccountView, Role)>> {
    practice(tx, who, Right::Settings, id)?;
    let all = memberships::of_practice(tx)?.into_iter();
    all.map(|(account, role)| Ok((view(tx, &account)?, role)))
        .collect()
}

/// A practice's staff leave it a manager who can sign in: none of them could make another one.
fn keep_a_manager(tx: &mut Tx<'_>, who: &impl Manages, id: StaffId) -> Result<()> {
    if who.is_operator() || memberships::get(tx, id)?.is_none_or(|one| one.role != Role::Manager) {
        return Ok(());
    }
    let stays = |(account, role): &(Account, Role)| {
        let signs_in = account.password.is_some() && account.deactivated_at.is_none();
        account.staff_id != id && *role == Role::Manager && signs_in
    };
    let stays = memberships::of_practice(tx)?.iter().any(stays);
    stays.then_some(()).ok_or_else(|| {
        Error::Conflict(
            "they are the only manager who can sign in: make somebody else a manager first".into(),
        )
    })
}

/// Changes what somebody is at a practice. Their sessions end: who may do more or less begins anew.
///
/// # Errors
/// No such practice or member of its staff; they are its only manager and no operator asks.
pub fn set_role(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    id: StaffId,
    role: Role,
) -> Result<()> {
    practice(tx, who, Right::Settings, practice_id)?;
    if role != Role::Manager {
        keep_a_manager(tx, who, id)?;
    }
    if !memberships::set_role(tx, id, role)? {
        return Err(Error::NotFound("account of staff"));
    }
    sessions::end_all(tx, id)?;
    let detail = json!({"staffId": id.get(), "role": role.as_str()});
    context.record(tx, "setStaffRole", None, &detail, None)
}

/// Ends what somebody is at a practice, and their sessions. An account without practices is gone.
///
/// # Errors
/// No such practice or member of its staff; they are its only manager and no operator asks.
pub fn remove(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    id: StaffId,
) -> Result<()> {
    practice(tx, who, Right::Settings, practice_id)?;
    keep_a_manager(tx, who, id)?;
    end(tx, id)?;
    let detail = json!({"staffId": id.get()});
    context.record(tx, "removeStaff", None, &detail, None)
}

fn end(tx: &mut Tx<'_>, id: StaffId) -> Result<()> {
    let left = memberships::end(tx, id)?.ok_or(Error::NotFound("account of staff"))?;
    sessions::end_all(tx, id)?;
    if left == 0 {
        staff_links::delete_of(tx, id)?;
        staff::delete(tx, id)?;
    }
    Ok(())
}

/// Ends all that anybody is at the practice, which is erased.
pub(crate) fn end_all(tx: &mut Tx<'_>) -> Result<()> {
    for (account, _) in memberships::of_practice(tx)? {
        end(tx, account.staff_id)?;
    }
    Ok(())
}

/// All accounts, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, _: &Operator, window: Window) -> Result<Listed<AccountView>> {
    let page = staff::list(tx, window)?;
    let entries = page.entries.iter().map(|account| view(tx, account));
    Ok(Listed {
        entries: entries.collect::<Result<_>>()?,
        total: page.total,
    })
}

/// The account of a mail address. Writes: the key of the addresses' index is made when it is first
/// asked for.
///
/// # Errors
/// It has none.
pub fn find(tx: &mut Tx<'_>, _: &Operator, email: &str) -> Result<StaffId> {
    let index = staff::email_index(tx, email)?;
    let account = staff::by_email(tx, &index)?;
    let account = account.ok_or(Error::NotFound("account of staff"))?;
    Ok(account.staff_id)
}

/// An account, and what it is at which practices.
///
/// # Errors
/// No such account.
pub fn get(
    tx: &mut Tx<'_>,
    _: &Operator,
    id: StaffId,
) -> Result<(AccountView, Vec<(PracticeId, Role)>)> {
    let account = account(tx, id)?;
    let all = memberships::of_staff(tx, id)?.into_iter();
    let all = all.map(|one| (one.practice_id, one.role)).collect();
    Ok((view(tx, &account)?, all))
}

/// What can change of an account; absent: as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The name.
    pub name: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// Whether it opens anything.
    pub active: Option<bool>,
}

/// Changes an account. Its sessions end when it is deactivated, or gets another mail address. Runs
/// globally.
///
/// # Errors
/// No such account; the mail address has another one.
pub fn update(
    tx: &mut Tx<'_>,
    operator: &Operator,
    context: &Context,
    id: StaffId,
    changes: &Changes,
) -> Result<(AccountView, Vec<(PracticeId, Role)>)> {
    account(tx, id)?;
    let of_staff = memberships::of_staff(tx, id)?;
    let detail = json!({"staffId": id.get(), "active": changes.active});
    record(tx, context, &of_staff, "updateStaff", &detail)?;
    let account = account(tx, id)?;
    let mut person = person_of(tx, &account)?;
    if let Some(name) = &changes.name {
        person.name.clone_from(name);
    }
    if let Some(email) = &changes.email {
        person.email.clone_from(email);
    }
    let index = staff::email_index(tx, &person.email)?;
    if staff::by_email(tx, &index)?.is_some_and(|other| other.staff_id != id) {
        return Err(Error::Conflict(
            "this address has another account already".into(),
        ));
    }
    let sealed = sealed(tx, id, &person)?;
    staff::set_person(tx, id, &sealed, &index)?;
    match changes.active {
        Some(true) => staff::set_deactivated(tx, id, None)?,
        Some(false) => {
            let at = account.deactivated_at.unwrap_or(tx.now());
            staff::set_deactivated(tx, id, Some(at))?;
            staff_links::delete_of(tx, id)?;
        }
        None => {}
    }
    if changes.active == Some(false) || index != account.email_index {
        sessions::end_all(tx, id)?;
    }
    get(tx, operator, id)
}
