//! Logs go to stderr: readable on a terminal, JSON otherwise.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;
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

/// A panic is told by its place alone: its text may quote what a caller sent.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let place = place.unwrap_or_default();
    tracing::error!(place, "a mistake in the program ended what it was doing");
}

/// Starts logging, of panics too. The filter has been checked; a second call changes nothing.
pub(crate) fn start(filter: &str, form: Form) {
    std::panic::set_hook(Box::new(panicked));
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_told_by_its_place_and_not_by_what_it_says() {
        let lines = Lines::default();
        let writer = lines.clone();
        let logs = tracing_subscriber::fmt().with_writer(move || writer.clone());
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(panicked));
        tracing::subscriber::with_default(logs.finish(), || {
            let name = String::from("Nguyen");
            let ended = std::panic::catch_unwind(|| panic!("{name} is no number"));
            assert!(ended.is_err());
        });
        std::panic::set_hook(before);
        let told = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(told.contains("logs.rs"), "{told}");
        assert!(!told.contains("Nguyen"), "{told}");
    }
}
