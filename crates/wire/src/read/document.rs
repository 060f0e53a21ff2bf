//! From the bytes of a body to a JSON value.

use super::json::{Fields, Json};
use super::tree::{self, NoTree};
use super::{Fault, Faults, Node, nul};

/// A body that is JSON; nothing is known yet about what it holds.
#[derive(Clone, Debug)]
pub struct Document<'t> {
    value: Json<'t>,
    /// The body had no bytes but blanks.
    empty: bool,
    /// The text has the escape of a NUL character somewhere.
    maybe_nul: bool,
}

impl<'t> Document<'t> {
    /// Parses a body: UTF-8, with or without a byte order mark. One without content stands for an
    /// object without keys (WIRE-2). Nesting is bounded, and so is the memory that its values take.
    ///
    /// # Errors
    /// Why it is not JSON, with line and column.
    pub fn parse(body: &'t [u8]) -> Result<Self, Fault> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text = std::str::from_utf8(body).map_err(|error| {
            Fault::of_body(format!(
                "is not UTF-8 text (at byte {})",
                error.valid_up_to()
            ))
        })?;
        if text.trim_ascii().is_empty() {
            return Ok(Self {
                value: Json::Object(Fields::default()),
                empty: true,
                maybe_nul: false,
            });
        }
        let value = tree::parse(text).map_err(|no_tree| match no_tree {
            NoTree::TooLarge => Fault::of_body("has more values than are read at once: send less"),
            NoTree::Json(error) => Fault::of_body(format!("is not valid JSON: {error}")),
        })?;
        Ok(Self {
            value,
            empty: false,
            maybe_nul: text.contains("\\u0000"),
        })
    }

    /// The whole as a node with the path `body`.
    #[must_use]
    pub const fn root(&self) -> Node<'_> {
        if self.empty {
            Node::empty_body(&self.value)
        } else {
            Node::root(&self.value, "body")
        }
    }

    /// Reads the whole.
    ///
    /// # Errors
    /// Every fault found.
    pub fn read_root<T>(
        &self,
        reader: impl FnOnce(&Node<'_>, &mut Faults) -> Option<T>,
    ) -> Result<T, Vec<Fault>> {
        self.read_node(&self.root(), reader)
    }

    /// Reads a part on its own, e.g. one element of a batch.
    pub(crate) fn read_node<T>(
        &self,
        node: &Node<'_>,
        reader: impl FnOnce(&Node<'_>, &mut Faults) -> Option<T>,
    ) -> Result<T, Vec<Fault>> {
        let mut faults = Faults::default();
        if self.maybe_nul {
            nul::find(node, &mut faults);
        }
        let read = reader(node, &mut faults);
        faults.or(read)
    }
}

#[cfg(test)]
mod tests {
    use crate::read::read;
    use serde_json::{Value, json};

    fn fault(body: &[u8]) -> String {
        let faults = read::<Value>(body).unwrap_err();
        assert_eq!(faults.len(), 1);
        faults[0].to_string()
    }

    #[test]
    fn malformed_json_is_one_fault_with_line_and_column_wire_4() {
        assert_eq!(
            fault(b"{\n \"a\": }"),
            "body: is not valid JSON: expected value at line 2 column 7"
        );
        assert!(fault(b"{\"a\": 1} x").contains("trailing characters at line 1 column 10"));
        assert!(fault(b"{\"a\": \"\x00\"}").contains("line 1"));
        assert!(fault(b"1e999").contains("number out of range"));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_one_fault_wire_4() {
        assert_eq!(
            fault(b"{\"a\": \"\xff\"}"),
            "body: is not UTF-8 text (at byte 7)"
        );
    }

    #[test]
    fn deep_nesting_is_a_fault_and_no_crash_wire_4() {
        let deep = "[".repeat(1_000_000);
        assert!(fault(deep.as_bytes()).contains("recursion limit exceeded"));
    }

    #[test]
    fn a_byte_order_mark_is_skipped_wire_2() {
        assert_eq!(
            read::<Value>(b"\xef\xbb\xbf{\"a\": 1}"),
            Ok(json!({"a": 1}))
        );
        assert_eq!(read::<Value>(b"\xef\xbb\xbf"), Ok(json!({})));
    }

    #[test]
    fn an_empty_body_is_an_object_without_keys_wire_2() {
        for body in [&b""[..], b" ", b"\r\n\t"] {
            assert_eq!(read::<Value>(body), Ok(json!({})));
        }
    }
}
