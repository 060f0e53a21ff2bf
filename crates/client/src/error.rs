//! Why a call did not succeed.

use slotbridge_wire::read::Fault;
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
    /// user has to act; [`Error::advice`] says how.
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
    /// No whole answer came.
    #[error("no answer from the hub: {reason}")]
    Transport {
        /// How far it came.
        kind: TransportKind,
        /// The cause.
        reason: String,
        /// What the HTTP client reported.
        source: reqwest::Error,
    },
    /// The answer, or the document to be sent, is longer than any should be.
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
    /// A document that came is not what its size and its SHA-1 say (ATT-1). Fetching it again may
    /// help.
    #[error("the document came damaged: {0}")]
    Damaged(&'static str),
    /// The answer is a success, but not what the API declares. What was found in its place may be
    /// a patient's: the text names the fields, only the faults say what is in them.
    #[error("the answer is not as the API declares it, at {}", places(.0))]
    Decode(Vec<Fault>),
    /// What was to be sent cannot be written as JSON.
    #[error("what was to be sent cannot be written: {0}")]
    Encode(#[from] serde_json::Error),
    /// What was to be sent cannot be packed.
    #[error("what was to be sent cannot be packed: {0}")]
    Pack(#[from] std::io::Error),
}

fn places(faults: &[Fault]) -> String {
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    paths.join(", ")
}

/// How far a call came of which there is no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportKind {
    /// No connection: the name is not known, nobody is there, TLS failed. The call did not arrive.
    Connect,
    /// It took too long. The call may have arrived.
    Timeout,
    /// It was broken off. The call may have arrived.
    Broken,
}

impl TransportKind {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::Connect
        } else if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Broken
        }
    }
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
        let kind = TransportKind::of(&source);
        let reason = if source.is_timeout() {
            "it took too long".to_owned()
        } else {
            let mut innermost: &dyn std::error::Error = &source;
            while let Some(cause) = innermost.source() {
                innermost = cause;
            }
            innermost.to_string()
        };
        Self::Transport {
            kind,
            reason,
            source,
        }
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

    /// What the hub found wrong with what was sent, one by one and each named by its field, if it
    /// answered 400 (WIRE-4). To be read by people.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        let error = match self {
            Self::Invalid { error } => error.as_str(),
            _ => "",
        };
        error.split("; ").filter(|reason| !reason.is_empty())
    }

    /// What somebody has to do about it, to be shown to a user; `None` if that is for the program
    /// to know.
    #[must_use]
    pub const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Unauthorized { .. } => Some(
                "Check the api-key: the hub's operator knows which keys of this vendor are good.",
            ),
            Self::Forbidden { .. } => Some(
                "Check practice-id and practice-key with the practice. If they are right, the \
                 practice has to consent to this integration anew in its portal; or the feature \
                 that the call belongs to has to be enabled.",
            ),
            Self::Transport { .. } => {
                Some("Check the hub's address and this machine's way to the internet.")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_of_a_400_are_told_one_by_one_wire_4() {
        let error = "a: is required; b[0]: must be a text, not 1".to_owned();
        let invalid = Error::of_status(400, error.clone(), None);
        let reasons: Vec<&str> = invalid.reasons().collect();
        assert_eq!(reasons, ["a: is required", "b[0]: must be a text, not 1"]);
        assert_eq!(Error::of_status(404, error, None).reasons().count(), 0);
    }

    #[test]
    fn who_is_refused_is_told_what_to_do() {
        let advice = |status| Error::of_status(status, String::new(), None).advice();
        assert!(advice(403).is_some_and(|text| text.contains("practice-key")));
        assert!(advice(401).is_some_and(|text| text.contains("api-key")));
        assert_eq!(advice(400), None);
    }
}
