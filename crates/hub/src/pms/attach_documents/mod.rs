//! Patients' documents, to be attached in the PMS (ATT-1, ATT-2).

pub mod confirm_insert;
pub mod get;
pub mod reject_insert;

use crate::attachments::{self, Asked};
use crate::auth::Consented;
use crate::pms::has;
use crate::{Error, Result};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::RequestId;
use slotbridge_store::Tx;

/// The document of a request; without the feature there is none (ATT-2).
fn asked(tx: &mut Tx<'_>, caller: &Consented, id: RequestId, days: i64) -> Result<Asked> {
    if !has(tx, caller, Feature::AttachDocuments)? {
        return Err(Error::NotFound("document to attach"));
    }
    attachments::asked(tx, id, days)
}
