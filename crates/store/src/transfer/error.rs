//! What can go wrong with a backup. The texts are for an operator; none carries a row's content.

use crate::StoreError;

/// Why a backup could not be made, checked or restored.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The store's: it cannot be reached, or will not have it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is no backup, or one that only a newer version can read.
    #[error("{0}")]
    Foreign(String),
    /// The file is not what was written.
    #[error("the backup is damaged: {0}; take another one, or copy this one again")]
    Damaged(&'static str),
    /// The file cannot be read.
    #[error("the backup cannot be read: {0}")]
    Read(std::io::Error),
    /// The file cannot be written.
    #[error("the backup cannot be written: {0}")]
    Write(std::io::Error),
}

impl TransferError {
    /// Something that will not be done, with what to do instead.
    pub(super) fn refused(text: impl Into<String>) -> Self {
        Self::Store(StoreError::Refused(text.into()))
    }
}

/// Shorthand for results of transfers.
pub type Result<T, E = TransferError> = std::result::Result<T, E>;
