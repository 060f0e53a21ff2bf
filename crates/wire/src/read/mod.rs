//! A reader of JSON bodies that finds every fault, not the first alone (WIRE-2, WIRE-4).
//!
//! [`read()`] turns a body into a value of a type that implements [`FromJson`], or into the list of
//! all that is wrong with it. An implementation looks like this:
//!
//! ```
//! use slotbridge_wire::read::{self, Faults, FromJson, Node};
//!
//! struct Hold { practice_id: i64, note: Option<String> }
//!
//! impl FromJson for Hold {
//!     fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
//!         let mut object = node.object(faults)?;
//!         let practice_id = object.required_with("practiceId", read::integer(1..=90_000_000));
//!         let note = object.optional("note");
//!         // Only now, when every field has been looked at, may it give up.
//!         Some(Self { practice_id: practice_id?, note })
//!     }
//! }
//!
//! let hold: Hold = read::read(br#"{"practiceId": " 7 "}"#).unwrap();
//! assert_eq!(hold.practice_id, 7);
//! assert_eq!(hold.note, None);
//!
//! let faults = read::read::<Hold>(br#"{"practiceId": "ten", "note": true}"#).err().unwrap();
//! let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
//! assert_eq!(texts, [
//!     r#"practiceId: must be an integer, not "ten""#,
//!     "note: must be a text, not true",
//! ]);
//! ```

mod base64;
mod basic;
mod document;
mod fault;
mod json;
mod moment;
mod node;
mod nul;
mod object;
mod shown;
mod text;
mod tree;

pub use base64::{NotBase64, decode_base64, take_base64};
pub use basic::{integer, one_of};
pub use document::Document;
pub use fault::{Fault, Faults, describe};
pub use json::{Fields, Json};
pub use moment::{end_of_range, time_of_day, utc_period};
pub use node::{MAX_ITEMS, Node, array_of};
pub use object::Object;
pub use text::{MAX_ID, MAX_NAME, MAX_TEXT, id, name, text_up_to};

use std::borrow::Cow;

/// What can be read from JSON.
pub trait FromJson: Sized {
    /// Reads the value, or says in `faults` everything that is wrong with it.
    ///
    /// `None` goes with at least one fault. The reverse need not hold: a value that comes with a
    /// fault is thrown away by whoever began the reading.
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self>;
}

/// Reads a whole body. An empty one (or blanks only) counts as an object without keys, so that
/// required fields are named (WIRE-2).
///
/// # Errors
/// Every fault found, at most [`Faults::KEPT`] and one more that counts the rest.
pub fn read<T: FromJson>(body: &[u8]) -> Result<T, Vec<Fault>> {
    read_with(body, T::from_json)
}

/// [`read()`] by a function, for what is no type of its own.
///
/// # Errors
/// As [`read()`].
pub fn read_with<T>(
    body: &[u8],
    reader: impl FnOnce(&Node<'_>, &mut Faults) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let document = Document::parse(body).map_err(|fault| vec![fault])?;
    document.read_root(reader)
}

/// Reads a value that has been parsed already. `root` is what its path is called, e.g. `body`.
///
/// # Errors
/// As [`read()`].
pub fn read_value<T: FromJson>(value: &Json<'_>, root: &str) -> Result<T, Vec<Fault>> {
    let mut faults = Faults::default();
    let node = Node::root(value, root);
    nul::find(&node, &mut faults);
    let read = T::from_json(&node, &mut faults);
    faults.or(read)
}

/// Reads the text of a parameter (of a query, a path or a header) as if it stood in JSON; `name`
/// is what faults call it.
///
/// # Errors
/// As [`read()`].
pub fn read_parameter<T: FromJson>(name: &str, text: &str) -> Result<T, Vec<Fault>> {
    read_value(&Json::String(Cow::Borrowed(text)), name)
}

/// What [`deserialize_by_reading`] expands to.
pub(crate) fn deserialize<'de, T: FromJson, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = <Json<'_> as serde::Deserialize>::deserialize(deserializer)?;
    read_value(&value, "body").map_err(|faults| serde::de::Error::custom(describe(&faults)))
}

/// Gives types a `Deserialize` that goes through their [`FromJson`], so that there is one reader
/// per type.
macro_rules! deserialize_by_reading {
    ($($type:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::read::deserialize(deserializer)
            }
        }
    )+};
}

pub(crate) use deserialize_by_reading;
