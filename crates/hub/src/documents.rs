//! What is known of a PMS's document (DOC-1 to DOC-3), as it is sealed.

use crate::content::drop_object;
use crate::{Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use slotbridge_domain::document::DocumentState;
use slotbridge_domain::ids::{BookingId, DocumentId};
use slotbridge_store::bookings::Booking;
use slotbridge_store::seal::DataKey;
use slotbridge_store::{StoreError, Tx, documents};

const DETAILS: &str = "document";
const UPLOAD: &str = "document upload";

/// What the PMS says of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The PMS's id of it.
    pub pms_document_id: String,
    /// What it is.
    pub document_type: Option<String>,
    /// Its name, for the patient.
    pub name: Option<String>,
    /// What it is about, for the patient.
    pub description: Option<String>,
    /// Its media type, as the PMS has it: any text.
    pub format: Option<String>,
    /// Its size in bytes, as the PMS says it.
    pub size: Option<i64>,
    /// When it was made, in microseconds since 1970.
    pub created_at: Option<i64>,
    /// When it was changed, in microseconds since 1970.
    pub updated_at: Option<i64>,
}

impl Details {
    /// When it was made.
    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.created_at?).ok()
    }

    /// When it was changed.
    #[must_use]
    pub fn updated_at(&self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.updated_at?).ok()
    }

    /// What an upload says over what was known: what it leaves out stays.
    pub(crate) fn over(self, known: &Self) -> Self {
        let known = known.clone();
        Self {
            pms_document_id: self.pms_document_id,
            document_type: self.document_type.or(known.document_type),
            name: self.name.or(known.name),
            description: self.description.or(known.description),
            format: self.format.or(known.format),
            size: self.size.or(known.size),
            created_at: self.created_at.or(known.created_at),
            updated_at: self.updated_at.or(known.updated_at),
        }
    }
}

/// What was uploaded, beside the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The size of the content in bytes.
    pub size: i64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// A document of a booking.
#[derive(Clone, Debug)]
pub struct DocumentView {
    /// Its id.
    pub document_id: DocumentId,
    /// Where it stands.
    pub state: DocumentState,
    /// What the PMS says of it.
    pub details: Details,
    /// What was uploaded, if it was.
    pub upload: Option<Upload>,
}

impl DocumentView {
    /// Whether the PMS said another size than the content has (DOC-2).
    #[must_use]
    pub fn size_differs(&self) -> bool {
        let real = self.upload.as_ref().map(|upload| upload.size);
        real.is_some_and(|real| self.details.size.is_some_and(|said| said != real))
    }
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("what is said of a document is not in its form")
}

/// The data key of a booking.
///
/// # Errors
/// It was erased: nobody may know more of it.
pub(crate) fn key_of(tx: &mut Tx<'_>, booking: &Booking) -> Result<DataKey> {
    let wrapped = booking
        .data_key
        .as_ref()
        .ok_or(Error::NotFound("booking"))?;
    Ok(tx.practice_key()?.unwrap(booking.booking_id, wrapped)?)
}

pub(crate) fn seal<T: Serialize>(key: &DataKey, context: &str, value: &T) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|_| unreadable())?);
    Ok(key.seal(context, &plain)?)
}

pub(crate) fn open<T: for<'de> Deserialize<'de>>(
    key: &DataKey,
    context: &str,
    sealed: &[u8],
) -> Result<T> {
    let plain = key.open(context, sealed)?;
    Ok(serde_json::from_slice(&plain).map_err(|_| unreadable())?)
}

pub(crate) fn seal_details(key: &DataKey, details: &Details) -> Result<Vec<u8>> {
    seal(key, DETAILS, details)
}

pub(crate) fn seal_upload(key: &DataKey, upload: &Upload) -> Result<Vec<u8>> {
    seal(key, UPLOAD, upload)
}

pub(crate) fn view(key: &DataKey, document: &documents::Document) -> Result<DocumentView> {
    let upload = document.upload.as_ref();
    Ok(DocumentView {
        document_id: document.document_id,
        state: document.state,
        details: open(key, DETAILS, &document.details)?,
        upload: upload.map(|sealed| open(key, UPLOAD, sealed)).transpose()?,
    })
}

/// The blind index of a PMS's id of a document.
fn index(tx: &mut Tx<'_>, booking: BookingId, pms_document_id: &str) -> Result<Vec<u8>> {
    let key = tx.practice_key()?;
    Ok(key.blind_index("document", &format!("{booking} {pms_document_id}")))
}

/// The document of a booking by the PMS's id.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    booking: BookingId,
    pms_document_id: &str,
) -> Result<Option<documents::Document>> {
    let index = index(tx, booking, pms_document_id)?;
    Ok(documents::find(tx, booking, &index)?)
}

/// Adds a document, or writes what the PMS says of it now. Says whether that is news.
pub(crate) fn upsert(tx: &mut Tx<'_>, booking: &Booking, details: &Details) -> Result<bool> {
    let key = key_of(tx, booking)?;
    let id = booking.booking_id;
    let index = index(tx, id, &details.pms_document_id)?;
    match documents::find(tx, id, &index)? {
        None => {
            let document = slotbridge_store::numbers::document(tx)?;
            let sealed = seal_details(&key, details)?;
            documents::insert(tx, document, id, &index, &sealed)?;
            Ok(true)
        }
        Some(known) if open::<Details>(&key, DETAILS, &known.details)? == *details => Ok(false),
        Some(known) => {
            let sealed = seal_details(&key, details)?;
            documents::set_details(tx, known.document_id, &sealed)?;
            Ok(true)
        }
    }
}

/// Writes an upload; an object that was there before is let go.
pub(crate) fn uploaded(
    tx: &mut Tx<'_>,
    known: &documents::Document,
    key: &DataKey,
    details: &Details,
    upload: &Upload,
    object: String,
) -> Result<()> {
    if let Some(old) = &known.object_name {
        drop_object(tx, old)?;
    }
    let document = documents::Document {
        state: DocumentState::Uploaded,
        details: seal_details(key, details)?,
        upload: Some(seal_upload(key, upload)?),
        object_name: Some(object),
        ..known.clone()
    };
    Ok(documents::set_upload(tx, &document)?)
}
