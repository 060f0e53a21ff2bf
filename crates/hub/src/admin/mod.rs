//! What operators do. Every one takes the proof that an operator calls.

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
pub mod messages;
pub mod operator_tokens;
pub mod practices;
pub mod requests;
pub mod trail;

use crate::auth::Operator;
use crate::{Actor, Context, Error, Result};
use slotbridge_domain::ids::PracticeId;
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

/// A practice, deactivated or not.
fn practice(tx: &mut Tx<'_>, id: PracticeId) -> Result<Practice> {
    slotbridge_store::practices::get(tx, id)?.ok_or(Error::NotFound("practice"))
}
