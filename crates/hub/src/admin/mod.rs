//! What operators do, and what staff do at their own practice ([`Manages`]). Every one takes the
//! proof of who calls.

pub mod attention;
pub mod bookability;
pub mod bookings;
pub mod catalogue;
pub mod client_snapshots;
pub mod consents;
pub mod consumers;
pub mod deliveries;
pub mod documents;
pub mod erasure;
pub mod health;
pub mod health_map;
pub mod links;
pub mod messages;
pub mod operator_tokens;
pub mod practices;
pub mod requests;
pub mod trail;

use crate::auth::{Manages, Operator, Staff};
use crate::{Actor, Context, Error, Result};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::staff::Right;
use slotbridge_store::Tx;
use slotbridge_store::practices::Practice;

impl Operator {
    /// The circumstances of a call of this operator.
    #[must_use]
    pub fn context(&self, call_id: String) -> Context {
        Context {
            actor: Actor::Operator(self.token_id()),
            call_id,
        }
    }
}

impl Staff {
    /// The circumstances of a call of somebody on the staff.
    #[must_use]
    pub fn context(&self, call_id: String) -> Context {
        Context {
            actor: Actor::Staff(self.staff_id()),
            call_id,
        }
    }
}

/// A practice, deactivated or not, at which somebody has a right.
pub(crate) fn practice(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    right: Right,
    id: PracticeId,
) -> Result<Practice> {
    who.may(right, id)?;
    slotbridge_store::practices::get(tx, id)?.ok_or(Error::NotFound("practice"))
}
