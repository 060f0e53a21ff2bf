//! Who calls, and under which request id: what every audit entry says.

use crate::Result;
use slotbridge_domain::ids::{BookingId, ConsumerId, StaffId};
use slotbridge_store::audit::{self, Entry};
use slotbridge_store::{Tx, practices};

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An integration.
    Pms(ConsumerId),
    /// The patient of the booking.
    Patient,
    /// An operator, by the number of the token.
    Operator(i64),
    /// Somebody on the staff.
    Staff(StaffId),
    /// The hub itself: a timer.
    Hub,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pms(consumer) => write!(f, "pms:{consumer}"),
            Self::Patient => f.write_str("patient"),
            Self::Operator(token) => write!(f, "operator:{token}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Hub => f.write_str("hub"),
        }
    }
}

/// The circumstances of a call.
#[derive(Clone, Debug)]
pub struct Context {
    /// Who calls.
    pub actor: Actor,
    /// The call's `X-Request-Id` (WIRE-8).
    pub call_id: String,
}

impl Context {
    /// The circumstances of what the hub does by itself.
    #[must_use]
    pub fn hub() -> Self {
        Self {
            actor: Actor::Hub,
            call_id: String::new(),
        }
    }

    /// The circumstances of what somebody on the staff does with a link, before they are signed in.
    pub(crate) fn staff(id: StaffId) -> Self {
        Self {
            actor: Actor::Staff(id),
            call_id: String::new(),
        }
    }

    /// Writes an entry of the audit trail. `detail` carries no personal data; `note` is free text
    /// of somebody's and is sealed.
    pub(crate) fn record(
        &self,
        tx: &mut Tx<'_>,
        action: &str,
        booking: Option<BookingId>,
        detail: &serde_json::Value,
        note: Option<&str>,
    ) -> Result<()> {
        let note = match note.filter(|note| !note.is_empty()) {
            // At a practice that was erased nothing can be sealed, and so nothing is kept.
            Some(_) if practices::is_erased(tx)? => None,
            Some(note) => Some(tx.practice_key()?.seal(audit::NOTE, note.as_bytes())?),
            None => None,
        };
        let entry = Entry {
            audit_id: 0,
            at: tx.now(),
            actor: self.actor.to_string(),
            action: action.to_owned(),
            booking_id: booking,
            detail: detail.to_string(),
            note,
            call_id: self.call_id.clone(),
        };
        Ok(audit::record(tx, &entry)?)
    }
}
