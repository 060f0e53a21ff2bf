//! Links with which somebody sets up their account, or a new password: made by an operator or a
//! manager, used once, good for three days.

use super::{Person, account, person_of, record, totp};
use crate::admin::practice;
use crate::auth::{Manages, hash};
use crate::{Context, Error, Hub, Result};
use jiff::Timestamp;
use serde_json::json;
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::staff::{LINK_VALID, LinkKind, Right, password};
use slotbridge_store::sessions::Holder;
use slotbridge_store::staff::{self, Account};
use slotbridge_store::staff_links::{self, Link};
use slotbridge_store::{Tx, memberships, sessions, sign_in_attempts};
use zeroize::Zeroizing;

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// A link that was made. Its token is given here and never again.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// What it is for.
    pub kind: LinkKind,
    /// The token in it.
    pub token: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// What a link is made of, drawn before the transaction.
#[derive(Clone)]
pub struct Draft {
    kind: LinkKind,
    token: String,
    secret: Zeroizing<[u8; totp::SECRET]>,
}

impl Hub {
    /// What a link of a kind is made of.
    #[must_use]
    pub fn new_staff_link(&self, kind: LinkKind) -> Draft {
        Draft {
            kind,
            token: self.new_key(KeyKind::Invitation),
            secret: Zeroizing::new(self.random().bytes()),
        }
    }
}

impl Draft {
    /// Keeps it as the one link of an account.
    pub(super) fn keep(&self, tx: &mut Tx<'_>, staff_id: StaffId) -> Result<NewLink> {
        let link_id = staff_links::next_id(tx)?;
        let expires_at = tx
            .now()
            .saturating_add(LINK_VALID)
            .unwrap_or(Timestamp::MAX);
        let secret = match self.kind {
            LinkKind::SetUp => {
                let context = staff_links::totp_context(link_id);
                Some(tx.keyring().seal(&context, &*self.secret)?)
            }
            LinkKind::Password => None,
        };
        let link = Link {
            link_id,
            staff_id,
            kind: self.kind,
            totp_secret: secret,
            expires_at,
        };
        staff_links::put(tx, &link, &hash(&self.token))?;
        Ok(NewLink {
            kind: self.kind,
            token: self.token.clone(),
            expires_at,
        })
    }
}

/// Makes a link for somebody on the practice's staff. Whoever has it can become them: a manager
/// makes one only for whom works for no other practice. Those before open nothing any more.
///
/// # Errors
/// No such practice or member of its staff; they work for others too and no operator asks; an
/// account that was never set up has no password to be changed.
pub fn make(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    id: StaffId,
    draft: &Draft,
) -> Result<NewLink> {
    practice(tx, who, Right::Settings, practice_id)?;
    memberships::get(tx, id)?.ok_or(Error::NotFound("account of staff"))?;
    let account = account(tx, id)?;
    if account.memberships > 1 && !who.is_operator() {
        return Err(Error::Forbidden(
            "they work for other practices too: ask the operator of this service for a link".into(),
        ));
    }
    if draft.kind == LinkKind::Password && account.password.is_none() {
        return Err(Error::Conflict(
            "the account was never set up: make a link that sets it up".into(),
        ));
    }
    let detail = json!({"staffId": id.get(), "kind": draft.kind.as_str()});
    context.record(tx, "makeStaffLink", None, &detail, None)?;
    draft.keep(tx, id)
}

/// What somebody who opens a link is asked.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it is for.
    pub kind: LinkKind,
    /// Whose account it is.
    pub person: Person,
    /// The secret of the new second factor, as it is typed into an app.
    pub totp_secret: Option<String>,
    /// The same as an address that apps read from a QR code.
    pub totp_uri: Option<String>,
}

/// The link of a token, its account, and the secret in it.
type Found = (Link, Account, Option<Zeroizing<Vec<u8>>>);

fn gone() -> Error {
    Error::Gone(
        "this link was used or is no longer valid: ask a manager of your practice for a new one"
            .into(),
    )
}

