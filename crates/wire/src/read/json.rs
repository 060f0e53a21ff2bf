//! A JSON value as a body holds it. Texts and keys without escapes are not copied out of the body,
//! and an object is a list: of what integrations send, most keys stand in small objects.

use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};
use std::borrow::Cow;

/// Up to so many fields a walk is quicker than a search.
const FEW: usize = 8;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(Cow<'t, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Fields<'t>),
}

/// The fields of an object, each key once, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields<'t>(Vec<(Cow<'t, str>, Json<'t>)>);

impl<'t> Fields<'t> {
    /// The fields of these entries; of two with the same key the last counts (WIRE-2).
    pub(super) fn new(mut entries: Vec<(Cow<'t, str>, Json<'t>)>) -> Self {
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        Self(entries)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json<'t>> {
        if self.0.len() <= FEW {
            return self
                .0
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value);
        }
        let at = self
            .0
            .binary_search_by(|(name, _)| (**name).cmp(key))
            .ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'t>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }
}

impl<'t> Json<'t> {
    /// The value of a key, if this is an object that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.get(key),
            _ => None,
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same as a value of `serde_json`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Number(number) => Value::Number(number.clone()),
            Self::String(text) => Value::String(text.clone().into_owned()),
            Self::Array(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(fields) => fields
                .iter()
                .map(|(key, value)| (key.to_owned(), value.to_value()))
                .collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::tree::read(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(keys: &[&'static str]) -> Fields<'static> {
        let entry =
            |(at, key): (usize, &&'static str)| (Cow::Borrowed(*key), Json::Number(at.into()));
        Fields::new(keys.iter().enumerate().map(entry).collect())
    }

    #[test]
    fn of_equal_keys_the_last_counts_wire_2() {
        for keys in [
            &["b", "a", "b", "c", "b"][..],
            &["b", "k", "j", "i", "h", "g", "f", "e", "d", "c", "a", "b"],
        ] {
            let last = keys.len() - 1;
            assert_eq!(fields(keys).get("b"), Some(&Json::Number(last.into())));
            assert_eq!(fields(keys).get("x"), None);
            assert!(fields(keys).iter().is_sorted_by(|(a, _), (b, _)| a < b));
        }
    }
}
