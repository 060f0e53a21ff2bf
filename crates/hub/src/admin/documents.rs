//! The documents of a booking, as staff see them: what there is and where it stands, never the
//! content.

use crate::admin::practice;
use crate::attachments::{self, AttachmentView};
use crate::auth::Manages;
use crate::documents::{self, DocumentView};
use crate::{Error, Result};
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::staff::Right;
use slotbridge_store::{Tx, bookings};

/// The documents of a booking, oldest first.
#[derive(Clone, Debug)]
pub struct BookingDocuments {
    /// The PMS's.
    pub documents: Vec<DocumentView>,
    /// The patient's.
    pub attachments: Vec<AttachmentView>,
}

/// Lists them; none of a booking that was erased.
///
/// # Errors
/// No such booking.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    practice_id: PracticeId,
    id: BookingId,
) -> Result<BookingDocuments> {
    practice(tx, who, Right::Bookings, practice_id)?;
    let booking = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    if booking.data_key.is_none() {
        return Ok(BookingDocuments {
            documents: Vec::new(),
            attachments: Vec::new(),
        });
    }
    let key = documents::key_of(tx, &booking)?;
    let found = slotbridge_store::documents::of_booking(tx, id)?;
    let given = slotbridge_store::attachments::of_booking(tx, id)?;
    Ok(BookingDocuments {
        documents: found
            .iter()
            .map(|document| documents::view(&key, document))
            .collect::<Result<_>>()?,
        attachments: given
            .into_iter()
            .map(|attachment| attachments::view(&key, attachment))
            .collect::<Result<_>>()?,
    })
}
