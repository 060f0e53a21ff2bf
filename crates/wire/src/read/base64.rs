//! A large base64 text in a body: taken out of it and decoded before anything else is read, so that
//! it is in memory once as text and once as bytes, whatever escapes it holds.
//!
//! Clients write base64 into JSON in many ways: with `\/` (PHP), `\u002B` (.NET), line breaks (MIME),
//! with and without padding. All of them are read (WIRE-2).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::ops::Range;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// How many bytes more than it needs a decoded content has room for, so that it can be sealed in
/// place.
const SPARE: usize = 64;

/// The text is no base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotBase64;

impl std::fmt::Display for NotBase64 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("must be base64")
    }
}

/// Decodes base64; white space in it counts for nothing.
///
/// # Errors
/// It is none.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, NotBase64> {
    let mut text = text.as_bytes().to_vec();
    decode(&mut text)
}

/// Takes the text of a key at the top of a JSON object out of the body, decoded: blanks are left in
/// its place, and the rest can be read as ever. `None`: there is no text under that key, or the body
/// is no such object; reading it tells why. Of equal keys the last counts.
pub fn take_base64(body: &mut [u8], key: &str) -> Option<Result<Vec<u8>, NotBase64>> {
    let span = Scan { body, at: 0 }.find(key)?;
    let text = body.get_mut(span)?;
    let decoded = decode(text);
    text.fill(b' ');
    Some(decoded)
}

/// Decodes in place, as far as escapes and blanks go, and then into bytes of its own.
fn decode(text: &mut [u8]) -> Result<Vec<u8>, NotBase64> {
    let (mut from, mut to) = (0, 0);
    while let Some(byte) = text.get(from).copied() {
        let (byte, taken) = match byte {
            b'\\' => unescape(text.get(from + 1..).unwrap_or_default()).ok_or(NotBase64)?,
            byte => (byte, 1),
        };
        from += taken;
        if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            *text.get_mut(to).ok_or(NotBase64)? = byte;
            to += 1;
        }
    }
    let plain = text.get(..to).ok_or(NotBase64)?;
    let mut bytes = Vec::with_capacity(plain.len() / 4 * 3 + SPARE);
    ENGINE
        .decode_vec(plain, &mut bytes)
        .map_err(|_| NotBase64)?;
    Ok(bytes)
}

/// The character of an escape, and how many bytes the whole took. `None` if it is no character that
/// base64 has, nor white space.
fn unescape(rest: &[u8]) -> Option<(u8, usize)> {
    match rest {
        [b'/', ..] => Some((b'/', 2)),
        [b'n' | b'r' | b't', ..] => Some((b' ', 2)),
        [b'u', b'0', b'0', high, low, ..] => {
            let digits = [*high, *low];
            let digits = std::str::from_utf8(&digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, 6))
        }
        _ => None,
    }
}

/// A walk through the top of a JSON object. Where the text is no JSON it gives up: the reader that
/// comes after says what is wrong.
struct Scan<'b> {
    body: &'b [u8],
    at: usize,
}

impl Scan<'_> {
    /// Where the last text under a key stands, without its quotes.
    fn find(mut self, key: &str) -> Option<Range<usize>> {
        if self.body.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        let mut found = None;
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            return None;
        }
        loop {
            let name = self.text()?;
            self.expect(b':')?;
            let value = self.value()?;
            if self.is(&name, key) {
                found = value;
            }
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => return found,
                _ => return None,
            }
        }
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.body.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// A text; where it stands, without its quotes.
    fn text(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            match *self.body.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let text = start..self.at;
        self.at += 1;
        Some(text)
    }

    /// Any value; where it stands, if it is a text.
    fn value(&mut self) -> Option<Option<Range<usize>>> {
        if self.peek()? == b'"' {
            return self.text().map(Some);
        }
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.text()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b'}' if depth == 0 => return Some(None),
                _ => self.at += 1,
            }
        }
    }

    /// Whether a text is that key, escapes and all.
    fn is(&self, text: &Range<usize>, key: &str) -> bool {
        let bytes = self.body.get(text.clone()).unwrap_or_default();
        if !bytes.contains(&b'\\') {
            return bytes == key.as_bytes();
        }
        let quoted = self.body.get(text.start - 1..=text.end).unwrap_or_default();
        serde_json::from_slice::<String>(quoted).is_ok_and(|text| text == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn take(body: &str) -> (Option<Result<Vec<u8>, NotBase64>>, String) {
        let mut bytes = body.as_bytes().to_vec();
        let taken = take_base64(&mut bytes, "content");
        (taken, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn base64_is_read_however_json_writes_it_wire_2() {
        let bytes = b"\xfb\xff\xfe and a word".to_vec();
        for text in [
            "+//+IGFuZCBhIHdvcmQ=",
            "+//+IGFuZCBhIHdvcmQ",
            r"+\/\/+IGFuZCBhIHdvcmQ=",
            r"\u002B\u002f\u002F\u002bIGFuZCBhIHdvcmQ\u003d",
            r"+//+IGFu\r\nZCBhIHdv\ncmQ=\n",
            " +//+ IGFuZCBhIHdvcmQ= ",
        ] {
            let (taken, rest) = take(&format!(r#"{{"a": 1, "content": "{text}", "b": "c"}}"#));
            assert_eq!(taken, Some(Ok(bytes.clone())), "{text}");
            let rest: Value = serde_json::from_str(&rest).unwrap();
            assert_eq!(rest["content"].as_str().unwrap().trim(), "");
            assert_eq!((&rest["a"], &rest["b"]), (&json!(1), &json!("c")));
        }
    }

    #[test]
    fn what_is_no_base64_is_said_to_be_none_doc_2() {
        for text in [
            "Zm9v!",
            "Zm9vYg===",
            "Z",
            r"\q",
            r"\u0000",
            r"\ud83d\ude00",
            "é",
        ] {
            let (taken, _) = take(&format!(r#"{{"content": "{text}"}}"#));
            assert_eq!(taken, Some(Err(NotBase64)), "{text}");
        }
    }

    #[test]
    fn only_a_text_at_the_top_is_taken_and_the_last_of_equal_keys_wire_2() {
        let taken = |body: &str| take(body).0;
        for body in [
            "",
            "[]",
            "{",
            "{}",
            "null",
            r#"{"content": 1}"#,
            r#"{"content": null}"#,
            r#"{"a": {"content": "Zm9v"}}"#,
            r#"[{"content": "Zm9v"}]"#,
            r#"{"content": "Zm9v"#,
            r#"{"content" "Zm9v"}"#,
            r#"{"\"content": "Zm9v"}"#,
        ] {
            assert_eq!(taken(body), None, "{body}");
        }
        for body in [
            r#"{"content": "YQ==", "content": "Zm9v"}"#,
            r#"{"a": [{"content": "}"}, "]"], "\u0063ontent": "Zm9v"}"#,
            "\u{feff}{\"content\":\"Zm9v\"}",
        ] {
            assert_eq!(taken(body), Some(Ok(b"foo".to_vec())), "{body}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_nothing_but_the_text_is_changed_wire_4(body in "\\PC{0,40}", bytes: Vec<u8>) {
            take(&body);
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            let whole = json!({"a": body, "content": text, "z": [body, {"content": body}]});
            let (taken, rest) = take(&whole.to_string());
            prop_assert_eq!(taken, Some(Ok(bytes)));
            let mut rest: Value = serde_json::from_str(&rest).unwrap();
            rest["content"] = json!(text);
            prop_assert_eq!(rest, whole);
        }
    }
}
