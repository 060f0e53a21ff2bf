//! `GET /requests` and its lists.

pub mod availability;
pub mod booking_updates;
pub mod bookings;

use crate::Result;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Tx, requests};

/// The types that have something outstanding, each once, in their order (REQ-1).
///
/// # Errors
/// The store's.
pub fn outstanding(tx: &mut Tx<'_>) -> Result<Vec<RequestType>> {
    Ok(requests::outstanding_types(tx)?)
}
