//! The PMS's documents (DOC-1 to DOC-3).

pub mod available;
pub mod reject_upload;
pub mod upload;
