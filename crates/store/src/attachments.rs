//! Patients' documents, to be attached in the PMS (ATT-1, ATT-2). What is personal in them comes and
//! goes sealed.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::document::{AttachmentKind, AttachmentState};
use slotbridge_domain::ids::{BookingId, DocumentId};

macro_rules! columns {
    () => {
        "document_id, booking_id, kind, state, details, object_name, created_at"
    };
}

statements! {
    INSERT = "INSERT INTO attachments (practice_id, document_id, booking_id, kind, state, details,
            object_name, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OBJECTS = "SELECT object_name FROM attachments
        WHERE practice_id = $1 AND (CAST($2 AS BIGINT) = 0 OR booking_id = $2)
            AND object_name IS NOT NULL";
    ERASE = "DELETE FROM attachments
        WHERE practice_id = $1 AND (CAST($2 AS BIGINT) = 0 OR booking_id = $2)";
    GET = concat!("SELECT ", columns!(), " FROM attachments WHERE practice_id = $1 AND document_id = $2");
    OF_BOOKING = concat!("SELECT ", columns!(), " FROM attachments
        WHERE practice_id = $1 AND booking_id = $2 ORDER BY document_id");
    BEFORE = concat!("SELECT ", columns!(), " FROM attachments
        WHERE practice_id = $1 AND document_id < $2 ORDER BY document_id DESC LIMIT $3");
    SET_STATE = "UPDATE attachments SET state = $3 WHERE practice_id = $1 AND document_id = $2";
    CLOSE = "UPDATE attachments SET state = $3, details = $4, object_name = NULL
        WHERE practice_id = $1 AND document_id = $2";
}

/// A patient's document.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its id.
    pub document_id: DocumentId,
    /// The booking that it belongs to.
    pub booking_id: BookingId,
    /// What it is.
    pub kind: AttachmentKind,
    /// Where it stands.
    pub state: AttachmentState,
    /// What is said of it, sealed; not the content.
    pub details: Vec<u8>,
    /// The object with the sealed content; `None` once nobody needs it.
    pub object_name: Option<String>,
    /// When the patient gave it.
    pub created_at: Timestamp,
}

fn read(row: &Row<'_>) -> Result<Attachment> {
    Ok(Attachment {
        document_id: row.id(0, DocumentId::new)?,
        booking_id: row.id(1, BookingId::new)?,
        kind: row.named(2, AttachmentKind::from_name)?,
        state: row.named(3, AttachmentState::from_name)?,
        details: row.blob(4)?,
        object_name: row.opt_text(5)?,
        created_at: row.timestamp(6)?,
    })
}

/// Adds a document.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, attachment: &Attachment) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        attachment.document_id,
        attachment.booking_id,
        attachment.kind.as_str(),
        attachment.state.as_str(),
        &attachment.details,
        attachment.object_name.as_ref(),
        attachment.created_at
    ];
    tx.push(&INSERT, args)
}

/// A document.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: DocumentId) -> Result<Option<Attachment>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}

/// The documents of a booking, oldest first.
///
/// # Errors
/// The store's.
pub fn of_booking(tx: &mut Tx<'_>, booking: BookingId) -> Result<Vec<Attachment>> {
    let practice = tx.practice()?;
    tx.query(&OF_BOOKING, args![practice, booking], read)
}

/// The practice's documents before an id, or the last, newest first.
///
/// # Errors
/// The store's.
pub fn before(tx: &mut Tx<'_>, id: Option<DocumentId>, limit: i64) -> Result<Vec<Attachment>> {
    let (practice, before) = (tx.practice()?, id.map_or(i64::MAX, DocumentId::get));
    tx.query(&BEFORE, args![practice, before, limit], read)
}

/// Writes where a document stands.
///
/// # Errors
/// The store's.
pub fn set_state(tx: &mut Tx<'_>, id: DocumentId, state: AttachmentState) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&SET_STATE, args![practice, id, state.as_str()])
}

/// Writes how a document ended, and lets its content go.
///
/// # Errors
/// The store's.
pub fn close(
    tx: &mut Tx<'_>,
    id: DocumentId,
    state: AttachmentState,
    details: &[u8],
) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&CLOSE, args![practice, id, state.as_str(), details])
}

/// Deletes the patients' documents of a booking, or of all bookings, and gives the objects that they named.
///
/// # Errors
/// The store's.
pub fn erase(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<Vec<String>> {
    let (practice, booking) = (tx.practice()?, booking.map_or(0, BookingId::get));
    let objects = tx.query(&OBJECTS, args![practice, booking], |row| row.text(0))?;
    tx.push(&ERASE, args![practice, booking])?;
    Ok(objects)
}
