//! The sessions of an account: which there are, and ending them.

use super::{account, record};
use crate::auth::{Operator, StaffSession};
use crate::{Context, Error, Hub, Result};
use serde_json::json;
use slotbridge_domain::ids::StaffId;
use slotbridge_store::memberships;
use slotbridge_store::sessions::{self, Session};

impl Hub {
    /// The live sessions of an account, oldest first.
    ///
    /// # Errors
    /// No such account.
    pub async fn staff_sessions(&self, _: &Operator, id: StaffId) -> Result<Vec<Session>> {
        self.sessions_of(id).await
    }

    /// One's own live sessions, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn own_sessions(&self, own: &StaffSession) -> Result<Vec<Session>> {
        self.sessions_of(own.staff_id()).await
    }

    async fn sessions_of(&self, id: StaffId) -> Result<Vec<Session>> {
        let hub = self.clone();
        self.read_global(move |tx| {
            account(tx, id)?;
            let since = hub.idle_since(tx.now());
            Ok(sessions::list(tx, id, since)?)
        })
        .await
    }

    /// Ends a session of an account, or all.
    ///
    /// # Errors
    /// No such account or session.
    pub async fn end_staff_sessions(
        &self,
        _: &Operator,
        context: Context,
        id: StaffId,
        session: Option<i64>,
    ) -> Result<()> {
        self.end_sessions(context, id, session, "endStaffSessions")
            .await
    }

    /// Ends one of one's own sessions, or all: this one too.
    ///
    /// # Errors
    /// No such session.
    pub async fn end_own_sessions(
        &self,
        own: &StaffSession,
        context: Context,
        session: Option<i64>,
    ) -> Result<()> {
        self.end_sessions(context, own.staff_id(), session, "signOut")
            .await
    }

    async fn end_sessions(
        &self,
        context: Context,
        id: StaffId,
        session: Option<i64>,
        action: &'static str,
    ) -> Result<()> {
        self.write_global(move |tx| {
            account(tx, id)?;
            let of_staff = memberships::of_staff(tx, id)?;
            let detail = json!({"staffId": id.get(), "sessionId": session});
            record(tx, &context, &of_staff, action, &detail)?;
            match session {
                None => Ok(sessions::end_all(tx, id)?),
                Some(session) => {
                    let ended = sessions::end_one(tx, id, session)?;
                    ended.then_some(()).ok_or(Error::NotFound("session"))
                }
            }
        })
        .await
    }
}
