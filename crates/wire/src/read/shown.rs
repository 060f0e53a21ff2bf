//! How a fault quotes the value that it complains about.

use serde_json::Value;

/// At most so many characters of a text are quoted.
const SHOWN: usize = 40;

/// The value as a message shows it: short, on one line, with texts in JSON quotes. Of arrays and
/// objects only the kind is told.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// A text in JSON quotes, cut after [`SHOWN`] characters.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    Value::String(short).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_wire_4() {
        let text = shown(&Value::String("ä".repeat(500)));
        assert_eq!(text, format!("\"{}…\"", "ä".repeat(40)));
    }

    #[test]
    fn control_characters_are_escaped_wire_4() {
        assert_eq!(quoted("a\r\nb\u{1b}"), r#""a\r\nb\u001b""#);
    }
}
