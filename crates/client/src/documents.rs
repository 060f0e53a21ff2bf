//! Documents of the PMS for patients (feature `documents`).

use crate::{
    Client, Error,
    operations::{AVAILABLE_DOCUMENTS, REJECT_UPLOAD_DOCUMENT, UPLOAD_DOCUMENT},
};
use slotbridge_wire::documents::{DocumentMetadata, DocumentUpload, RejectDocumentUpload};

/// The longest content of a document that is sent, in bytes. The hub may take less: by default a
/// body of 30 MiB, which is a content of 22 MiB and a half.
pub const LONGEST_DOCUMENT: usize = 30 * 1024 * 1024;

impl Client {
    /// Says which documents there are. It answers the requests of the bookings that it names and of
    /// all that were handed out in [`Client::available_documents_requests`] before: that a booking
    /// has none is said by a list without it (DOC-1).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] for an unknown booking, [`Error::Forbidden`] while the
    /// feature is off.
    pub async fn available_documents(&self, documents: &[DocumentMetadata]) -> Result<(), Error> {
        let call = self.call(&AVAILABLE_DOCUMENTS, &[])?;
        self.run(call.json(documents)?).await
    }

    /// Sends a document that was asked for (DOC-2).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::TooLong`] for more than [`LONGEST_DOCUMENT`], [`Error::NotFound`] for
    /// an unknown booking, [`Error::Forbidden`] for a document that nobody asked for or while the
    /// feature is off; `Status` 413 if it is longer than the hub takes.
    pub async fn upload_document(&self, document: &DocumentUpload) -> Result<(), Error> {
        if document.content.len() > LONGEST_DOCUMENT {
            return Err(Error::TooLong(LONGEST_DOCUMENT));
        }
        let call = self.call(&UPLOAD_DOCUMENT, &[])?;
        self.run(call.json(document)?).await
    }

    /// Says that a document that was asked for will not be sent; the patient is told (DOC-3).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] for a document that was never asked for or while the
    /// feature is off.
    pub async fn reject_upload_document(
        &self,
        rejection: &RejectDocumentUpload,
    ) -> Result<(), Error> {
        let call = self.call(&REJECT_UPLOAD_DOCUMENT, &[])?;
        self.run(call.json(rejection)?).await
    }
}
