//! The documents of a booking or of a practice's bookings, as staff see them: what there is and where it stands, never the
//! content.

use crate::admin::bookings::{self as booked, BookingView};
use crate::admin::practice;
use crate::attachments::{self, AttachmentView};
use crate::auth::Manages;
use crate::documents::{self, DocumentView};
use crate::{Error, Result};
use slotbridge_domain::ids::{BookingId, DocumentId, PracticeId};
use slotbridge_domain::staff::Right;
use slotbridge_store::seal::DataKey;
use slotbridge_store::{Tx, bookings};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

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

/// A document, whosever.
#[derive(Clone, Debug)]
pub enum Any {
    /// The PMS's.
    OfPms(DocumentView),
    /// The patient's.
    OfPatient(AttachmentView),
}

/// The documents of a practice's bookings, with the bookings.
#[derive(Debug)]
pub struct Latest {
    /// Each with its booking's id.
    pub documents: Vec<(BookingId, Any)>,
    /// Their bookings.
    pub bookings: HashMap<BookingId, BookingView>,
    /// Before which id there are more.
    pub more: Option<DocumentId>,
}

/// The practice's documents before an id, or the last: at most `most`, newest first. Their ids grow
/// together, whosever they are.
///
/// # Errors
/// No such practice.
pub fn latest(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    practice_id: PracticeId,
    before: Option<DocumentId>,
    most: usize,
) -> Result<Latest> {
    practice(tx, who, Right::Bookings, practice_id)?;
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let of_pms = slotbridge_store::documents::before(tx, before, limit)?;
    let of_patients = slotbridge_store::attachments::before(tx, before, limit)?;
    let mut all: Vec<(DocumentId, BookingId, Found)> = Vec::new();
    all.extend(
        of_pms
            .into_iter()
            .map(|one| (one.document_id, one.booking_id, Found::OfPms(one))),
    );
    all.extend(
        of_patients
            .into_iter()
            .map(|one| (one.document_id, one.booking_id, Found::OfPatient(one))),
    );
    all.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
    let is_more = all.len() > most;
    all.truncate(most);
    let more = all.last().map(|(id, ..)| *id).filter(|_| is_more);
    let (mut opened, mut bookings) = (Vec::new(), HashMap::new());
    for (_, id, found) in all {
        let view = match bookings.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let (view, _) = booked::get(tx, who, practice_id, id)?;
                place.insert(view)
            }
        };
        let key = documents::key_of(tx, &view.booking)?;
        opened.push((id, found.open(&key)?));
    }
    Ok(Latest {
        documents: opened,
        bookings,
        more,
    })
}

/// A document as it is stored.
enum Found {
    OfPms(slotbridge_store::documents::Document),
    OfPatient(slotbridge_store::attachments::Attachment),
}

impl Found {
    fn open(self, key: &DataKey) -> Result<Any> {
        Ok(match self {
            Self::OfPms(document) => Any::OfPms(documents::view(key, &document)?),
            Self::OfPatient(attachment) => Any::OfPatient(attachments::view(key, attachment)?),
        })
    }
}
