//! Why a command ends without success: one clear line, and an exit code.

use slotbridge_hub::Error;
use slotbridge_store::StoreError;
use slotbridge_store::transfer::TransferError;
use std::fmt;

/// Why a command did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

/// It was tried and did not work.
const FAILED: u8 = 1;
/// It cannot be tried: the command line is wrong. The same as clap's.
const USAGE: u8 = 2;

impl Failure {
    /// Something that did not work.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message,
            code: FAILED,
        }
    }

    /// A command line that cannot be followed.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message,
            code: USAGE,
        }
    }

    /// Something that did not work and of which all has been said.
    pub(crate) const fn told() -> Self {
        Self {
            message: String::new(),
            code: FAILED,
        }
    }

    /// Whether all has been said.
    pub(crate) const fn is_told(&self) -> bool {
        self.message.is_empty()
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            // Callers of a face are told less than whoever starts the hub.
            Error::Store(store) => store.into(),
            other => Self::new(other.to_string()),
        }
    }
}

/// An error with all its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
