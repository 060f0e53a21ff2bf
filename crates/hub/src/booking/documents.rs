//! The patient's side of the PMS's documents (DOC-2).

use crate::auth::Patient;
use crate::content::Content;
use crate::documents::{self, DocumentView};
use crate::{Context, Error, Result, raise};
use serde_json::json;
use slotbridge_domain::document::DocumentState;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::DocumentId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::requests::Target;
use slotbridge_store::seal::DataKey;
use slotbridge_store::{Tx, documents as rows};

/// The documents of the patient's booking, oldest first.
///
/// # Errors
/// The booking was erased.
pub fn list(tx: &mut Tx<'_>, patient: Patient) -> Result<Vec<DocumentView>> {
    let booking = booking(tx, patient)?;
    let key = documents::key_of(tx, &booking)?;
    let found = rows::of_booking(tx, booking.booking_id)?;
    found
        .iter()
        .map(|document| documents::view(&key, document))
        .collect()
}

fn booking(tx: &mut Tx<'_>, patient: Patient) -> Result<Booking> {
    bookings::get(tx, patient.booking_id())?.ok_or(Error::NotFound("booking"))
}

/// A document of the patient's own booking.
fn own(
    tx: &mut Tx<'_>,
    patient: Patient,
    id: DocumentId,
) -> Result<(DataKey, rows::Document, DocumentView)> {
    let booking = booking(tx, patient)?;
    let key = documents::key_of(tx, &booking)?;
    let document = rows::get(tx, id)?
        .filter(|document| document.booking_id == booking.booking_id)
        .ok_or(Error::NotFound("document"))?;
    let view = documents::view(&key, &document)?;
    Ok((key, document, view))
}

/// The patient consents to have a document: the PMS is asked for it. Again: nothing changes.
///
/// # Errors
/// No such document; the practice's PMS gives none at the moment.
pub fn consent(
    tx: &mut Tx<'_>,
    context: &Context,
    patient: Patient,
    id: DocumentId,
) -> Result<DocumentView> {
    let (_, document, view) = own(tx, patient, id)?;
    if !document.state.consent_asks() {
        return Ok(view);
    }
    if !super::takes_part(tx, Feature::Documents)? {
        return Err(Error::Conflict(
            "the practice gives no documents online at the moment: call it".into(),
        ));
    }
    rows::set_state(tx, id, DocumentState::Requested)?;
    let target = Target::Document {
        booking_id: document.booking_id,
        document_id: id,
    };
    raise::request(tx, RequestType::UploadDocuments, &target)?;
    let detail = json!({"documentId": id.get()});
    context.record(
        tx,
        "documentConsent",
        Some(document.booking_id),
        &detail,
        None,
    )?;
    let state = DocumentState::Requested;
    Ok(DocumentView { state, ..view })
}

/// A document's content, to be read, with what is said of it.
///
/// # Errors
/// No such document; it is not here (yet).
pub fn content(
    tx: &mut Tx<'_>,
    patient: Patient,
    id: DocumentId,
) -> Result<(DocumentView, Content)> {
    let (key, document, view) = own(tx, patient, id)?;
    let (Some(name), Some(upload)) = (document.object_name, &view.upload) else {
        let why = "the practice has not sent this document: consent to have it first";
        return Err(Error::Conflict(why.into()));
    };
    let content = Content::of(name, key, upload.size);
    Ok((view, content))
}
