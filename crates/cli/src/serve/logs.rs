//! Logs go to stderr: readable on a terminal, JSON otherwise.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How a log line is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Readable,
    /// For machines.
    Json,
}

impl Form {
    /// What fits where stderr goes.
    pub(crate) fn of_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Readable
        } else {
            Self::Json
        }
    }
}

/// Starts logging. The filter has been checked; a second call changes nothing.
pub(crate) fn start(filter: &str, form: Form) {
    let filter = EnvFilter::builder().parse_lossy(filter);
    let colour = std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|text| text.is_empty());
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour);
    let _ = match form {
        Form::Readable => logs.compact().try_init(),
        Form::Json => logs.json().flatten_event(true).try_init(),
    };
}
