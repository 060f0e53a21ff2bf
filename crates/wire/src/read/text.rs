//! Texts: free ones, names and ids.

use super::json::Json;
use super::{Faults, FromJson, Node};
use serde_json::Number;

/// The most characters of an id.
pub const MAX_ID: usize = 255;
/// The most characters of a name.
pub const MAX_NAME: usize = 255;
/// The most characters of a free text.
pub const MAX_TEXT: usize = 10_000;

/// Free text of at most [`MAX_TEXT`] characters. A number counts as its decimal text (WIRE-2).
impl FromJson for String {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        text_up_to(MAX_TEXT)(node, faults)
    }
}

/// A reader of text of at most `most` characters.
pub fn text_up_to(most: usize) -> impl Fn(&Node<'_>, &mut Faults) -> Option<String> {
    move |node, faults| {
        let text = match node.value() {
            Json::String(text) => text.clone().into_owned(),
            Json::Number(number) => match decimal(number) {
                Some(text) => text,
                None => return node.must_be("a text or an exact number", faults),
            },
            _ => return node.must_be("a text", faults),
        };
        // No text has more characters than bytes, so most need no count.
        if text.len() > most && text.chars().count() > most {
            let count = text.chars().count();
            return node.fault(
                faults,
                format_args!("must have at most {most} characters, not {count}"),
            );
        }
        Some(text)
    }
}

/// Reads an id: not blank, at most [`MAX_ID`] characters, kept as it is; a number counts as its
/// digits (WIRE-2).
pub fn id(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    not_blank(MAX_ID, node, faults)
}

/// Reads a name: not blank, at most [`MAX_NAME`] characters, kept as it is.
pub fn name(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    not_blank(MAX_NAME, node, faults)
}

fn not_blank(most: usize, node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = text_up_to(most)(node, faults)?;
    if text.trim().is_empty() {
        return node.fault(faults, "must not be blank");
    }
    Some(text)
}

/// A number as decimal text; `None` if it was rounded when it was parsed, and so is not the number
/// that was sent.
fn decimal(number: &Number) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    let float = number.as_f64()?;
    // Display writes no exponent and no needless fraction: 1.5e3 is "1500".
    (float.abs() < EXACT).then(|| float.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read, read_with};

    fn id_of(body: &str) -> Result<String, String> {
        read_with(body.as_bytes(), id).map_err(|faults| describe(&faults))
    }

    #[test]
    fn a_number_is_its_decimal_text_where_a_text_is_declared_wire_2() {
        for (body, text) in [
            ("12384", "12384"),
            ("-7", "-7"),
            ("18446744073709551615", "18446744073709551615"),
            ("12.5", "12.5"),
            ("1.5e3", "1500"),
        ] {
            assert_eq!(id_of(body).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_number_that_was_rounded_is_no_id_wire_2() {
        assert_eq!(
            id_of("1000000000000000000000000000001").unwrap_err(),
            "body: must be a text or an exact number, not 1e+30"
        );
    }

    #[test]
    fn a_boolean_is_no_text_wire_2() {
        assert_eq!(id_of("true").unwrap_err(), "body: must be a text, not true");
    }

    #[test]
    fn line_breaks_stay_as_they_are_wire_2() {
        assert_eq!(read::<String>(br#""a\r\nb""#).as_deref(), Ok("a\r\nb"));
    }

    #[test]
    fn a_text_that_is_too_long_is_a_fault_and_is_not_cut_wire_4() {
        assert_eq!(
            id_of(&format!("{:?}", "é".repeat(255)))
                .unwrap()
                .chars()
                .count(),
            255
        );
        assert_eq!(
            id_of(&format!("{:?}", "é".repeat(256))).unwrap_err(),
            "body: must have at most 255 characters, not 256"
        );
        assert!(read::<String>(format!("{:?}", "x".repeat(10_000)).as_bytes()).is_ok());
        assert!(read::<String>(format!("{:?}", "x".repeat(10_001)).as_bytes()).is_err());
    }
}
