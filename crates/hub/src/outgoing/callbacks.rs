//! Callbacks of subscriptions: one POST, tried once (SUB-3, SUB-5).

use super::Sending;
use std::fmt::Display;

/// One attempt at a delivery.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Where to.
    pub url: String,
    /// The headers beyond those that any JSON has.
    pub headers: Vec<(&'static str, String)>,
    /// The body, JSON; the same bytes on each attempt.
    pub body: Vec<u8>,
}

/// Why an attempt failed, by the names of the error log (SUB-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorType {
    /// It was not answered in time.
    Timeout,
    /// No connection could be made, or it broke.
    ConnectError,
    /// The name leads to no address.
    DnsError,
    /// TLS could not be agreed on.
    TlsError,
    /// It was answered with a status that is no success.
    HttpStatus,
    /// It was answered with a redirect, which is not followed.
    Redirect,
    /// The address is one that callbacks must not reach (SUB-5).
    BlockedAddress,
}

impl ErrorType {
    /// Its name in the error log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "Timeout",
            Self::ConnectError => "ConnectError",
            Self::DnsError => "DnsError",
            Self::TlsError => "TlsError",
            Self::HttpStatus => "HttpStatus",
            Self::Redirect => "Redirect",
            Self::BlockedAddress => "BlockedAddress",
        }
    }
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct CallbackFailure {
    /// Of which kind.
    pub error_type: ErrorType,
    /// In words, for the consumer.
    pub message: String,
}

/// With what the message of a callback that was answered begins.
const ANSWERED: &str = "answered ";

impl CallbackFailure {
    /// One that was answered, with a status as HTTP writes it (`503 Service Unavailable`), and what more
    /// there is to say.
    pub fn answered(error_type: ErrorType, status: impl Display, more: &str) -> Self {
        let message = match more {
            "" => format!("{ANSWERED}{status}"),
            more => format!("{ANSWERED}{status}: {more}"),
        };
        Self {
            error_type,
            message,
        }
    }

    /// The status in the message of a failure, if it was answered.
    #[must_use]
    pub fn status_in(message: &str) -> Option<u16> {
        let status = message.strip_prefix(ANSWERED)?;
        let digits = status.split(|letter: char| !letter.is_ascii_digit()).next();
        digits?.parse().ok()
    }
}

/// Whoever can make the POST.
pub trait Callbacks: Send + Sync {
    /// Makes it. `Ok` is an answer of 2xx within 5 seconds.
    fn post(&self, callback: Callback) -> Sending<'_, CallbackFailure>;
}
