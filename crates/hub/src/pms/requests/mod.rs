//! `GET /requests` and its lists.

pub mod attach_documents;
pub mod availability;
pub mod available_documents;
pub mod booking_updates;
pub mod bookings;
pub mod client_snapshots;
pub mod pms_appointment_changes;
pub mod upload_documents;

use crate::auth::Consented;
use crate::{Hub, Result};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::Request;
use slotbridge_store::{Listed, Tx, Window, requests};
use std::sync::Arc;

impl Hub {
    /// The types that have something outstanding at the practice, each once, in their order; none
    /// of a feature that the consumer has not enabled (REQ-1).
    ///
    /// # Errors
    /// The store's.
    pub async fn outstanding(&self, caller: &Consented) -> Result<Arc<[RequestType]>> {
        let practice = caller.practice_id();
        let read = self.read(practice, |tx| {
            let types = requests::ask_outstanding_types(tx)?;
            tx.ask_no_more();
            Ok(types.all(tx)?.into())
        });
        let known = &self.0.outstanding;
        let types: Arc<[RequestType]> = known.get(self.store(), practice, practice, read).await?;
        let is_wanted = |kind: &RequestType| {
            let needs = kind.feature();
            needs.is_none_or(|needs| caller.features().contains(&needs))
        };
        if types.iter().all(is_wanted) {
            return Ok(types);
        }
        Ok(types.iter().copied().filter(is_wanted).collect())
    }
}

/// A page of the requests of a feature: none while it is off (CONF-4).
pub(crate) fn of_feature(
    tx: &mut Tx<'_>,
    caller: &Consented,
    feature: Feature,
    kind: RequestType,
    window: Window,
) -> Result<Listed<Request>> {
    if super::has(tx, caller, feature)? {
        return Ok(requests::list(tx, kind, window)?);
    }
    Ok(Listed {
        entries: Vec::new(),
        total: 0,
    })
}
