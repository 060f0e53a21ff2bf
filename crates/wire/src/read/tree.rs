//! The JSON tree, bounded by the memory that it takes: a few bytes of text can stand for many
//! values, each a hundred times as large.

use super::json::{Fields, Json};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

/// The most memory that the tree of one body takes, in bytes.
const MOST: usize = 14 * 1024 * 1024;

// What the parts of a tree take, about, with the allocator's own.
const ALLOCATION: usize = 16;
/// How many places a list is begun with.
const FIRST_PLACES: usize = 4;

/// Why there is no tree.
pub(super) enum NoTree {
    /// It would take too much memory.
    TooLarge,
    /// The text is not JSON.
    Json(serde_json::Error),
}

/// Parses a text.
pub(super) fn parse(text: &str) -> Result<Json<'_>, NoTree> {
    let left = Cell::new(Some(MOST));
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = Part(&left).deserialize(&mut deserializer);
    let parsed = parsed.and_then(|value| deserializer.end().map(|()| value));
    match left.get() {
        None => Err(NoTree::TooLarge),
        Some(_) => parsed.map_err(NoTree::Json),
    }
}

/// Reads what somebody else parses, however large.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Json<'de>, D::Error> {
    Part(&Cell::new(Some(usize::MAX))).deserialize(deserializer)
}

/// A part of a tree, with the memory that is left; `None` once it was not enough.
#[derive(Clone, Copy)]
struct Part<'l>(&'l Cell<Option<usize>>);

impl Part<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().and_then(|left| left.checked_sub(bytes));
        self.0.set(left);
        left.map(drop).ok_or_else(|| E::custom("too large"))
    }

    fn text<'t, E: Error>(self, text: &str) -> Result<Cow<'t, str>, E> {
        self.take(text.len() + ALLOCATION)?;
        Ok(Cow::Owned(text.to_owned()))
    }

    /// Adds to a list, which grows as vectors do.
    fn add<T, E: Error>(self, list: &mut Vec<T>, item: T) -> Result<(), E> {
        if list.len() == list.capacity() {
            let more = list.len().max(FIRST_PLACES);
            self.take(more * size_of::<T>() + ALLOCATION)?;
            list.reserve_exact(more);
        }
        list.push(item);
        Ok(())
    }
}

/// A key of an object.
#[derive(Clone, Copy)]
struct Key<'l>(Part<'l>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        self.0.text(key)
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        self.text(value).map(Json::String)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            self.add(&mut list, item)?;
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(key) = entries.next_key_seed(Key(self))? {
            let value = entries.next_value_seed(self)?;
            self.add(&mut list, (key, value))?;
        }
        Ok(Json::Object(Fields::new(list)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn is_too_large(unit: &str, megabytes: usize) -> bool {
        let units = vec![unit; megabytes * 1024 * 1024 / (unit.len() + 1)];
        let text = format!("[{}]", units.join(","));
        match parse(&text) {
            Ok(_) => false,
            Err(NoTree::TooLarge) => true,
            Err(NoTree::Json(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn values_that_take_much_more_than_their_text_are_bounded_wire_5() {
        for unit in [
            "0", "[]", "{}", "{\"\":0}", "[[[0]]]", "null", "\"\"", "\"a\"",
        ] {
            assert!(is_too_large(unit, 10), "{unit}");
        }
        let keys: Vec<String> = (0..600_000).map(|n| format!("\"{n}\":0")).collect();
        let object = format!("{{{}}}", keys.join(","));
        assert!(matches!(parse(&object), Err(NoTree::TooLarge)));
    }

    #[test]
    fn what_integrations_send_fits_wire_3() {
        // The most appointment types of a snapshot, with every field.
        let kind = r#"{"pmsAppointmentTypeId": "G12345", "pmsResourceId": "12345",
            "pmsAppointmentTypeName": "General Appointment", "pmsAppointmentLength": "30"}"#;
        assert!(parse(&format!("[{}]", vec![kind; 20_000].join(","))).is_ok());
        // A hundred days of twelve hours with a range for every five minutes.
        let range = r#"{"start": "09:00", "end": "12:00", "slotLength": 1800}"#;
        let ranges = vec![range; 144].join(",");
        let day = format!(r#"{{"date": "2026-11-24", "availability": [{ranges}]}}"#);
        assert!(parse(&format!("[{}]", vec![day; 100].join(","))).is_ok());
        // Text is only what it is.
        assert!(!is_too_large(&format!("\"{}\"", "a".repeat(100_000)), 10));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads_wire_2(value in json()) {
            let text = value.to_string();
            let plain: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(parse(&text).ok().map(|json| json.to_value()), Some(plain));
        }
    }

    #[test]
    fn of_two_equal_keys_the_last_counts_wire_2() {
        let value = parse(r#"{"a": 1, "a": 2}"#).ok();
        assert_eq!(
            value.map(|json| json.to_value()),
            Some(serde_json::json!({"a": 2}))
        );
    }
}
