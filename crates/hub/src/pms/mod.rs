//! What an integration does: the PMS API's operations. Every one takes the proof of consent.

pub mod attach_documents;
pub mod availability;
pub mod bookings;
pub mod client_snapshot;
pub mod config;
pub mod documents;
pub mod features;
pub mod requests;
pub mod subscription_error_log;
pub mod subscriptions;

use crate::auth::Consented;
use crate::{Actor, Context, Error, Result};
use slotbridge_domain::feature::Feature;
use slotbridge_store::Tx;

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

/// Whether the consumer has enabled a feature for the practice (CONF-4).
pub(crate) fn has(tx: &mut Tx<'_>, caller: &Consented, feature: Feature) -> Result<bool> {
    Ok(slotbridge_store::features::enabled(tx, caller.consumer_id())?.contains(&feature))
}

/// Refuses what needs a feature that the consumer has not enabled.
pub(crate) fn must_have(tx: &mut Tx<'_>, caller: &Consented, feature: Feature) -> Result<()> {
    if has(tx, caller, feature)? {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "the feature {} is not enabled: enable it first",
        feature.as_str()
    )))
}
