//! Documents that patients may have (DOC-1 to DOC-3). One that the hub does not take, however often it
//! is sent, is given up: it holds up none of those behind it.

use super::refusal::{is_for_good, without_values};
use super::updates::unless_over;
use super::{Clinic, Held, Stopped};
use crate::adapter::{Document, Trouble};
use slotbridge_client::Error;
use slotbridge_client::wire::documents::{
    DocumentMetadata, DocumentUpload, RejectDocumentUpload, UploadDocumentsRequest,
};

fn metadata(booking: i64, document: Document) -> DocumentMetadata {
    DocumentMetadata {
        document_type: Some(document.kind),
        document_name: Some(document.name),
        document_format: Some(document.format),
        created_at: document.created_at,
        ..DocumentMetadata::new(booking, document.id)
    }
}

fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::TooLong(_) | Error::Status { status: 413, .. })
}

impl Clinic {
    /// Tells the hub which documents there are of the bookings that it asks about. A booking that
    /// the PMS does not know has none.
    pub(super) async fn answer_available_documents(&self) -> Result<(), Stopped> {
        let asked = self.client.all_available_documents_requests().await?;
        let mut all = Vec::new();
        for request in asked {
            let booking = request.booking_id;
            let documents = match self.adapter.documents(booking).await {
                Err(Trouble::Refused(_)) => Vec::new(),
                documents => documents?,
            };
            all.extend(documents.into_iter().map(|one| metadata(booking, one)));
        }
        match self.client.available_documents(&all).await {
            Err(error) if is_for_good(&error) && !all.is_empty() => {
                self.tell_one_by_one(&all).await
            }
            told => Ok(told?),
        }
    }

    /// Tells of each document by itself when the hub does not take them together.
    async fn tell_one_by_one(&self, all: &[DocumentMetadata]) -> Result<(), Stopped> {
        for one in all {
            match self
                .client
                .available_documents(std::slice::from_ref(one))
                .await
            {
                Err(error) if is_for_good(&error) => self.give_up_document(one.booking_id, &error),
                told => told?,
            }
        }
        // Answers for bookings of which none was taken.
        Ok(self.client.available_documents(&[]).await?)
    }

    /// Sends the documents that patients want; one that is not there (any more) is refused, and one
    /// that cannot be had at the moment holds up none of the others.
    pub(super) async fn answer_upload_documents(&self) -> Result<(), Stopped> {
        let mut held = Held::default();
        let mut waiting = self.client.all_upload_documents_requests();
        while let Some(request) = waiting.next().await {
            held.unless_pms(self.answer_upload_document(&request?).await)?;
        }
        held.end()
    }

    async fn answer_upload_document(
        &self,
        request: &UploadDocumentsRequest,
    ) -> Result<(), Stopped> {
        let booking = request.booking_id;
        let upload = match self.document(booking, &request.pms_document_id).await {
            Ok(upload) => upload,
            Err(Trouble::Refused(why)) => return self.refuse_document(request, why).await,
            Err(later) => return Err(later.into()),
        };
        match self.client.upload_document(&upload).await {
            // Without consent to anything at all, the refusal is forbidden too.
            Err(error) if is_for_good(&error) || matches!(error, Error::Forbidden { .. }) => {
                self.give_up_document(booking, &error);
                let why = if is_too_large(&error) {
                    "it is too large to be sent"
                } else {
                    "it cannot be sent"
                };
                self.refuse_document(request, why.to_owned()).await
            }
            uploaded => Ok(uploaded?),
        }
    }

    /// Tells the hub, and through it the patient, that a document will not come.
    async fn refuse_document(
        &self,
        request: &UploadDocumentsRequest,
        why: String,
    ) -> Result<(), Stopped> {
        let refused = RejectDocumentUpload {
            booking_id: request.booking_id,
            pms_document_id: request.pms_document_id.clone(),
            reason: Some(why),
        };
        unless_over(self.client.reject_upload_document(&refused).await)
    }

    fn give_up_document(&self, booking: i64, error: &Error) {
        let (clinic, why) = (&self.settings.name, without_values(error));
        tracing::warn!(clinic, booking_id = booking, why, "a document is given up");
    }

    /// A document with its content.
    async fn document(&self, booking: i64, id: &str) -> Result<DocumentUpload, Trouble> {
        let documents = self.adapter.documents(booking).await?;
        let document = documents.into_iter().find(|one| one.id == id);
        let none = || Trouble::Refused("there is no such document".to_owned());
        let document = document.ok_or_else(none)?;
        Ok(DocumentUpload {
            content: self.adapter.content(booking, id).await?,
            metadata: metadata(booking, document),
        })
    }
}
