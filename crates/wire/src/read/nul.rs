//! NUL characters: refused in any text of a body, known field or not (WIRE-4).

use super::json::Json;
use super::{Faults, Node};

/// Adds a fault for every text and every key with a NUL character.
pub(super) fn find(node: &Node<'_>, faults: &mut Faults) {
    match node.value() {
        Json::String(text) if text.contains('\0') => {
            node.fault::<()>(faults, "must not contain a NUL character");
        }
        Json::Object(map) if map.iter().any(|(key, _)| key.contains('\0')) => {
            node.fault::<()>(faults, "must not have a key with a NUL character");
        }
        _ => {}
    }
    node.for_each_child(|child| find(child, faults));
}

#[cfg(test)]
mod tests {
    use crate::read::{describe, read, read_parameter};
    use serde_json::{Value, json};

    #[test]
    fn a_nul_character_anywhere_is_a_fault_wire_4() {
        let body = br#"{"a": "x\u0000", "unknown": [{"deep": "\u0000"}], "k\u0000": 1}"#;
        let faults = read::<Value>(body).unwrap_err();
        assert_eq!(
            describe(&faults),
            "body: must not have a key with a NUL character; \
             a: must not contain a NUL character; \
             unknown[0].deep: must not contain a NUL character"
        );
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_no_nul_wire_4() {
        assert_eq!(
            read::<Value>(br#"{"a": "\\u0000"}"#),
            Ok(json!({"a": "\\u0000"}))
        );
    }

    #[test]
    fn a_nul_character_in_a_parameter_is_a_fault_wire_4() {
        let faults = read_parameter::<String>("id", "a\0b").unwrap_err();
        assert_eq!(describe(&faults), "id: must not contain a NUL character");
    }
}
