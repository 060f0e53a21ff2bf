//! Reading the fields of an object.

use super::json::{Fields, Json};
use super::{Faults, FromJson, Node, id, name};
use crate::profile::Field;

/// An object whose fields are being read. Unknown fields are ignored (WIRE-2).
///
/// Read every field before giving up on any: the methods note what is wrong and go on.
#[derive(Debug)]
pub struct Object<'o> {
    node: &'o Node<'o>,
    map: &'o Fields<'o>,
    faults: &'o mut Faults,
}

impl<'o> Object<'o> {
    pub(super) const fn new(
        node: &'o Node<'o>,
        map: &'o Fields<'o>,
        faults: &'o mut Faults,
    ) -> Self {
        Self { node, map, faults }
    }

    /// A field that must be there. `None` comes with a fault.
    pub fn required<T: FromJson>(&mut self, key: &str) -> Option<T> {
        self.required_with(key, T::from_json)
    }

    /// A field that must be there, read by a function.
    pub fn required_with<T>(
        &mut self,
        key: &str,
        reader: impl FnOnce(&Node<'_>, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        match self.map.get(key) {
            Some(Json::Null) => self.fault(key, "is required, not null"),
            Some(value) => reader(&self.node.key(key, value), self.faults),
            None => self.fault(key, "is required"),
        }
    }

    /// A field that may be absent or `null`: `None` then. A `None` for what is there and wrong
    /// comes with a fault.
    pub fn optional<T: FromJson>(&mut self, key: &str) -> Option<T> {
        self.optional_with(key, T::from_json)
    }

    /// A field that may be absent or `null`, read by a function.
    pub fn optional_with<T>(
        &mut self,
        key: &str,
        reader: impl FnOnce(&Node<'_>, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        match self.map.get(key) {
            None | Some(Json::Null) => None,
            Some(value) => reader(&self.node.key(key, value), self.faults),
        }
    }

    /// An id that must be there and not be blank; a number is taken as its digits.
    pub fn required_id(&mut self, key: &str) -> Option<String> {
        self.required_with(key, id)
    }

    /// An id that may be absent; `null` and `""` are absent too (WIRE-2).
    pub fn optional_id(&mut self, key: &str) -> Option<String> {
        match self.map.get(key) {
            Some(Json::String(text)) if text.is_empty() => None,
            _ => self.optional_with(key, id),
        }
    }

    /// A name that must be there and not be blank.
    pub fn required_name(&mut self, key: &str) -> Option<String> {
        self.required_with(key, name)
    }

    /// A name that may be absent; `null` and a blank one are absent too.
    pub fn optional_name(&mut self, key: &str) -> Option<String> {
        match self.map.get(key) {
            Some(Json::String(text)) if text.trim().is_empty() => None,
            _ => self.optional_with(key, name),
        }
    }

    /// A field in which absent, `null` and a value mean three things.
    pub fn field<T: FromJson>(&mut self, key: &str) -> Field<T> {
        match self.map.get(key) {
            None => Field::Absent,
            Some(Json::Null) => Field::Null,
            Some(value) => T::from_json(&self.node.key(key, value), self.faults)
                .map_or(Field::Absent, Field::Value),
        }
    }

    /// Adds a fault of a field, present or not; `None`, so that a reader can end with it.
    pub fn fault<T>(&mut self, key: &str, message: impl std::fmt::Display) -> Option<T> {
        let value = self.map.get(key).unwrap_or(&Json::Null);
        self.node.key(key, value).fault(self.faults, message)
    }

    /// The fields that are not among the known ones, as they came; `null` is absent.
    #[must_use]
    pub fn more(&self, known: &[&str]) -> serde_json::Map<String, serde_json::Value> {
        self.map
            .iter()
            .filter(|(key, value)| !known.contains(key) && !matches!(value, Json::Null))
            .map(|(key, value)| (key.to_owned(), value.to_value()))
            .collect()
    }

    /// Whether the object has the field, be it `null`.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    #[derive(Debug, PartialEq)]
    struct Sample {
        id: String,
        other_id: Option<String>,
        count: Option<i64>,
        field: Field<i64>,
    }

    impl FromJson for Sample {
        fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
            let mut object = node.object(faults)?;
            let id = object.required_id("id");
            let other_id = object.optional_id("otherId");
            let count = object.optional("count");
            let field = object.field("field");
            Some(Self {
                id: id?,
                other_id,
                count,
                field,
            })
        }
    }

    fn texts(body: &str) -> Vec<String> {
        read::<Sample>(body.as_bytes())
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn null_absent_and_an_empty_id_are_all_absent_wire_2() {
        let absent = Sample {
            id: "7".into(),
            other_id: None,
            count: None,
            field: Field::Absent,
        };
        for body in [
            r#"{"id": "7"}"#,
            r#"{"id": "7", "otherId": null, "count": null}"#,
            r#"{"id": 7, "otherId": "", "unknown": [{}]}"#,
        ] {
            assert_eq!(
                read::<Sample>(body.as_bytes()).as_ref(),
                Ok(&absent),
                "{body}"
            );
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_holds_wire_2() {
        let read = read::<Sample>(br#"{"id": {}, "id": "b"}"#).unwrap();
        assert_eq!(read.id, "b");
    }

    #[test]
    fn absent_null_and_value_can_be_told_apart() {
        let field = |body: &str| read::<Sample>(body.as_bytes()).unwrap().field;
        assert_eq!(field(r#"{"id": "7"}"#), Field::Absent);
        assert_eq!(field(r#"{"id": "7", "field": null}"#), Field::Null);
        assert_eq!(field(r#"{"id": "7", "field": "12"}"#), Field::Value(12));
    }

    #[test]
    fn what_is_required_is_named_even_in_an_empty_body_wire_4() {
        assert_eq!(texts(""), ["id: is required"]);
        assert_eq!(texts(r#"{"id": null}"#), ["id: is required, not null"]);
        assert_eq!(texts(r#"{"id": " "}"#), [r#"id: must not be blank"#]);
        assert_eq!(
            texts(r#"{"otherId": [1], "count": {}, "field": true}"#),
            [
                "id: is required",
                "otherId: must be a text, not an array",
                "count: must be an integer, not an object",
                "field: must be an integer, not true",
            ]
        );
    }
}
