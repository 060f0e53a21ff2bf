//! A panic is told by its place alone: its text may quote what a caller sent.

use std::panic::PanicHookInfo;

pub(super) fn tell(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    tracing::error!(location, "panicked");
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
        std::panic::set_hook(Box::new(tell));
        tracing::subscriber::with_default(logs.finish(), || {
            let name = String::from("Nguyen");
            let ended = std::panic::catch_unwind(|| panic!("{name} is no number"));
            assert!(ended.is_err());
        });
        std::panic::set_hook(before);
        let told = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(told.contains("panics.rs"), "{told}");
        assert!(!told.contains("Nguyen"), "{told}");
    }
}
