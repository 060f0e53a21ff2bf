//! A line of text in a form, as `field.html` shows it.

/// What is asked: name, label, hint, `autocomplete`, `inputmode`, width.
pub(crate) type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// A field as it is shown.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) autocomplete: &'static str,
    pub(crate) inputmode: &'static str,
    pub(crate) width: &'static str,
    pub(crate) value: String,
    pub(crate) error: String,
}

impl Field {
    pub(crate) fn new(line: Line, value: &str) -> Self {
        let (name, label, hint, autocomplete, inputmode, width) = line;
        Self {
            name,
            label,
            hint,
            autocomplete,
            inputmode,
            width,
            value: value.to_owned(),
            error: String::new(),
        }
    }

    /// The ids of what describes it.
    pub(crate) fn described_by(&self) -> String {
        let (hint, error) = (
            format!("{}-hint ", self.name),
            format!("{}-error", self.name),
        );
        let hint = if self.hint.is_empty() { "" } else { &hint };
        let error = if self.error.is_empty() { "" } else { &error };
        format!("{hint}{error}")
    }

    /// What is entered, if it passes a check; else what is wrong stands beside the field.
    pub(crate) fn checked<T>(
        &mut self,
        check: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        check(self.value.trim())
            .map_err(|why| why.clone_into(&mut self.error))
            .ok()
    }
}
