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
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{AT_ONCE, Request};
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

    /// Waits until other nodes have written for practices, and reads what is outstanding at those whose
    /// integrations ask this node for it: together, which costs less than one by one when they ask next.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_ahead(&self) -> Result<()> {
        let mut practices = self.store().news().await;
        let known = &self.0.outstanding;
        practices.sort_unstable();
        practices.dedup();
        practices.retain(|practice| known.has(practice));
        for practices in practices.chunks(AT_ONCE) {
            let with_stamp = |id: &PracticeId| (*id, known.stamp(self.store(), *id));
            let stamps: Vec<_> = practices.iter().map(with_stamp).collect();
            let of = practices.to_vec();
            let read = move |tx: &mut Tx<'_>| Ok(requests::outstanding_types_of_each(tx, &of)?);
            let mut all = self.read_global(read).await?;
            for (practice, stamp) in stamps {
                let types = all.remove(&practice).unwrap_or_default();
                known.put(stamp, practice, types.into());
            }
        }
        Ok(())
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