fn find(tx: &mut Tx<'_>, token: &[u8; 32]) -> Result<Found> {
    let link = staff_links::find(tx, token)?.ok_or_else(gone)?;
    let account = account(tx, link.staff_id)?;
    if account.deactivated_at.is_some() {
        return Err(gone());
    }
    let secret = match &link.totp_secret {
        Some(sealed) => Some(
            tx.keyring()
                .open(&staff_links::totp_context(link.link_id), sealed)?,
        ),
        None => None,
    };
    Ok((link, account, secret))
}

/// What is kept of a recovery code, however it was typed.
pub(super) fn recovery_code_hash(code: &str) -> [u8; 32] {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hash(letters.to_lowercase())
}

/// A code of 80 bits, in groups.
fn recovery_code(random: &dyn Random) -> String {
    let text = totp::text(&random.bytes::<10>()).to_lowercase();
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join("-")
}

/// What came of using a link.
#[derive(Clone, Debug)]
pub struct Used {
    /// The secret of a session, if a second factor was set up with the link; else they sign in.
    pub session: Option<String>,
    /// The recovery codes, shown this once; none if the second factor stays.
    pub recovery_codes: Vec<String>,
}

impl Hub {
    /// What a link asks for.
    ///
    /// # Errors
    /// 410: it was used, or is no longer valid.
    pub async fn open_staff_link(&self, token: &str) -> Result<Opened> {
        let token = hash(token);
        self.read_global(move |tx| {
            let (link, account, secret) = find(tx, &token)?;
            let person = person_of(tx, &account)?;
            let text = secret.map(|secret| totp::text(&secret));
            let uri = text.as_ref().map(|text| totp::uri(text, &person.email));
            Ok(Opened {
                kind: link.kind,
                person,
                totp_secret: text,
                totp_uri: uri,
            })
        })
        .await
    }

    /// Sets a new password, and with a link that sets up the second factor too. All sessions of the
    /// account end, and so does its being locked.
    ///
    /// # Errors
    /// 410: the link was used, or is no longer valid. 400: the password is not taken, or the code is
    /// not the one that the app shows.
    pub async fn use_staff_link(
        &self,
        token: &str,
        password: Zeroizing<String>,
        code: &str,
    ) -> Result<Used> {
        let (token, code) = (hash(token), code.to_owned());
        let person = self
            .read_global(move |tx| {
                let (_, account, _) = find(tx, &token)?;
                person_of(tx, &account)
            })
            .await?;
        password::check(&password, &[&person.name, &person.email])
            .map_err(|why| Error::field("password", why))?;
        let kept = self.0.passwords.keep(&**self.random(), password).await?;
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| recovery_code(&**self.random()))
            .collect();
        let (hub, session) = (self.clone(), self.new_key(KeyKind::Session));
        self.write_global(move |tx| {
            let (link, account, secret) = find(tx, &token)?;
            let id = account.staff_id;
            let step = match &secret {
                Some(secret) => Some(totp::step_of(secret, &code, tx.now()).ok_or_else(|| {
                    Error::field("code", "is not the one that your app shows now")
                })?),
                None => None,
            };
            let of_staff = memberships::of_staff(tx, id)?;
            let detail = json!({"staffId": id.get(), "kind": link.kind.as_str()});
            record(tx, &Context::staff(id), &of_staff, "useStaffLink", &detail)?;
            // Whoever deletes it uses it.
            if !staff_links::delete_of(tx, id)? {
                return Err(gone());
            }
            staff::set_password(tx, id, &kept)?;
            sessions::end_all(tx, id)?;
            sign_in_attempts::clear(tx, &account.email_index)?;
            let (Some(secret), Some(step)) = (secret, step) else {
                return Ok(Used {
                    session: None,
                    recovery_codes: Vec::new(),
                });
            };
            let sealed = tx.keyring().seal(&staff::totp_context(id), &secret)?;
            staff::set_totp(tx, id, &sealed, step)?;
            let hashes: Vec<[u8; 32]> = codes.iter().map(|code| recovery_code_hash(code)).collect();
            staff::set_recovery_codes(tx, id, &hashes)?;
            hub.begin_session(tx, Holder::Staff(id), &session)?;
            Ok(Used {
                session: Some(session.clone()),
                recovery_codes: codes.clone(),
            })
        })
        .await
    }
}
