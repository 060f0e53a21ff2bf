//! Integers, booleans and names out of a list.

use super::json::Json;
use super::{Faults, FromJson, Node};
use serde_json::Number;
use std::{num::IntErrorKind, ops::RangeInclusive};

/// How a value failed to be an integer.
enum NotInteger {
    /// It is none.
    Other,
    /// It is one, but does not fit or was rounded.
    TooLarge,
}

/// A reader of integers within bounds: numbers without a fraction, and numeric texts with or
/// without blanks around them (WIRE-2).
pub fn integer(bounds: RangeInclusive<i64>) -> impl Fn(&Node<'_>, &mut Faults) -> Option<i64> {
    move |node, faults| {
        let (least, most) = (bounds.start(), bounds.end());
        match exact_integer(node.value()) {
            Ok(integer) if bounds.contains(&integer) => Some(integer),
            Err(NotInteger::Other) => node.must_be("an integer", faults),
            Ok(_) | Err(NotInteger::TooLarge) => {
                node.must_be(format_args!("an integer from {least} to {most}"), faults)
            }
        }
    }
}

fn exact_integer(value: &Json<'_>) -> Result<i64, NotInteger> {
    match value {
        Json::Number(number) => from_number(number),
        Json::String(text) => text
            .trim()
            .parse()
            .map_err(|error: std::num::ParseIntError| match error.kind() {
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => NotInteger::TooLarge,
                _ => NotInteger::Other,
            }),
        _ => Err(NotInteger::Other),
    }
}

fn from_number(number: &Number) -> Result<i64, NotInteger> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: from here on, floats skip integers
    if let Some(integer) = number.as_i64() {
        return Ok(integer);
    }
    match number.as_f64() {
        Some(float) if float.abs() >= EXACT => Err(NotInteger::TooLarge),
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        Some(float) if float.fract() == 0.0 => Ok(float as i64),
        _ => Err(NotInteger::Other),
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl FromJson for $type {
            fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
                let read = integer(i64::from(Self::MIN)..=i64::from(Self::MAX))(node, faults)?;
                Self::try_from(read).ok()
            }
        }
    )+};
}

integers!(u8, u16, u32, i32, i64);

/// `true` and `false`, as such, as texts, or as 1 and 0 (WIRE-2).
impl FromJson for bool {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::Bool(truth) => Some(*truth),
            Json::String(text) if text == "true" || text == "1" => Some(true),
            Json::String(text) if text == "false" || text == "0" => Some(false),
            Json::Number(number) if number.as_i64() == Some(1) => Some(true),
            Json::Number(number) if number.as_i64() == Some(0) => Some(false),
            _ => node.must_be("true or false", faults),
        }
    }
}

/// A reader of one out of a list of names.
pub fn one_of<T: Copy>(names: &[(&str, T)]) -> impl Fn(&Node<'_>, &mut Faults) -> Option<T> {
    move |node, faults| {
        let text = node.value().as_str();
        if let Some((_, known)) = names.iter().find(|(name, _)| Some(*name) == text) {
            return Some(*known);
        }
        let list: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        node.must_be(format_args!("one of {}", list.join(", ")), faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read, read_with};

    fn fault<T: FromJson + std::fmt::Debug>(body: &str) -> String {
        describe(&read::<T>(body.as_bytes()).unwrap_err())
    }

    #[test]
    fn a_numeric_string_is_an_integer_wire_2() {
        for body in ["30", r#""30""#, r#"" 30 ""#, r#""+30""#, "30.0", "3e1"] {
            assert_eq!(read::<i64>(body.as_bytes()), Ok(30), "{body}");
        }
        assert_eq!(read::<i64>(br#""-9223372036854775808""#), Ok(i64::MIN));
    }

    #[test]
    fn what_is_no_integer_is_quoted_wire_4() {
        assert_eq!(
            fault::<i64>(r#""ten""#),
            r#"body: must be an integer, not "ten""#
        );
        assert_eq!(fault::<i64>("1.5"), "body: must be an integer, not 1.5");
        assert_eq!(fault::<i64>(r#""""#), r#"body: must be an integer, not """#);
        assert_eq!(fault::<i64>("false"), "body: must be an integer, not false");
    }

    #[test]
    fn an_integer_that_does_not_fit_is_a_fault_wire_4() {
        assert!(fault::<i64>("9223372036854775808").contains("from -9223372036854775808 to"));
        assert!(fault::<i64>(r#""99999999999999999999""#).contains("from -9223372036854775808 to"));
        assert!(fault::<i64>("9007199254740993.0").contains("must be an integer from"));
        assert_eq!(
            fault::<u8>("256"),
            "body: must be an integer from 0 to 255, not 256"
        );
        let faults = read_with(b"\"1441\"", integer(0..=1440)).unwrap_err();
        assert_eq!(
            describe(&faults),
            r#"body: must be an integer from 0 to 1440, not "1441""#
        );
    }

    #[test]
    fn a_boolean_may_be_a_text_or_a_digit_wire_2() {
        for body in ["true", r#""true""#, "1", r#""1""#] {
            assert_eq!(read::<bool>(body.as_bytes()), Ok(true), "{body}");
        }
        for body in ["false", r#""false""#, "0", r#""0""#] {
            assert_eq!(read::<bool>(body.as_bytes()), Ok(false), "{body}");
        }
        assert_eq!(
            fault::<bool>(r#""yes""#),
            r#"body: must be true or false, not "yes""#
        );
        assert_eq!(fault::<bool>("2"), "body: must be true or false, not 2");
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones_wire_4() {
        let reader = one_of(&[("Male", 1), ("Female", 2)]);
        let faults = read_with(br#""male""#, reader).unwrap_err();
        assert_eq!(
            describe(&faults),
            r#"body: must be one of Male, Female, not "male""#
        );
    }
}
