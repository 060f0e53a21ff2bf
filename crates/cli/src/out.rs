//! What people read: lines, colours where they are wanted, and a sign of life while one waits.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Writes a line to stdout. A reader that went away is no reason to fail.
macro_rules! say {
    ($($text:tt)*) => { crate::out::line(std::format_args!($($text)*)) };
}
pub(crate) use say;

/// What [`say!`] does.
pub(crate) fn line(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Whether colour is wanted on stdout: a terminal, and `NO_COLOR` not set.
fn coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|text| !text.is_empty());
    std::io::stdout().is_terminal() && !refused
}

/// Colours a text, where colour is wanted.
fn paint(code: &str, text: &str) -> String {
    if coloured() {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Of something that holds.
pub(crate) fn good(text: &str) -> String {
    paint("32", text)
}

/// Of something that does not.
pub(crate) fn bad(text: &str) -> String {
    paint("1;31", text)
}

/// Of something to find again.
pub(crate) fn strong(text: &str) -> String {
    paint("1", text)
}

/// Of something by the way.
pub(crate) fn faint(text: &str) -> String {
    paint("2", text)
}

/// A text from elsewhere, with nothing in it that a terminal would obey.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// What this program was called as, for commands to copy.
pub(crate) fn program() -> String {
    let name = std::env::args_os()
        .next()
        .unwrap_or_else(|| "slotbridge".into());
    quoted(Path::new(&name))
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | ':');
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// How wide the terminal is, if stdout is one.
pub(crate) fn width() -> Option<u16> {
    std::io::stdout()
        .is_terminal()
        .then(terminal_size::terminal_size)?
        .map(|(width, _)| width.0)
}

/// An empty table as wide as the terminal, without lines.
pub(crate) fn table() -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if let Some(width) = width() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    table
}

/// A line on stderr that says how long one has waited; only on a terminal.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    /// Nothing is shown yet.
    pub(crate) fn new() -> Self {
        Self { shown: false }
    }

    /// Shows how far it is: `done` of `all` seconds.
    pub(crate) fn show(&mut self, what: &str, done: i64, all: i64) {
        const CELLS: i64 = 20;
        if !std::io::stderr().is_terminal() {
            return;
        }
        self.shown = true;
        let filled = (done * CELLS / all.max(1)).clamp(0, CELLS);
        let cells: String = (0..CELLS)
            .map(|cell| if cell < filled { '#' } else { '.' })
            .collect();
        let _ = write!(
            std::io::stderr(),
            "\r    [{cells}] {done:>2} of {all} s  {what}"
        );
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\u{1b}[2K");
        }
    }
}
