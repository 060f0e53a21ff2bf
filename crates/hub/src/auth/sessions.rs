//! Sessions of the pages: of staff at `/portal`, of operators at `/console`.
//!
//! A session's secret is drawn when somebody signs in, and never taken from outside. It ends when it
//! was not used for a while, when its time is over, and as soon as what it stands on does: the
//! account, its password or membership, the operator's token. Every call looks that up.

use super::{Operator, hash};
use crate::{Error, Hub, Result};
use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::staff::{Right, Role};
use slotbridge_store::sessions::{self, Holder, Session};
use slotbridge_store::{Tx, memberships, operator_tokens, staff};

/// How exactly it is noted when a session was last used.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// What proves that a form came from a page of the session: nobody else can compute it.
#[derive(Clone)]
struct Csrf(hmac::Key);

impl Csrf {
    fn of(session: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, session.as_bytes()))
    }

    const MESSAGE: &'static [u8] = b"slotbridge form";

    fn token(&self) -> String {
        let tag = hmac::sign(&self.0, Self::MESSAGE);
        tag.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn check(&self, token: &str) -> Result<()> {
        let digits = token.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> = digits
            .map(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok())
            .collect();
        bytes
            .filter(|bytes| hmac::verify(&self.0, Self::MESSAGE, bytes).is_ok())
            .map(drop)
            .ok_or_else(|| {
                Error::Forbidden(
                    "this form did not come from a page of your session: load the page again"
                        .into(),
                )
            })
    }
}

impl std::fmt::Debug for Csrf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Csrf")
    }
}

/// Somebody on the staff who is signed in.
#[derive(Clone, Debug)]
pub struct StaffSession {
    staff_id: StaffId,
    session_id: i64,
    practices: Vec<(PracticeId, Role)>,
    csrf: Csrf,
}

impl StaffSession {
    /// Whose account it is.
    #[must_use]
    pub const fn staff_id(&self) -> StaffId {
        self.staff_id
    }

    /// The session's number.
    #[must_use]
    pub const fn session_id(&self) -> i64 {
        self.session_id
    }

    /// The practices of the account, each with what it is there.
    #[must_use]
    pub fn practices(&self) -> &[(PracticeId, Role)] {
        &self.practices
    }

    /// The account at one of its practices.
    ///
    /// # Errors
    /// It is none of its practices: as if there were no such practice.
    pub fn at(&self, practice: PracticeId) -> Result<Staff> {
        let mut practices = self.practices.iter();
        let (practice_id, role) = practices
            .find(|(id, _)| *id == practice)
            .ok_or(Error::NotFound("practice"))?;
        Ok(Staff {
            staff_id: self.staff_id,
            practice_id: *practice_id,
            role: *role,
        })
    }

    /// The token that forms of this session carry.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        self.csrf.token()
    }

    /// Says whether a form came from a page of this session.
    ///
    /// # Errors
    /// It did not.
    pub fn check_csrf(&self, token: &str) -> Result<()> {
        self.csrf.check(token)
    }
}

/// Somebody on the staff of a practice.
#[derive(Clone, Debug)]
pub struct Staff {
    staff_id: StaffId,
    practice_id: PracticeId,
    role: Role,
}

impl Staff {
    /// Whose account it is.
    #[must_use]
    pub const fn staff_id(&self) -> StaffId {
        self.staff_id
    }

    /// The practice.
    #[must_use]
    pub const fn practice_id(&self) -> PracticeId {
        self.practice_id
    }

    /// What the account is there.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

/// An operator who is signed in.
#[derive(Clone, Debug)]
pub struct OperatorSession {
    operator: Operator,
    csrf: Csrf,
}

impl OperatorSession {
    /// The operator.
    #[must_use]
    pub const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The token that forms of this session carry.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        self.csrf.token()
    }

    /// Says whether a form came from a page of this session.
    ///
    /// # Errors
    /// It did not.
    pub fn check_csrf(&self, token: &str) -> Result<()> {
        self.csrf.check(token)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Operator {}
    impl Sealed for super::Staff {}
}

/// Whoever may manage a practice: an operator any, staff their own as far as their role goes.
pub trait Manages: sealed::Sealed {
    /// Says whether they have a right at a practice.
    ///
    /// # Errors
    /// It is not theirs (as if there were no such practice), or their role does not allow it.
    fn may(&self, right: Right, practice: PracticeId) -> Result<()>;

    /// Whether they stand above the practices.
    fn is_operator(&self) -> bool;
}

impl Manages for Operator {
    fn may(&self, _: Right, _: PracticeId) -> Result<()> {
        Ok(())
    }

    fn is_operator(&self) -> bool {
        true
    }
}

impl Manages for Staff {
    fn may(&self, right: Right, practice: PracticeId) -> Result<()> {
        if practice != self.practice_id {
            return Err(Error::NotFound("practice"));
        }
        if !self.role.may(right) {
            return Err(Error::Forbidden(
                "only managers of the practice may do this: ask one of them".into(),
            ));
        }
        Ok(())
    }

