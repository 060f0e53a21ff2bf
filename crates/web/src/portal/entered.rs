//! What staff enter, checked, with what is wrong for them to read.

use slotbridge_domain::patient;

/// The most characters of a name or an address.
const LONGEST: usize = 255;

/// A line of text; it may be empty.
pub(super) fn line(text: &str) -> Result<String, &'static str> {
    patient::text(text.trim(), LONGEST)
}

/// A name.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    match line(text)? {
        name if name.is_empty() => Err("Enter a name."),
        name => Ok(name),
    }
}
