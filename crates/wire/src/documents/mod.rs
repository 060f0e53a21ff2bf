//! Documents of the PMS (DOC-1 to DOC-3), and patients' documents to be attached there (ATT-1,
//! ATT-2).

mod attach;
mod attached;
mod metadata;
mod requests;
mod upload;

pub use attach::{
    AttachDocument, AttachDocumentMetadata, AttachDocumentRequest, ConfirmAttachDocument,
};
pub use attached::{AttachedDocument, read_attach_document};
pub use metadata::{AvailableDocuments, DocumentMetadata, read_available_documents};
pub use requests::{AvailableDocumentsRequest, UploadDocumentsRequest};
pub use upload::{
    DocumentBody, DocumentUpload, RejectDocumentUpload, content_of, read_document_upload,
};

crate::schemas! {
    /// A size in bytes.
    pub Bytes = utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Integer)
        .format(Some(utoipa::openapi::schema::SchemaFormat::KnownFormat(
            utoipa::openapi::schema::KnownFormat::Int64,
        )))
        .minimum(Some(0))
        .maximum(Some(isize::MAX))
        .description(Some("A size in bytes."));
    /// Bytes as base64.
    pub Base64 = crate::schema::pattern(
        "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$",
        "Bytes as base64. Line breaks in it and a missing padding are read too.",
    )
    .format(Some(utoipa::openapi::schema::SchemaFormat::Custom("base64".to_owned())));
}
