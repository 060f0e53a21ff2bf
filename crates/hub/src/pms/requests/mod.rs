//! `GET /requests` and its lists.

pub mod availability;
pub mod booking_updates;
pub mod bookings;

use crate::{Hub, Result};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests;
use std::sync::Arc;

impl Hub {
    /// The types that have something outstanding at a practice, each once, in their order (REQ-1).
    ///
    /// # Errors
    /// The store's.
    pub async fn outstanding(&self, practice: PracticeId) -> Result<Arc<[RequestType]>> {
        let read = self.read(practice, |tx| Ok(requests::outstanding_types(tx)?.into()));
        let known = &self.0.outstanding;
        known.get(self.store(), practice, practice, read).await
    }
}
