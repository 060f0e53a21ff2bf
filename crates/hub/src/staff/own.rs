//! What somebody on the staff does with their own account. Whatever opens it otherwise asks for the
//! password, also of who is signed in: a browser that was left open gives nobody the account.

use super::sign_in::{count, tell_locked};
use super::{Person, account, person_of, record};
use crate::auth::StaffSession;
use crate::{Context, Error, Hub, Result};
use serde_json::json;
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::staff::{LOCKED_AFTER, LinkKind, password};
use slotbridge_store::sessions::Holder;
use slotbridge_store::staff::{self, Account};
use slotbridge_store::{Tx, memberships, sessions, sign_in_attempts, staff_links};
use zeroize::Zeroizing;

/// One's own account.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// Whose it is.
    pub person: Person,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
}

/// An account of which the password was said.
struct Proven(Account);

impl Proven {
    /// The account as it is now, if the password is still the one that was said.
    fn again(&self, tx: &mut Tx<'_>) -> Result<Account> {
        let now = account(tx, self.0.staff_id)?;
        if now.password != self.0.password || now.deactivated_at.is_some() {
            return Err(Error::Conflict(
                "the password was changed meanwhile: sign in again".into(),
            ));
        }
        Ok(now)
    }
}

impl Hub {
    /// One's own account.
    ///
    /// # Errors
    /// The store's.
    pub async fn own_account(&self, own: &StaffSession) -> Result<OwnAccount> {
        let id = own.staff_id();
        self.read_global(move |tx| {
            let account = account(tx, id)?;
            Ok(OwnAccount {
                person: person_of(tx, &account)?,
                recovery_codes: staff::recovery_codes_left(tx, id)?,
            })
        })
        .await
    }

    /// Counts as an attempt to sign in, and is slowed and locked as one.
    async fn prove(&self, own: &StaffSession, said: Zeroizing<String>) -> Result<Proven> {
        let email = self.own_account(own).await?.person.email;
        let counted = self.keep_books(move |tx| count(tx, &email)).await?;
        let (_, failures, account) = counted;
        let account = account.ok_or(Error::NotFound("account of staff"))?;
        let kept = account.password.as_deref();
        if self.0.passwords.is(kept, said).await? {
            let index = account.email_index.clone();
            self.keep_books(move |tx| Ok(sign_in_attempts::clear(tx, &index)?))
                .await?;
            return Ok(Proven(account));
        }
        if failures >= LOCKED_AFTER {
            self.keep_books(move |tx| tell_locked(tx, &account)).await?;
        }
        Err(Error::field("password", "is not your password"))
    }

    /// Changes one's own password. All sessions and links of the account end; gives the secret of a
    /// new session.
    ///
    /// # Errors
    /// 400: the present password is wrong, or the new one is not taken. 429 after too many wrong
    /// attempts.
    pub async fn change_own_password(
        &self,
        own: &StaffSession,
        present: Zeroizing<String>,
        new: Zeroizing<String>,
    ) -> Result<String> {
        let person = self.own_account(own).await?.person;
        password::check(&new, &[&person.name, &person.email])
            .map_err(|why| Error::field("newPassword", why))?;
        let proven = self.prove(own, present).await?;
        let kept = self.0.passwords.keep(&**self.random(), new).await?;
        let (id, hub, secret) = (own.staff_id(), self.clone(), self.new_key(KeyKind::Session));
        let fresh = secret.clone();
        self.write_global(move |tx| {
            proven.again(tx)?;
            let of_staff = memberships::of_staff(tx, id)?;
            let detail = json!({"staffId": id.get()});
            record(
                tx,
                &Context::staff(id),
                &of_staff,
                "changePassword",
                &detail,
            )?;
            staff::set_password(tx, id, &kept)?;
            staff_links::delete_of(tx, id)?;
            sessions::end_all(tx, id)?;
            hub.begin_session(tx, Holder::Staff(id), &fresh).map(drop)
        })
        .await?;
        Ok(secret)
    }

    /// Makes a link with which one sets one's own account up anew: another phone, new recovery
    /// codes. Until it is used all stays as it is.
    ///
    /// # Errors
    /// 400: the password is wrong. 429 after too many wrong attempts.
    pub async fn set_up_anew(
        &self,
        own: &StaffSession,
        present: Zeroizing<String>,
    ) -> Result<String> {
        let proven = self.prove(own, present).await?;
        let (id, draft) = (own.staff_id(), self.new_staff_link(LinkKind::SetUp));
        self.write_global(move |tx| {
            proven.again(tx)?;
            let of_staff = memberships::of_staff(tx, id)?;
            let detail = json!({"staffId": id.get(), "kind": LinkKind::SetUp.as_str()});
            record(tx, &Context::staff(id), &of_staff, "makeStaffLink", &detail)?;
            Ok(draft.keep(tx, id)?.token)
        })
        .await
    }
}
