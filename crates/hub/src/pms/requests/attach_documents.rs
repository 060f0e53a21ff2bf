//! `GET /requests/attachDocuments` (ATT-1): patients' documents to be attached in the PMS.

use super::of_feature;
use crate::attachments::{self, Asked, AttachmentDetails};
use crate::auth::Consented;
use crate::person::{PmsRecord, pms_record_of};
use crate::{Error, Result};
use jiff::Timestamp;
use slotbridge_domain::document::AttachmentKind;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, DocumentId, RequestId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Listed, Tx, Window};

/// A document to be attached, without its content.
#[derive(Clone, Debug)]
pub struct DocumentToAttach {
    /// The request.
    pub request_id: RequestId,
    /// The booking.
    pub booking_id: BookingId,
    /// The document.
    pub document_id: DocumentId,
    /// What the PMS has said of the booking: who the patient is.
    pub pms_record: PmsRecord,
    /// What it is.
    pub kind: AttachmentKind,
    /// What is known of it.
    pub details: AttachmentDetails,
    /// When the patient gave it.
    pub created_at: Timestamp,
}

impl DocumentToAttach {
    pub(crate) fn of(tx: &mut Tx<'_>, asked: &Asked) -> Result<Self> {
        let attachment = &asked.view.attachment;
        Ok(Self {
            request_id: asked.request.request_id,
            booking_id: attachment.booking_id,
            document_id: attachment.document_id,
            pms_record: pms_record_of(tx, &asked.booking)?.unwrap_or_default(),
            kind: attachment.kind,
            details: asked.view.details.clone(),
            created_at: attachment.created_at,
        })
    }
}

/// A page of the list. `days` is how long such a request lasts.
///
/// # Errors
/// The store's.
pub fn list(
    tx: &mut Tx<'_>,
    caller: &Consented,
    window: Window,
    days: i64,
) -> Result<Listed<DocumentToAttach>> {
    let kind = RequestType::AttachDocuments;
    let page = of_feature(tx, caller, Feature::AttachDocuments, kind, window)?;
    let mut entries = Vec::with_capacity(page.entries.len());
    for request in &page.entries {
        match attachments::asked(tx, request.request_id, days) {
            Ok(asked) => entries.push(DocumentToAttach::of(tx, &asked)?),
            // Its time is over, and the timer is about to say so; or the booking was erased.
            Err(Error::Gone(_) | Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Listed {
        entries,
        total: page.total,
    })
}
