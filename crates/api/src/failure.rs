//! What went wrong with a call, before a face writes it in its own form.

use crate::body::BodyFault;
use axum::http::StatusCode;
use slotbridge_hub::rows::StoreError;
use slotbridge_hub::{Error, Fault};
use slotbridge_wire::read;

/// How long a caller should wait when the store cannot serve.
pub(crate) const RETRY_SECONDS: u64 = 2;

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// One public text: what, where and why.
    pub(crate) text: String,
    /// The fields that are wrong.
    pub(crate) faults: Vec<Fault>,
    /// In how many seconds to try again.
    pub(crate) retry_after: Option<u64>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
            faults: Vec::new(),
            retry_after: None,
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        let texts: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect();
        Self {
            status: StatusCode::BAD_REQUEST,
            text: texts.join("; "),
            faults,
            retry_after: None,
        }
    }

    fn of_store(error: &StoreError) -> Self {
        // The context is for the log alone, and that the database is away stands there already.
        if !matches!(error, StoreError::Away(_)) {
            tracing::error!(%error, "the store failed");
        }
        let (status, retry_after) = match error {
            StoreError::Unavailable(_) | StoreError::Away(_) | StoreError::OutcomeUnknown(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_SECONDS))
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        let text = match error {
            StoreError::OutcomeUnknown(_) => {
                "the service lost its store while it was answering: whether the call was applied \
                 is not known; look, or send the same call again"
            }
            StoreError::Unavailable(_) | StoreError::Away(_) => {
                "the service cannot reach its store at the moment; nothing was changed; try again \
                 shortly"
            }
            _ => "the service made a mistake; nothing was changed",
        };
        Self {
            retry_after,
            ..Self::new(status, text)
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::Refused(_) | Error::Conflict(_) | Error::NotBookable(_) => StatusCode::CONFLICT,
            Error::Gone(_) => StatusCode::GONE,
            Error::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Store(store) => return Self::of_store(store),
        };
        match error {
            Error::Invalid(faults) => Self::invalid(faults),
            Error::TooManyAttempts { wait_seconds } => Self {
                retry_after: u64::try_from(wait_seconds).ok(),
                ..Self::new(status, error.to_string())
            },
            other => Self::new(status, other.to_string()),
        }
    }
}

impl From<BodyFault> for Failure {
    fn from(fault: BodyFault) -> Self {
        let retry_after = (fault == BodyFault::Busy).then_some(RETRY_SECONDS);
        Self {
            retry_after,
            ..Self::new(fault.status(), fault.to_string())
        }
    }
}

impl From<Vec<read::Fault>> for Failure {
    fn from(faults: Vec<read::Fault>) -> Self {
        Self::invalid(faults.into_iter().map(fault).collect())
    }
}

/// What a reader found wrong.
pub(crate) fn fault(found: read::Fault) -> Fault {
    Fault::new(found.path, found.message)
}
