//! What an integration does: the PMS API's operations. Every one takes the proof of consent.

pub mod availability;
pub mod bookings;
pub mod client_snapshot;
pub mod config;
pub mod features;
pub mod requests;
pub mod subscription_error_log;
pub mod subscriptions;

use crate::auth::Consented;
use crate::{Actor, Context};

impl Consented {
    /// The circumstances of a call of this integration.
    #[must_use]
    pub fn context(&self, call_id: String) -> Context {
        Context {
            actor: Actor::Pms(self.consumer_id()),
            call_id,
        }
    }
}
