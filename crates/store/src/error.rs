//! What can go wrong below the rules. The texts are for the log; none carries a row's content.

/// A failure of the store. Absence is not one: reads give `Option`.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine cannot serve now (disk full, I/O error, connection refused). Nothing was stored.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// PostgreSQL takes no connections. Nothing was stored. The log says it once, not for each
    /// caller.
    #[error("the database is away: {0}")]
    Away(String),
    /// The connection was lost at the commit, or the disk failed in it: it may or may not have
    /// happened.
    #[error("the outcome of the commit is not known: {0}")]
    OutcomeUnknown(String),
    /// A statement failed: a mistake of ours.
    #[error("statement {statement} failed: {message}")]
    Statement {
        /// The statement's name.
        statement: &'static str,
        /// The engine's words.
        message: String,
    },
    /// What is stored cannot be read: a wrong key or a damaged row.
    #[error("the store holds something that cannot be read: {0}")]
    Corrupt(&'static str),
    /// A use case panicked; its transaction was undone.
    #[error("a use case panicked; its transaction was undone")]
    Panicked,
    /// The store cannot be opened as it is; the text tells the operator what to do.
    #[error("{0}")]
    Refused(String),
}

/// Shorthand for results of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
