//! The PMS's documents of bookings (DOC-1 to DOC-3). What is personal in them comes and goes sealed.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args};
use slotbridge_domain::document::DocumentState;
use slotbridge_domain::ids::{BookingId, DocumentId};

macro_rules! columns {
    () => {
        "document_id, booking_id, state, details, upload, object_name"
    };
}

statements! {
    INSERT = "INSERT INTO documents (practice_id, document_id, booking_id, document_index, state,
            details)
        VALUES ($1, $2, $3, $4, $5, $6)";
    OBJECTS = "SELECT object_name FROM documents
        WHERE practice_id = $1 AND (CAST($2 AS BIGINT) = 0 OR booking_id = $2)
            AND object_name IS NOT NULL";
    ERASE = "DELETE FROM documents
        WHERE practice_id = $1 AND (CAST($2 AS BIGINT) = 0 OR booking_id = $2)";
    GET = concat!("SELECT ", columns!(), " FROM documents WHERE practice_id = $1 AND document_id = $2");
    FIND = concat!("SELECT ", columns!(), " FROM documents
        WHERE practice_id = $1 AND booking_id = $2 AND document_index = $3");
    OF_BOOKING = concat!("SELECT ", columns!(), " FROM documents
        WHERE practice_id = $1 AND booking_id = $2 ORDER BY document_id");
    SET_DETAILS = "UPDATE documents SET details = $3 WHERE practice_id = $1 AND document_id = $2";
    BEFORE = concat!("SELECT ", columns!(), " FROM documents
        WHERE practice_id = $1 AND document_id < $2 ORDER BY document_id DESC LIMIT $3");
    SET_STATE = "UPDATE documents SET state = $3 WHERE practice_id = $1 AND document_id = $2";
    SET_UPLOAD = "UPDATE documents SET state = $3, details = $4, upload = $5, object_name = $6
        WHERE practice_id = $1 AND document_id = $2";
}

/// A document of the PMS.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its id.
    pub document_id: DocumentId,
    /// The booking that it belongs to.
    pub booking_id: BookingId,
    /// Where it stands.
    pub state: DocumentState,
    /// What the PMS says of it, sealed.
    pub details: Vec<u8>,
    /// What was uploaded, sealed; not the content.
    pub upload: Option<Vec<u8>>,
    /// The object with the sealed content.
    pub object_name: Option<String>,
}

fn read(row: &Row<'_>) -> Result<Document> {
    Ok(Document {
        document_id: row.id(0, DocumentId::new)?,
        booking_id: row.id(1, BookingId::new)?,
        state: row.named(2, DocumentState::from_name)?,
        details: row.blob(3)?,
        upload: row.opt_blob(4)?,
        object_name: row.opt_text(5)?,
    })
}

/// Adds a document of which nothing is known but what the PMS says of it. `index` is the blind index
/// of the PMS's id.
///
/// # Errors
/// The store's.
pub fn insert(
    tx: &mut Tx<'_>,
    id: DocumentId,
    booking: BookingId,
    index: &[u8],
    details: &[u8],
) -> Result<()> {
    let practice = tx.practice()?;
    let state = DocumentState::Available.as_str();
    tx.push(&INSERT, args![practice, id, booking, index, state, details])
}

/// A document.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: DocumentId) -> Result<Option<Document>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}

/// The document of a booking by the blind index of the PMS's id.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, booking: BookingId, index: &[u8]) -> Result<Option<Document>> {
    let practice = tx.practice()?;
    tx.query_opt(&FIND, args![practice, booking, index], read)
}

/// The documents of a booking, oldest first.
///
/// # Errors
/// The store's.
pub fn of_booking(tx: &mut Tx<'_>, booking: BookingId) -> Result<Vec<Document>> {
    let practice = tx.practice()?;
    tx.query(&OF_BOOKING, args![practice, booking], read)
}

/// The practice's documents before an id, or the last, newest first.
///
/// # Errors
/// The store's.
pub fn before(tx: &mut Tx<'_>, id: Option<DocumentId>, limit: i64) -> Result<Vec<Document>> {
    let (practice, before) = (tx.practice()?, id.map_or(i64::MAX, DocumentId::get));
    tx.query(&BEFORE, args![practice, before, limit], read)
}

/// Writes what the PMS says of a document, sealed.
///
/// # Errors
/// The store's.
pub fn set_details(tx: &mut Tx<'_>, id: DocumentId, details: &[u8]) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&SET_DETAILS, args![practice, id, details])
}

/// Writes where a document stands.
///
/// # Errors
/// The store's.
pub fn set_state(tx: &mut Tx<'_>, id: DocumentId, state: DocumentState) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&SET_STATE, args![practice, id, state.as_str()])
}

/// Writes what was uploaded, as the document has it.
///
/// # Errors
/// The store's.
pub fn set_upload(tx: &mut Tx<'_>, document: &Document) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        document.document_id,
        document.state.as_str(),
        &document.details,
        document.upload.as_ref(),
        document.object_name.as_ref()
    ];
    tx.push(&SET_UPLOAD, args)
}

/// Deletes the documents of a booking, or of all bookings, and gives the objects that they named.
///
/// # Errors
/// The store's.
pub fn erase(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<Vec<String>> {
    let (practice, booking) = (tx.practice()?, booking.map_or(0, BookingId::get));
    let objects = tx.query(&OBJECTS, args![practice, booking], |row| row.text(0))?;
    tx.push(&ERASE, args![practice, booking])?;
    Ok(objects)
}
