//! What a use case can answer instead. The texts are public; what is not stays in the source.

use slotbridge_domain::booking::Refusal;
use slotbridge_store::StoreError;

/// Shorthand for results of the hub.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field's path.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Fault {
    /// A fault of a field.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Why a use case did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields are wrong: all of them.
    #[error("{}", describe(.0))]
    Invalid(Vec<Fault>),
    /// The booking's life does not allow it.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The caller did not say who it is, or nobody knows it.
    #[error("{0}")]
    Unauthorized(String),
    /// The caller may not.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, or not for this caller.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It was there and is no longer.
    #[error("{0}")]
    Gone(String),
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(String),
    /// The time cannot be booked (any more).
    #[error("this time is not available: {0}")]
    NotBookable(String),
    /// An `Idempotency-Key` that came with another body before.
    #[error("this Idempotency-Key came with another body before: use a new one for a new call")]
    KeyReused,
    /// Too many wrong attempts to sign in, or too many at once.
    #[error("too many attempts: wait {wait_seconds} seconds and try again")]
    TooManyAttempts {
        /// How long to wait.
        wait_seconds: i64,
    },
    /// The store could not.
    #[error("the service cannot do this at the moment; try again shortly")]
    Store(#[from] StoreError),
}

impl Error {
    /// Whether the database is away, which stands in the log already: once, not for each caller.
    #[must_use]
    pub const fn is_away(&self) -> bool {
        matches!(self, Self::Store(StoreError::Away(_)))
    }

    /// One fault.
    #[must_use]
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::new(field, message)])
    }
}

fn describe(faults: &[Fault]) -> String {
    let texts: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect();
    texts.join("; ")
}
