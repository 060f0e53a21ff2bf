//! Why a call did not succeed.

use slotbridge_wire::read::{Fault, describe};
use std::time::Duration;

/// Why a call did not succeed. `error` is what the hub said about it; no key is ever in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 400: the hub did not take what was sent. Sending the same again does not help.
    #[error("the hub did not take it (400): {error}")]
    Invalid {
        /// What is wrong, field by field.
        error: String,
    },
    /// 401: the `api-key` is unknown or revoked.
    #[error("the hub does not know this consumer (401): {error}")]
    Unauthorized {
        /// What the hub said.
        error: String,
    },
    /// 403: the practice has no consent for this consumer with this key, or a feature is off. A
    /// user has to act.
    #[error("the practice has not consented, or a feature is off (403): {error}")]
    Forbidden {
        /// What the hub said.
        error: String,
    },
    /// 404: no such thing at this practice.
    #[error("the practice has no such thing (404): {error}")]
    NotFound {
        /// What the hub said.
        error: String,
    },
    /// 410: it was there, and has been dealt with or has expired.
    #[error("it is no longer available (410): {error}")]
    Gone {
        /// What the hub said.
        error: String,
    },
    /// Any other answer than success.
    #[error("the hub answered {status}: {error}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// What the hub said.
        error: String,
        /// How long the hub asks to wait before another try.
        retry_after: Option<Duration>,
    },
    /// No whole answer came: no connection, time out, broken off.
    #[error("no answer from the hub: {reason}")]
    Transport {
        /// The cause.
        reason: String,
        /// What the HTTP client reported.
        source: reqwest::Error,
    },
    /// The answer is longer than any should be.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The answer is a success, but not what the API declares.
    #[error("the answer could not be read: {}", describe(.0))]
    Decode(Vec<Fault>),
    /// What was to be sent cannot be written as JSON.
    #[error("what was to be sent cannot be written: {0}")]
    Encode(#[from] serde_json::Error),
    /// What was to be sent cannot be packed.
    #[error("what was to be sent cannot be packed: {0}")]
    Pack(#[from] std::io::Error),
}

impl Error {
    /// An answer that is no success.
    pub(crate) fn of_status(status: u16, error: String, retry_after: Option<Duration>) -> Self {
        match status {
            400 => Self::Invalid { error },
            401 => Self::Unauthorized { error },
            403 => Self::Forbidden { error },
            404 => Self::NotFound { error },
            410 => Self::Gone { error },
            _ => Self::Status {
                status,
                error,
                retry_after,
            },
        }
    }

    /// Something that went wrong on the way; told by its innermost cause, without the URL.
    pub(crate) fn transport(error: reqwest::Error) -> Self {
        let source = error.without_url();
        let reason = if source.is_timeout() {
            "it took too long".to_owned()
        } else {
            let mut innermost: &dyn std::error::Error = &source;
            while let Some(cause) = innermost.source() {
                innermost = cause;
            }
            innermost.to_string()
        };
        Self::Transport { reason, source }
    }

    /// Whether the same call may succeed if it is made again a little later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Transport { .. }
                | Self::Status {
                    status: 429 | 503,
                    ..
                }
        )
    }
}
