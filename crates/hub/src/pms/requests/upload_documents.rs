//! `GET /requests/uploadDocuments` (DOC-2): the documents that patients have consented to have.

use super::of_feature;
use crate::Result;
use crate::auth::Consented;
use crate::documents::{self, Details};
use crate::person::{PmsRecord, pms_record_of};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{Request, Target};
use slotbridge_store::{Listed, Tx, Window, bookings, documents as rows};

/// A document that is wanted.
#[derive(Clone, Debug)]
pub struct DocumentAsked {
    /// The booking.
    pub booking_id: BookingId,
    /// What the PMS has said of it.
    pub pms_record: PmsRecord,
    /// What the PMS has said of the document.
    pub details: Details,
}

/// A page of the list.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, caller: &Consented, window: Window) -> Result<Listed<DocumentAsked>> {
    let kind = RequestType::UploadDocuments;
    let page = of_feature(tx, caller, Feature::Documents, kind, window)?;
    let mut entries = Vec::with_capacity(page.entries.len());
    for request in &page.entries {
        entries.extend(asked(tx, request)?);
    }
    Ok(Listed {
        entries,
        total: page.total,
    })
}

/// What a request asks for; nothing if the booking was erased.
fn asked(tx: &mut Tx<'_>, request: &Request) -> Result<Option<DocumentAsked>> {
    let Target::Document {
        booking_id,
        document_id,
    } = request.target
    else {
        return Ok(None);
    };
    let booking = bookings::get(tx, booking_id)?.filter(|booking| booking.data_key.is_some());
    let document = rows::get(tx, document_id)?;
    let (Some(booking), Some(document)) = (booking, document) else {
        return Ok(None);
    };
    let key = documents::key_of(tx, &booking)?;
    Ok(Some(DocumentAsked {
        booking_id,
        pms_record: pms_record_of(tx, &booking)?.unwrap_or_default(),
        details: documents::view(&key, &document)?.details,
    }))
}
