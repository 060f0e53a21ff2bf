//! Documents that patients may have (DOC-1 to DOC-3).

use super::{Clinic, Held, Stopped};
use crate::adapter::{Document, Trouble};
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
        Ok(self.client.available_documents(&all).await?)
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
        let (booking, id) = (request.booking_id, &request.pms_document_id);
        match self.document(booking, id).await {
            Ok(upload) => Ok(self.client.upload_document(&upload).await?),
            Err(Trouble::Refused(why)) => {
                let refused = RejectDocumentUpload {
                    booking_id: booking,
                    pms_document_id: id.clone(),
                    reason: Some(why),
                };
                Ok(self.client.reject_upload_document(&refused).await?)
            }
            Err(later) => Err(later.into()),
        }
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
