//! Signing in: mail, password and code at once, with one answer to whatever is wrong.
//!
//! An attempt is counted before it is looked at, and taken back if it was right: of many at once
//! each counts. They are counted by the mail that was tried, account or not, and a password is
//! hashed either way, so that neither answer nor time tells which mails have an account.

use super::{person_of, totp};
use crate::auth::hash;
use crate::notify::{self, About};
use crate::outgoing::{Channel, Message};
use crate::{Error, Hub, Result};
use jiff::Timestamp;
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::staff::{ATTEMPTS_FORGOTTEN, LOCKED_AFTER, LOCKED_FOR, blocked_for};
use slotbridge_store::sessions::Holder;
use slotbridge_store::staff::{self, Account};
use slotbridge_store::{Tx, memberships, sessions, sign_in_attempts};
use zeroize::Zeroizing;

/// What somebody signs in with.
pub struct Credentials {
    /// The mail address.
    pub email: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// The code of the second factor, or a recovery code.
    pub code: Zeroizing<String>,
}

/// Counts an attempt; gives the mail's index, how many that makes, and the account if there is one.
pub(super) fn count(tx: &mut Tx<'_>, email: &str) -> Result<(Vec<u8>, i64, Option<Account>)> {
    let index = staff::email_index(tx, email.trim())?;
    let now = tx.now();
    let since = now
        .saturating_sub(ATTEMPTS_FORGOTTEN)
        .unwrap_or(Timestamp::MIN);
    let Some(failures) = sign_in_attempts::count(tx, &index, since)? else {
        let until = sign_in_attempts::blocked_until(tx, &index)?.unwrap_or(now);
        let wait_seconds = until.duration_since(now).as_secs() + 1;
        return Err(Error::TooManyAttempts { wait_seconds });
    };
    let until = now
        .saturating_add(blocked_for(failures))
        .unwrap_or(Timestamp::MAX);
    sign_in_attempts::block(tx, &index, until)?;
    let account = staff::by_email(tx, &index)?;
    Ok((index, failures, account))
}

/// Whether a code is right; it is used up then.
fn use_code(tx: &mut Tx<'_>, account: &Account, code: &str) -> Result<bool> {
    let id = account.staff_id;
    if let Some(sealed) = &account.totp_secret {
        let secret = tx.keyring().open(&staff::totp_context(id), sealed)?;
        if let Some(step) = totp::step_of(&secret, code, tx.now()) {
            return Ok(staff::use_totp(tx, id, step)?);
        }
    }
    let code = super::links::recovery_code_hash(code);
    Ok(staff::use_recovery_code(tx, id, &code)?)
}

/// Tells the owner of an account that it is locked, once per lock.
pub(super) fn tell_locked(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    let memberships = memberships::of_staff(tx, account.staff_id)?;
    let Some(practice) = memberships.first().map(|one| one.practice_id) else {
        return Ok(());
    };
    let person = person_of(tx, account)?;
    let minutes = LOCKED_FOR.as_mins();
    let about = About {
        kind: "accountLocked",
        subject: format!("{} {}", account.staff_id, tx.now().as_second()),
        booking_id: None,
        links: Vec::new(),
    };
    let message = Message {
        channel: Channel::Mail,
        to: person.email,
        subject: "Your account was locked for a while".to_owned(),
        text: format!(
            "Somebody tried to sign in to your account with wrong passwords or codes \
             {LOCKED_AFTER} times. Nobody can sign in to it for the next {minutes} minutes; where \
             you are signed in, you stay so.\n\nIf that was you, wait and try again, or ask a \
             manager of your practice for a new link. If it was not, tell them; nobody has got \
             in.\n"
        ),
    };
    tx.within(practice, |tx| notify::queue(tx, &about, &message))
}

impl Hub {
    /// Begins a session of somebody on the staff and gives its secret. The session that the browser
    /// had before ends.
    ///
    /// # Errors
    /// 401 whatever is wrong; 429 after too many wrong attempts.
    pub async fn sign_in(&self, given: Credentials, before: Option<&str>) -> Result<String> {
        let Credentials {
            email,
            password,
            code,
        } = given;
        let counted = self.keep_books(move |tx| count(tx, &email)).await?;
        let (index, failures, account) = counted;
        let kept = account
            .as_ref()
            .and_then(|account| account.password.clone());
        let right = self.0.passwords.is(kept.as_deref(), password).await?;
        let (hub, secret) = (self.clone(), self.new_key(KeyKind::Session));
        let (fresh, before) = (secret.clone(), before.map(hash));
        let signed_in = self
            .keep_books(move |tx| {
                let account = match &account {
                    Some(account) => staff::get(tx, account.staff_id)?,
                    None => None,
                };
                let account = account.filter(|account| account.deactivated_at.is_none());
                let Some(account) = account else {
                    return Ok(false);
                };
                // The password may have been changed meanwhile.
                let right = right && account.password == kept;
                if !right || !use_code(tx, &account, &code)? {
                    if failures >= LOCKED_AFTER {
                        tell_locked(tx, &account)?;
                    }
                    return Ok(false);
                }
                sign_in_attempts::clear(tx, &index)?;
                if let Some(before) = &before {
                    sessions::end(tx, before)?;
                }
                hub.begin_session(tx, Holder::Staff(account.staff_id), &fresh)?;
                Ok(true)
            })
            .await?;
        if signed_in {
            Ok(secret)
        } else {
            Err(Error::Unauthorized(
                "the mail address, the password or the code is wrong".into(),
            ))
        }
    }
}
