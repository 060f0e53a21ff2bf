//! A JSON value together with where it stands.

use super::json::Json;
use super::{Fault, Faults, FromJson, Object, shown};
use std::fmt::Display;

/// The most items that an array may have if its reader sets no bound of its own.
pub const MAX_ITEMS: usize = 100_000;

/// A JSON value and its place in the body. The path is put together only when a fault needs it.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    value: &'a Json<'a>,
    place: Place<'a>,
}

/// Where a value stands: a chain of stack frames up to the root.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Root(&'a str),
    /// The body had no bytes; the value stands in for it.
    EmptyBody,
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn write(&self, path: &mut String) {
        match *self {
            Self::Root(name) => path.push_str(name),
            Self::EmptyBody => path.push_str("body"),
            Self::Key(parent, key) => {
                if !parent.is_root() {
                    parent.write(path);
                    path.push('.');
                }
                path.push_str(&plain(key));
            }
            Self::Index(parent, index) => {
                if !parent.is_root() {
                    parent.write(path);
                }
                path.push_str(&format!("[{index}]"));
            }
        }
    }

    const fn is_root(&self) -> bool {
        matches!(self, Self::Root(_) | Self::EmptyBody)
    }
}

/// A key as it stands in a path: as it is when it looks like a name, else quoted and cut.
fn plain(key: &str) -> String {
    let like_a_name = !key.is_empty()
        && key.len() <= 64
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if like_a_name {
        key.to_owned()
    } else {
        shown::quoted(key)
    }
}

impl<'a> Node<'a> {
    /// A value that stands in nothing else; `name` is what its path is called.
    #[must_use]
    pub const fn root(value: &'a Json<'a>, name: &'a str) -> Self {
        Self {
            value,
            place: Place::Root(name),
        }
    }

    /// What stands in for a body without bytes.
    pub(super) const fn empty_body(value: &'a Json<'a>) -> Self {
        Self {
            value,
            place: Place::EmptyBody,
        }
    }

    /// The value under a key of this object. It need not be in the object: faults of what is
    /// missing have a path too.
    pub(crate) const fn key(&'a self, key: &'a str, value: &'a Json<'a>) -> Self {
        Self {
            value,
            place: Place::Key(&self.place, key),
        }
    }

    /// An item of this array.
    const fn index(&'a self, index: usize, value: &'a Json<'a>) -> Self {
        Self {
            value,
            place: Place::Index(&self.place, index),
        }
    }

    /// The value itself.
    #[must_use]
    pub const fn value(&self) -> &'a Json<'a> {
        self.value
    }

    /// Where the value stands, e.g. `availability[2].slotLength`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        self.place.write(&mut path);
        path
    }

    /// Adds a fault of this value; `None`, so that a reader can end with it.
    pub fn fault<T>(&self, faults: &mut Faults, message: impl Display) -> Option<T> {
        faults.add(|| Fault {
            path: self.path(),
            message: message.to_string(),
        });
        None
    }

    /// Adds the fault "must be `what`, not ...", which quotes the value.
    pub fn must_be<T>(&self, what: impl Display, faults: &mut Faults) -> Option<T> {
        self.fault(faults, format_args!("must be {what}, not {}", self.shown()))
    }

    /// The value as a message shows it: shortened, texts in JSON quotes.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.place {
            Place::EmptyBody => "empty".to_owned(),
            _ => shown::shown(self.value),
        }
    }

    /// The value as an object whose fields can be read.
    pub fn object<'o>(&'o self, faults: &'o mut Faults) -> Option<Object<'o>> {
        match self.value {
            Json::Object(map) => Some(Object::new(self, map, faults)),
            _ => self.must_be("an object", faults),
        }
    }

    /// The items of an array of at most `most`.
    pub fn items(&'a self, most: usize, faults: &mut Faults) -> Option<Vec<Self>> {
        match self.value {
            Json::Array(items) if items.len() <= most => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| self.index(i, item))
                    .collect(),
            ),
            Json::Array(items) => self.fault(
                faults,
                format_args!("must have at most {most} items, not {}", items.len()),
            ),
            _ => self.must_be("an array", faults),
        }
    }

    /// Calls `visit` with each child of an array or object.
    pub(super) fn for_each_child(&self, mut visit: impl FnMut(&Node<'_>)) {
        match self.value {
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    visit(&self.index(index, item));
                }
            }
            Json::Object(map) => {
                for (key, value) in map.iter() {
                    visit(&self.key(key, value));
                }
            }
            _ => {}
        }
    }
}

/// A reader of arrays of at most `most` items; each item is read, whatever is wrong with the ones
/// before it.
pub fn array_of<T>(
    most: usize,
    item: impl Fn(&Node<'_>, &mut Faults) -> Option<T>,
) -> impl Fn(&Node<'_>, &mut Faults) -> Option<Vec<T>> {
    move |node, faults| {
        let items = node.items(most, faults)?;
        let read: Vec<Option<T>> = items.iter().map(|node| item(node, faults)).collect();
        read.into_iter().collect()
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        array_of(MAX_ITEMS, T::from_json)(node, faults)
    }
}

/// The JSON as it is.
impl FromJson for serde_json::Value {
    fn from_json(node: &Node<'_>, _: &mut Faults) -> Option<Self> {
        Some(node.value.to_value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{read, read_with};

    #[test]
    fn a_path_names_keys_and_indexes_wire_4() {
        let body = json_value();
        let root = Node::root(&body, "body");
        let list = root.key("availability", &body);
        let item = list.index(2, &body);
        assert_eq!(
            item.key("slotLength", &body).path(),
            "availability[2].slotLength"
        );
        assert_eq!(
            item.key("two words\n", &body).path(),
            r#"availability[2]."two words\n""#
        );
        assert_eq!(root.index(3, &body).key("id", &body).path(), "[3].id");
        assert_eq!(root.path(), "body");
    }

    fn json_value() -> Json<'static> {
        Json::Bool(true)
    }

    #[test]
    fn a_list_that_is_too_long_is_refused_wire_4() {
        let faults = read_with(b"[1,2,3]", array_of(2, i64::from_json)).unwrap_err();
        assert_eq!(
            faults[0].to_string(),
            "body: must have at most 2 items, not 3"
        );
    }

    #[test]
    fn something_else_than_an_array_is_named_wire_4() {
        let text = |body: &[u8]| read::<Vec<i64>>(body).unwrap_err()[0].to_string();
        assert_eq!(text(b"{}"), "body: must be an array, not an object");
        assert_eq!(text(b"7"), "body: must be an array, not 7");
        assert_eq!(text(b" \r\n"), "body: must be an array, not empty");
    }
}
