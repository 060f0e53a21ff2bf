//! A bar on stderr for whoever waits at a terminal; elsewhere it draws nothing.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

const ROWS: &str = "{bar:40} {human_pos} of {human_len} rows, {eta} left";
const BYTES: &str = "{bar:40} {binary_bytes} of {binary_total_bytes}, {eta} left";
const ENDLESS: &str = "{spinner} {binary_bytes}, {binary_bytes_per_sec}";

/// Whether anybody looks on.
pub(crate) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A bar of rows.
pub(crate) fn rows() -> ProgressBar {
    styled(ProgressBar::new(0), ROWS)
}

/// A bar of the bytes of a file, or of a pipe that may end at any time.
pub(crate) fn bytes(length: Option<u64>) -> ProgressBar {
    match length {
        Some(length) => styled(ProgressBar::new(length), BYTES),
        None => styled(ProgressBar::new_spinner(), ENDLESS),
    }
}

/// Moves a bar of rows; not for every one of them.
pub(crate) fn show(bar: &ProgressBar, done: u64, all: u64) {
    const STEP: u64 = 512;
    if done.is_multiple_of(STEP) || done == all {
        bar.set_length(all);
        bar.set_position(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        for template in [ROWS, BYTES, ENDLESS] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
