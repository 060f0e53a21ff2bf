//! `GET /subscriptionErrorLog`: the callbacks that failed (SUB-4).

use crate::auth::Consented;
use crate::{Error, Result};
use jiff::Timestamp;
use slotbridge_domain::ids::SubscriptionId;
use slotbridge_store::callback_errors::{self, CallbackError, Wanted};
use slotbridge_store::{Listed, Tx, Window, subscriptions};

/// The caller's failed callbacks, oldest first: of one subscription or of all, from one instant
/// to before another.
///
/// # Errors
/// The caller has no such subscription.
pub fn list(
    tx: &mut Tx<'_>,
    caller: &Consented,
    subscription_id: Option<SubscriptionId>,
    from: Timestamp,
    until: Timestamp,
    window: Window,
) -> Result<Listed<CallbackError>> {
    let consumer_id = caller.consumer_id();
    if let Some(id) = subscription_id {
        subscriptions::get(tx, id)?
            .filter(|found| found.consumer_id == consumer_id)
            .ok_or(Error::NotFound("subscription"))?;
    }
    let wanted = Wanted {
        consumer_id,
        subscription_id,
        from,
        until,
    };
    Ok(callback_errors::list(tx, wanted, window)?)
}