    fn is_operator(&self) -> bool {
        false
    }
}

fn not_signed_in() -> Error {
    Error::Unauthorized("you are not signed in, or your session has ended: sign in".into())
}

impl Hub {
    /// Since when a session must have been used to be live at `now`.
    pub(crate) fn idle_since(&self, now: Timestamp) -> Timestamp {
        let idle = SignedDuration::from_mins(self.settings().session_idle_minutes);
        now.saturating_sub(idle).unwrap_or(Timestamp::MIN)
    }

    /// Begins a session in a transaction; its secret is `secret`.
    pub(crate) fn begin_session(
        &self,
        tx: &mut Tx<'_>,
        holder: Holder,
        secret: &str,
    ) -> Result<Session> {
        let length = SignedDuration::from_hours(self.settings().session_hours);
        let end = tx.now().saturating_add(length).unwrap_or(Timestamp::MAX);
        Ok(sessions::begin(tx, holder, &hash(secret), end)?)
    }

    /// The live session of a secret, with what `read` finds of its holder.
    async fn session<T: Send + 'static>(
        &self,
        secret: Option<&str>,
        read: impl Fn(&mut Tx<'_>, Holder) -> Result<Option<T>> + Send + 'static,
    ) -> Result<(Session, T, Csrf)> {
        let secret = secret.filter(|text| KeyKind::Session.check(text).is_ok());
        let secret = secret.ok_or_else(not_signed_in)?;
        let (hash, hub) = (hash(secret), self.clone());
        let (session, found, now) = self
            .read_global(move |tx| {
                let since = hub.idle_since(tx.now());
                let session = sessions::find(tx, &hash, since)?.ok_or_else(not_signed_in)?;
                let found = read(tx, session.holder)?.ok_or_else(not_signed_in)?;
                Ok((session, found, tx.now()))
            })
            .await?;
        if now.duration_since(session.last_seen_at) >= SEEN {
            let id = session.session_id;
            self.keep_books(move |tx| Ok(sessions::seen(tx, id)?))
                .await?;
        }
        Ok((session, found, Csrf::of(secret)))
    }

    /// Finds out who on the staff calls, by the secret of their session.
    ///
    /// # Errors
    /// 401 if there is no such live session.
    pub async fn authenticate_staff(&self, secret: Option<&str>) -> Result<StaffSession> {
        let (session, (staff_id, practices), csrf) = self
            .session(secret, |tx, holder| {
                let Holder::Staff(id) = holder else {
                    return Ok(None);
                };
                let account = staff::get(tx, id)?;
                if account.is_none_or(|account| account.deactivated_at.is_some()) {
                    return Ok(None);
                }
                let practices = memberships::of_staff(tx, id)?.into_iter();
                let practices = practices.map(|one| (one.practice_id, one.role));
                Ok(Some((id, practices.collect())))
            })
            .await?;
        Ok(StaffSession {
            staff_id,
            session_id: session.session_id,
            practices,
            csrf,
        })
    }

    /// Finds out which operator calls, by the secret of their session.
    ///
    /// # Errors
    /// 401 if there is no such live session, or its token was revoked.
    pub async fn authenticate_operator_session(
        &self,
        secret: Option<&str>,
    ) -> Result<OperatorSession> {
        let (_, operator, csrf) = self
            .session(secret, |tx, holder| {
                let Holder::Operator(token_id) = holder else {
                    return Ok(None);
                };
                let tokens = operator_tokens::list(tx)?;
                let live = tokens
                    .iter()
                    .any(|token| token.token_id == token_id && token.revoked_at.is_none());
                Ok(live.then_some(Operator { token_id }))
            })
            .await?;
        Ok(OperatorSession { operator, csrf })
    }

    /// Begins a session of an operator and gives its secret. The session that the browser had
    /// before ends.
    ///
    /// # Errors
    /// 401 if the token is no live operator token.
    pub async fn sign_in_operator(&self, token: &str, before: Option<&str>) -> Result<String> {
        let operator = self.authenticate_operator(Some(token)).await?;
        let (hub, secret) = (self.clone(), self.new_key(KeyKind::Session));
        let (fresh, before) = (secret.clone(), before.map(hash));
        self.keep_books(move |tx| {
            if let Some(before) = &before {
                sessions::end(tx, before)?;
            }
            let holder = Holder::Operator(operator.token_id);
            hub.begin_session(tx, holder, &fresh).map(drop)
        })
        .await?;
        Ok(secret)
    }

    /// Ends a session, whosever it is.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_out(&self, secret: &str) -> Result<()> {
        let hash = hash(secret);
        self.keep_books(move |tx| Ok(sessions::end(tx, &hash)?))
            .await
    }
}
