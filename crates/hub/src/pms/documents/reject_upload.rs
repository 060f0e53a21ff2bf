//! `POST /documents/rejectUpload` (DOC-3): the PMS does not give a document.

use crate::auth::Consented;
use crate::notices::call;
use crate::notify::{self, About};
use crate::outgoing::{Channel, Message};
use crate::person::person_of;
use crate::pms::has;
use crate::{Context, Error, Result, documents};
use serde_json::json;
use slotbridge_domain::document::{Declining, DocumentState};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, DocumentId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, documents as rows};

/// Takes the refusal: it answers the request, and the patient is told. Again: nothing changes.
///
/// # Errors
/// The feature is off, or nobody asked for the document, or it is here already: all are bad input
/// (DOC-3).
pub fn reject_upload(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    booking_id: i64,
    pms_document_id: &str,
    reason: Option<&str>,
) -> Result<()> {
    if !has(tx, caller, Feature::Documents)? {
        return Err(Error::Conflict(
            "the feature documents is not enabled: enable it first".into(),
        ));
    }
    let unasked = || Error::field("pmsDocumentId", "is no document that was asked for");
    let id = BookingId::new(booking_id).filter(|id| id.practice() == caller.practice_id());
    let id = id.ok_or_else(unasked)?;
    let booking = bookings::get(tx, id)?.ok_or_else(unasked)?;
    let document = documents::find(tx, id, pms_document_id)?.ok_or_else(unasked)?;
    match document.state.decline() {
        Declining::Taken => {}
        Declining::Same => return Ok(()),
        Declining::Unasked => return Err(unasked()),
        Declining::Uploaded => {
            return Err(Error::Conflict(
                "the document was uploaded before: it cannot be rejected any more".into(),
            ));
        }
    }
    let document_id = document.document_id;
    rows::set_state(tx, document_id, DocumentState::Declined)?;
    let target = Target::Document {
        booking_id: id,
        document_id,
    };
    requests::resolve(tx, RequestType::UploadDocuments, &target, "rejected")?;
    tell(tx, caller, &booking, document_id)?;
    let detail = json!({"documentId": document_id.get()});
    context.record(tx, "documentRejected", Some(id), &detail, reason)
}

/// Tells the patient. What the document is stays out of the mail.
fn tell(
    tx: &mut Tx<'_>,
    caller: &Consented,
    booking: &Booking,
    document: DocumentId,
) -> Result<()> {
    let Some(person) = person_of(tx, booking)? else {
        return Ok(());
    };
    let practice = caller.practice();
    let (name, call) = (&practice.name, call(practice));
    let text = format!(
        "We are sorry: {name} cannot give you a document that you asked for online.\n\nTo have it, \
         please {call}.\n"
    );
    let about = About {
        kind: "documentRejected",
        subject: format!("{document} {}", tx.now().as_microsecond()),
        booking_id: Some(booking.booking_id),
        links: Vec::new(),
    };
    let message = Message {
        channel: Channel::Mail,
        to: person.email,
        subject: format!("Your document at {name}"),
        text,
    };
    notify::queue(tx, &about, &message)
}
