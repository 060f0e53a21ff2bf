//! How a fault quotes the value that it complains about.

use super::json::Json;

/// At most so many characters of a text are quoted.
const SHOWN: usize = 40;

/// The value as a message shows it: short, on one line, with texts in JSON quotes. Of arrays and
/// objects only the kind is told.
pub(super) fn shown(value: &Json<'_>) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}

/// A text in JSON quotes, cut after [`SHOWN`] characters.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    serde_json::Value::String(short).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_wire_4() {
        let text = shown(&Json::String("ä".repeat(500).into()));
        assert_eq!(text, format!("\"{}…\"", "ä".repeat(40)));
    }

    #[test]
    fn control_characters_are_escaped_wire_4() {
        assert_eq!(quoted("a\r\nb\u{1b}"), r#""a\r\nb\u001b""#);
    }
}
