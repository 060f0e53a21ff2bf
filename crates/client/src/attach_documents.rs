//! Patients' documents, to be attached in the PMS (feature `attachDocuments`).
//!
//! Once a request was answered, or has expired, everything about it is [`Error::Gone`] (ATT-2). An
//! answer of which it is not known whether it arrived is therefore not given again by itself: give it
//! again, and take `Gone` for done.

use crate::{
    Client, Error,
    bookings::given,
    operations::{CONFIRM_ATTACH_DOCUMENT, GET_ATTACH_DOCUMENT, REJECT_ATTACH_DOCUMENT},
};
use aws_lc_rs::digest;
use slotbridge_wire::documents::{AttachedDocument, ConfirmAttachDocument, read_attach_document};
use std::fmt::Write;

impl Client {
    /// A patient's document with its content, held against its size and its SHA-1 (ATT-1).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Damaged`] if the content is not what its size and SHA-1 say,
    /// [`Error::NotFound`] also while the feature is off.
    pub async fn get_attach_document(&self, request_id: i64) -> Result<AttachedDocument, Error> {
        let call = self.call(&GET_ATTACH_DOCUMENT, &[&request_id.to_string()])?;
        let bytes = self.send(call).await?;
        let document = read_attach_document(bytes).map_err(|faults| self.unreadable(faults))?;
        check(&document)?;
        Ok(document)
    }

    /// The document is attached in the PMS, under this id if one is given (ATT-2).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn confirm_attach_document(
        &self,
        request_id: i64,
        pms_document_id: Option<&str>,
    ) -> Result<(), Error> {
        let confirmed = ConfirmAttachDocument {
            pms_document_id: pms_document_id.map(str::to_owned),
        };
        let call = self.call(&CONFIRM_ATTACH_DOCUMENT, &[&request_id.to_string()])?;
        self.run(call.json(&confirmed)?).await
    }

    /// The document is not attached in the PMS and will not be (ATT-2).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn reject_attach_document(
        &self,
        request_id: i64,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let call = self.call(&REJECT_ATTACH_DOCUMENT, &[&request_id.to_string()])?;
        self.run(call.json(&given(reason))?).await
    }
}

/// Holds a content against what is said of it.
fn check(document: &AttachedDocument) -> Result<(), Error> {
    let metadata = &document.metadata;
    if usize::try_from(metadata.document_size) != Ok(document.content.len()) {
        return Err(Error::Damaged("its size is not as said"));
    }
    if !metadata
        .document_hash
        .eq_ignore_ascii_case(&sha1(&document.content))
    {
        return Err(Error::Damaged("its SHA-1 is not as said"));
    }
    Ok(())
}

/// The SHA-1 in hexadecimal digits. It is there to find damage, not deceit.
fn sha1(content: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, content);
    let mut text = String::with_capacity(40);
    for byte in digest.as_ref() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
