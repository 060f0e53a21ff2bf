//! Why no load could be made.

use std::io;
use std::path::Path;

/// Why no load could be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It would be wrong to; the text says what to do.
    #[error("{0}")]
    Refused(String),
    /// The hub cannot be reached, or refuses the set-up.
    #[error("{0}")]
    Hub(io::Error),
    /// The file with what was made.
    #[error("{path}: {source}")]
    State {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn state(path: &Path, source: io::Error) -> Self {
        let path = path.display().to_string();
        Self::State { path, source }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Hub(error)
    }
}
