//! A table of the settings file. Each key is taken once: what is left over is a slip.

use crate::config::nearest;
use crate::out::harmless;
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;
use toml::{Table, Value};

/// All that is wrong with a file.
pub(super) type Faults = RefCell<Vec<String>>;

/// A table that is being read.
pub(super) struct Section<'f> {
    table: Table,
    /// What stands before a key that is named.
    path: String,
    known: Vec<&'static str>,
    faults: &'f Faults,
}

impl<'f> Section<'f> {
    pub(super) fn new(table: Table, path: impl Into<String>, faults: &'f Faults) -> Self {
        Self {
            table,
            path: path.into(),
            known: Vec::new(),
            faults,
        }
    }

    /// Something is wrong with a key. A value is never told: it may be a secret.
    pub(super) fn fault(&self, key: &str, why: impl Display) {
        let fault = format!("{}{key}: {why}", self.path);
        self.faults.borrow_mut().push(harmless(&fault));
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    /// A text that may be left out.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text.trim().to_owned()),
            _ => {
                self.fault(key, "must be a text, in quotation marks");
                // Named already: it is not missing as well.
                None
            }
        }
    }

    /// A text that must be there; `what` says what to put in.
    pub(super) fn required(&mut self, key: &'static str, what: &str) -> Option<String> {
        if !self.table.contains_key(key) {
            self.known.push(key);
            self.fault(key, format_args!("is missing: {what}"));
            return None;
        }
        let text = self.text(key)?;
        if text.is_empty() {
            self.fault(key, format_args!("is empty: {what}"));
            return None;
        }
        Some(text)
    }

    /// A secret, in the file or in one of its own that `file` names; `what` says which it is.
    pub(super) fn secret(
        &mut self,
        key: &'static str,
        file: &'static str,
        folder: &Path,
        what: &str,
    ) -> Option<String> {
        let Some(path) = self.text(file) else {
            return self.required(key, &format!("{what}; or the path of a file as {file}"));
        };
        if self.take(key).is_some() {
            self.fault(
                file,
                format_args!("is there as well as {key}: take one out"),
            );
            return None;
        }
        let read = std::fs::read_to_string(folder.join(path));
        match read.map(|text| text.trim().to_owned()) {
            Ok(text) if text.is_empty() => {
                self.fault(file, format_args!("that file is empty: {what}"));
                None
            }
            Ok(text) => Some(text),
            Err(error) => {
                self.fault(file, format_args!("that file cannot be read: {error}"));
                None
            }
        }
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A whole number that may be left out.
    pub(super) fn number(&mut self, key: &'static str, within: RangeInclusive<i64>) -> Option<i64> {
        match self.take(key)? {
            Value::Integer(number) if within.contains(&number) => Some(number),
            _ => {
                let (from, to) = within.into_inner();
                self.fault(
                    key,
                    match to {
                        i64::MAX => format!("must be a whole number from {from} on"),
                        to => format!("must be a whole number from {from} to {to}"),
                    },
                );
                None
            }
        }
    }

    /// Yes or no; no if it is left out.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Boolean(yes)) => yes,
            Some(_) => {
                self.fault(key, "must be true or false");
                false
            }
        }
    }

    /// A list of texts that may be left out.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let items = value.as_array().map(Vec::as_slice);
        let texts = items.and_then(|items| {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect()
        });
        if texts.is_none() {
            self.fault(key, "must be a list of texts");
        }
        texts
    }

    /// A table within this one that may be left out.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'f>> {
        match self.take(key)? {
            Value::Table(table) => Some(Section::new(
                table,
                format!("{}{key}.", self.path),
                self.faults,
            )),
            _ => {
                self.fault(key, "must be a table");
                None
            }
        }
    }

    /// A table of a list in this one.
    pub(super) fn inner(&self, table: Table, path: String) -> Section<'f> {
        Section::new(table, path, self.faults)
    }

    /// A list of tables; empty if it is left out.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Table> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let items = value.as_array().map(Vec::as_slice);
        let tables = items.and_then(|items| {
            let tables = items.iter().map(|item| item.as_table().cloned());
            tables.collect::<Option<Vec<Table>>>()
        });
        tables.unwrap_or_else(|| {
            self.fault(key, format_args!("must be tables: [[{key}]]"));
            Vec::new()
        })
    }

    /// Names each key that nobody took.
    pub(super) fn finish(self) {
        for (key, _) in &self.table {
            let meant = nearest(key, self.known.iter().copied()).unwrap_or_default();
            self.fault(
                key,
                format_args!("there is no such key; did you mean {meant}?"),
            );
        }
    }
}
