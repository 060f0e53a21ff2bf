//! Patients' documents, to be attached in the PMS (ATT-1, ATT-2): what is known of one, as it is
//! sealed, and what becomes of it.

use crate::content::drop_object;
use crate::documents::{key_of, open, seal};
use crate::person::PmsRecord;
use crate::{Context, Error, Result, raise};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use slotbridge_domain::booking::Status;
use slotbridge_domain::document::AttachmentState;
use slotbridge_domain::ids::{DocumentId, RequestId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::attachments::{self, Attachment};
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::requests::{self, Request, Target};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{StoreError, Tx};

const DETAILS: &str = "attachment";

/// What is known of a patient's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentDetails {
    /// The name of the file.
    pub file_name: String,
    /// Its media type.
    pub format: String,
    /// Its size in bytes.
    pub size: i64,
    /// Its SHA-1 in hexadecimal digits, lower case.
    pub sha1: String,
    /// The PMS's id of it, once it is there.
    pub pms_document_id: Option<String>,
}

/// A patient's document.
#[derive(Clone, Debug)]
pub struct AttachmentView {
    /// The document.
    pub attachment: Attachment,
    /// What is known of it.
    pub details: AttachmentDetails,
}

pub(crate) fn seal_details(key: &DataKey, details: &AttachmentDetails) -> Result<Vec<u8>> {
    seal(key, DETAILS, details)
}

pub(crate) fn view(key: &DataKey, attachment: Attachment) -> Result<AttachmentView> {
    Ok(AttachmentView {
        details: open(key, DETAILS, &attachment.details)?,
        attachment,
    })
}

/// Asks the PMS for a document to be attached, and plans the end of that.
pub(crate) fn ask(tx: &mut Tx<'_>, attachment: &Attachment, days: i64) -> Result<()> {
    attachments::set_state(tx, attachment.document_id, AttachmentState::Requested)?;
    let target = Target::Document {
        booking_id: attachment.booking_id,
        document_id: attachment.document_id,
    };
    let (id, new) = raise::request(tx, RequestType::AttachDocuments, &target)?;
    if new {
        let at = expires_at(tx.now(), days);
        due::set(tx, DueKind::AttachExpires, &id.to_string(), at)?;
    }
    Ok(())
}

/// Asks for all that waited for the PMS to say who the patient is (ATT-1). What was given for a
/// booking that does not stand any more stays where it is.
pub(crate) fn ask_waiting(
    tx: &mut Tx<'_>,
    booking: &Booking,
    record: &PmsRecord,
    days: i64,
) -> Result<()> {
    let stands = matches!(booking.life.status, Status::Requested | Status::Confirmed);
    if !stands || record.pms_patient_id.is_none() {
        return Ok(());
    }
    for attachment in attachments::of_booking(tx, booking.booking_id)? {
        if attachment.state == AttachmentState::Waiting {
            ask(tx, &attachment, days)?;
        }
    }
    Ok(())
}

/// When a request to attach a document ends (ATT-2).
fn expires_at(from: Timestamp, days: i64) -> Timestamp {
    let seconds = days.saturating_mul(24 * 3600);
    from.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

/// A document that the PMS is asked to attach.
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) booking: Booking,
    pub(crate) key: DataKey,
    pub(crate) view: AttachmentView,
}

const NO_REQUEST: Error = Error::NotFound("document to attach");

fn gone() -> Error {
    Error::Gone("this document was confirmed or rejected before, or it has expired".into())
}

/// The document of a request that is outstanding.
///
/// # Errors
/// No such request; it was resolved, or its time is over, whether or not the timer has run (ATT-2).
pub(crate) fn asked(tx: &mut Tx<'_>, id: RequestId, days: i64) -> Result<Asked> {
    let asked = outstanding(tx, id)?;
    if expires_at(asked.request.created_at, days) <= tx.now() {
        return Err(gone());
    }
    Ok(asked)
}

/// The same, however old it is.
fn outstanding(tx: &mut Tx<'_>, id: RequestId) -> Result<Asked> {
    let request = requests::get(tx, id)?
        .filter(|request| request.kind == RequestType::AttachDocuments)
        .ok_or(NO_REQUEST)?;
    let document = document_of(&request).ok_or(NO_REQUEST)?;
    if request.resolved_at.is_some() {
        return Err(gone());
    }
    let attachment = attachments::get(tx, document)?.ok_or(NO_REQUEST)?;
    let booking = bookings::get(tx, attachment.booking_id)?.ok_or(NO_REQUEST)?;
    if booking.data_key.is_none() {
        return Err(gone());
    }
    let key = key_of(tx, &booking)?;
    let view = view(&key, attachment)?;
    Ok(Asked {
        request,
        booking,
        key,
        view,
    })
}

const fn document_of(request: &Request) -> Option<DocumentId> {
    match request.target {
        Target::Document { document_id, .. } => Some(document_id),
        _ => None,
    }
}

/// Writes how a document ended. Nobody needs its content any more.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    context: &Context,
    asked: &Asked,
    state: AttachmentState,
    pms_document_id: Option<String>,
    reason: Option<&str>,
) -> Result<()> {
    let (answer, action) = match state {
        AttachmentState::Attached => ("confirmed", "attachmentConfirmed"),
        AttachmentState::Rejected => ("rejected", "attachmentRejected"),
        _ => ("closed", "attachmentExpired"),
    };
    let attachment = &asked.view.attachment;
    requests::resolve_id(tx, asked.request.request_id, answer)?;
    let target = asked.request.request_id.to_string();
    due::cancel(tx, DueKind::AttachExpires, &target)?;
    let details = AttachmentDetails {
        pms_document_id,
        ..asked.view.details.clone()
    };
    let sealed = seal_details(&asked.key, &details)?;
    attachments::close(tx, attachment.document_id, state, &sealed)?;
    if let Some(object) = &attachment.object_name {
        drop_object(tx, object)?;
    }
    let detail = json!({"documentId": attachment.document_id.get()});
    let booking = Some(asked.booking.booking_id);
    context.record(tx, action, booking, &detail, reason)
}

/// A request to attach a document has had its time.
pub(crate) fn expire(tx: &mut Tx<'_>, id: RequestId) -> Result<()> {
    match outstanding(tx, id) {
        Ok(asked) => {
            let state = AttachmentState::Expired;
            close(tx, &Context::hub(), &asked, state, None, None)
        }
        Err(Error::Gone(_) | Error::NotFound(_)) => {
            requests::resolve_id(tx, id, "closed")?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Why a document of a patient cannot be taken.
pub(crate) fn refuse_unless_stands(booking: &Booking) -> Result<()> {
    match booking.life.status {
        Status::Requested | Status::Confirmed => Ok(()),
        Status::Rejected | Status::Cancelled => Err(Error::Conflict(
            "the booking does not stand any more: nothing is taken for it".into(),
        )),
    }
}

/// A size as it is written down.
pub(crate) fn size_of(content: &[u8]) -> Result<i64> {
    i64::try_from(content.len()).map_err(|_| StoreError::Corrupt("a size that is none").into())
}
