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
use slotbridge_domain::ids::ConsumerId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{OutstandingTypes, Request};
use slotbridge_store::{Listed, Tx, Window, features, requests};
use std::sync::Arc;

impl Hub {
    /// The types that have something outstanding at the practice, each once, in their order; none
    /// of a feature that the consumer has not enabled (REQ-1).
    ///
    /// # Errors
    /// The store's.
    pub async fn outstanding(&self, caller: &Consented) -> Result<Arc<[RequestType]>> {
        let (practice, consumer) = (caller.practice_id(), caller.consumer_id());
        let read = self.read(practice, move |tx| Outstanding::ask(tx)?.of(tx, consumer));
        let known = &self.0.outstanding;
        let key = (practice, consumer);
        known.get(self.store(), practice, key, read).await
    }
}

/// What tells which types have something outstanding.
pub(crate) struct Outstanding(OutstandingTypes);

impl Outstanding {
    /// Asks for it.
    pub(crate) fn ask(tx: &mut Tx<'_>) -> Result<Self> {
        Ok(Self(requests::ask_outstanding_types(tx)?))
    }

    /// The types for a consumer, as [`Hub::outstanding`] has them.
    pub(crate) fn of(self, tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<Arc<[RequestType]>> {
        let mut types = self.0.all(tx)?;
        if types.iter().any(|kind| kind.feature().is_some()) {
            let enabled = features::enabled(tx, consumer)?;
            types.retain(|kind| kind.feature().is_none_or(|needs| enabled.contains(&needs)));
        }
        Ok(types.into())
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
