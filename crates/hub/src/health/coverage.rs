//! Whether an integration is called back for all that is urgent (HEALTH-1).

use crate::Result;
use jiff::Timestamp;
use slotbridge_domain::ids::ConsumerId;
use slotbridge_store::Tx;

/// What its subscriptions come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coverage {
    /// Whether those in force cover bookings, bookingUpdates and availability.
    pub(super) covers: bool,
    /// When that can change by itself: one of them begins or ends.
    pub(super) until: Option<Timestamp>,
}

/// What the subscriptions of a consumer come to at the transaction's instant.
pub(super) fn of(_: &mut Tx<'_>, _: ConsumerId) -> Result<Coverage> {
    Ok(Coverage::default())
}
