//! What staff and operators enter, checked, with what is wrong for them to read.

use slotbridge_domain::patient;

/// The most characters of a name or an address.
const LONGEST: usize = 255;

/// A line of text; it may be empty.
pub(crate) fn line(text: &str) -> Result<String, &'static str> {
    patient::text(text.trim(), LONGEST)
}

/// A name.
pub(crate) fn name(text: &str) -> Result<String, &'static str> {
    match line(text)? {
        name if name.is_empty() => Err("Enter a name."),
        name => Ok(name),
    }
}

/// What may be left out, checked if it is there.
pub(crate) fn optional(
    check: impl FnOnce(&str) -> Result<String, &'static str>,
) -> impl FnOnce(&str) -> Result<Option<String>, &'static str> {
    |text| match text {
        "" => Ok(None),
        text => check(text).map(Some),
    }
}
