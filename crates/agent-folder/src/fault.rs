//! What can be wrong with a file. Whoever mends it is told where; what stands there is never said, since
//! it may be a patient's.

use slotbridge_agent::adapter::Trouble;
use std::io;

/// Why a file cannot be used as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// It is not there, or not at the moment.
    #[error("{0}: there is no such file")]
    Missing(&'static str),
    /// The operating system does not let it be read.
    #[error("{0}: cannot be read: {1}")]
    Unreadable(&'static str, String),
    /// The operating system does not let it be written.
    #[error("{0}: cannot be written: {1}")]
    Unwritable(&'static str, String),
    /// It is wrong as a whole.
    #[error("{0}: {1}")]
    File(&'static str, String),
    /// A line of it is wrong; lines count from 1, the header's.
    #[error("{0}:{1}: {2}")]
    Line(&'static str, usize, String),
    /// A cell of it is wrong: file, line, column, why.
    #[error("{0}:{1}: {2}: {3}")]
    Cell(&'static str, usize, String, String),
}

impl Fault {
    /// A file that the operating system does not let be read.
    pub(crate) fn reading(file: &'static str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(file),
            _ => Self::Unreadable(file, error.to_string()),
        }
    }
}

/// All of it may be mended, or written to its end, before the next look.
impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Later(fault.to_string())
    }
}
