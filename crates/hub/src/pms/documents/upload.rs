//! `POST /documents/upload` (DOC-2): a document that the patient has consented to have.

use crate::auth::Consented;
use crate::content::Placed;
use crate::documents::{self, Details, DocumentView, Upload};
use crate::pms::must_have;
use crate::{Context, Error, Hub, Result};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;
use slotbridge_domain::document::Uploading;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::documents::Document;
use slotbridge_store::requests::{self, Target};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{Tx, bookings};

/// An uploaded document.
pub struct NewUpload {
    /// The booking.
    pub booking_id: BookingId,
    /// What the PMS says of it.
    pub details: Details,
    /// The content.
    pub content: Vec<u8>,
}

/// A document that is wanted, with the key of its booking.
struct Wanted {
    document: Document,
    key: DataKey,
    known: DocumentView,
}

/// Takes a document; the same again changes nothing.
///
/// # Errors
/// The feature is off; no such booking; nobody asked for it.
pub async fn upload(hub: &Hub, caller: &Consented, context: Context, new: NewUpload) -> Result<()> {
    let practice = caller.practice_id();
    let NewUpload {
        booking_id: id,
        details,
        content,
    } = new;
    let upload = Upload {
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        sha256: crate::content::hex(digest(&SHA256, &content).as_ref()),
    };
    let look = {
        let (caller, upload, name) = (
            caller.clone(),
            upload.clone(),
            details.pms_document_id.clone(),
        );
        move |tx: &mut Tx<'_>| wanted(tx, &caller, id, &name, &upload)
    };
    let Some(before) = hub.read(practice, look.clone()).await? else {
        return Ok(());
    };
    let placed = hub.place(practice, &before.key, content).await?;
    hub.write(practice, move |tx| match look(tx)? {
        Some(wanted) => take(tx, &context, &wanted, &details, &upload, &placed),
        // It came twice at once, and the other was first: this object has no name.
        None => Ok(()),
    })
    .await
}

/// Whether the document is to be taken; `None` if it is here already.
fn wanted(
    tx: &mut Tx<'_>,
    caller: &Consented,
    id: BookingId,
    pms_document_id: &str,
    upload: &Upload,
) -> Result<Option<Wanted>> {
    must_have(tx, caller, Feature::Documents)?;
    let booking = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    let key = documents::key_of(tx, &booking)?;
    let unasked = || {
        Error::Forbidden(
            "nobody asked for this document: wait for it in /requests/uploadDocuments".into(),
        )
    };
    let document = documents::find(tx, id, pms_document_id)?.ok_or_else(unasked)?;
    let known = documents::view(&key, &document)?;
    let same = known.upload.as_ref() == Some(upload);
    match document.state.upload(same) {
        Uploading::Taken => Ok(Some(Wanted {
            document,
            key,
            known,
        })),
        Uploading::Same => Ok(None),
        Uploading::Unasked => Err(unasked()),
    }
}

/// Writes the document and what follows from it.
fn take(
    tx: &mut Tx<'_>,
    context: &Context,
    wanted: &Wanted,
    details: &Details,
    upload: &Upload,
    placed: &Placed,
) -> Result<()> {
    let Wanted {
        document,
        key,
        known,
    } = wanted;
    let details = details.clone().over(&known.details);
    let object = placed.keep(tx)?;
    documents::uploaded(tx, document, key, &details, upload, object)?;
    let target = Target::Document {
        booking_id: document.booking_id,
        document_id: document.document_id,
    };
    requests::resolve(tx, RequestType::UploadDocuments, &target, "confirmed")?;
    let mut detail = json!({"documentId": document.document_id.get(), "size": upload.size});
    if let (Some(said), Some(detail)) = (details.size, detail.as_object_mut())
        && said != upload.size
    {
        detail.insert("sizeSaid".into(), said.into());
    }
    context.record(
        tx,
        "documentUploaded",
        Some(document.booking_id),
        &detail,
        None,
    )
}
