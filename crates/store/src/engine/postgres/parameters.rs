//! The parameters of a database URL, or of `key=value` text, that are not the driver's.

use percent_encoding::percent_decode_str;
use std::ops::Range;

/// A parameter: its name, its value, and where it stands.
struct Parameter {
    name: String,
    value: String,
    place: Range<usize>,
}

/// The last value of each of some parameters, and the text without them. What cannot be read stays,
/// for the driver to refuse.
pub(super) fn take<const N: usize>(text: &str, names: &[&str; N]) -> ([Option<String>; N], String) {
    let parameters = match text.split_once("://") {
        Some(_) => of_url(text),
        None => of_words(text),
    };
    let mut values = [const { None }; N];
    let mut rest = String::new();
    let mut end = 0;
    for parameter in parameters {
        let wanted = names.iter().zip(&mut values);
        let mut wanted = wanted.filter(|(name, _)| **name == parameter.name);
        if let Some((_, value)) = wanted.next() {
            *value = Some(parameter.value);
            rest.push_str(text.get(end..parameter.place.start).unwrap_or_default());
            end = parameter.place.end;
        }
    }
    rest.push_str(text.get(end..).unwrap_or_default());
    (values, rest)
}

/// `?name=value&name=value` at the end of a URL, each with the `&` after it.
fn of_url(text: &str) -> Vec<Parameter> {
    // A password may have a question mark in it.
    let credentials = text.find('@').unwrap_or_default();
    let after = text.get(credentials..).unwrap_or_default();
    let Some(mut start) = after.find('?').map(|at| credentials + at + 1) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let pair = rest.split('&').next().unwrap_or_default();
        let end = (start + pair.len() + 1).min(text.len());
        if let Some((name, value)) = pair.split_once('=') {
            found.push(Parameter {
                name: unescaped(name),
                value: unescaped(value),
                place: start..end,
            });
        }
        start = end;
    }
    found
}

fn unescaped(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `name=value name = 'value'`, each with the blanks after it.
fn of_words(text: &str) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut start = text.len() - text.trim_start().len();
    while let Some((name, after)) = text.get(start..).and_then(|rest| rest.split_once('=')) {
        let (value, rest) = word(after.trim_start());
        let end = text.len() - rest.trim_start().len();
        found.push(Parameter {
            name: name.trim().to_owned(),
            value,
            place: start..end,
        });
        start = end;
    }
    found
}

/// The value that a text begins with, in quotes or not, and what comes after it.
fn word(text: &str) -> (String, &str) {
    let quoted = text.starts_with('\'');
    let mut characters = text.char_indices().skip(usize::from(quoted));
    let mut value = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, character)| character)),
            '\'' if quoted => return (value, text.get(at + 1..).unwrap_or_default()),
            blank if blank.is_whitespace() && !quoted => {
                return (value, text.get(at..).unwrap_or_default());
            }
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_the_rest_is_as_it_was() {
        for (text, values, rest) in [
            ("postgres://u@h/d", ["", ""], "postgres://u@h/d"),
            (
                "postgres://u@h/d?a=1&b=2&c=3",
                ["1", "3"],
                "postgres://u@h/d?b=2&",
            ),
            (
                "postgres://u@h/d?b=2&c=%2Fetc%2fx",
                ["", "/etc/x"],
                "postgres://u@h/d?b=2&",
            ),
            (
                "postgres://u:?a=1@h/d?c=100%",
                ["", "100%"],
                "postgres://u:?a=1@h/d?",
            ),
            ("postgres://h?a=1&a=2", ["2", ""], "postgres://h?"),
            ("host=h a=1 dbname=d", ["1", ""], "host=h dbname=d"),
            ("c = 'it\\'s' a=x\\ y host=h", ["x y", "it's"], "host=h"),
            (
                "password='a=1 c=2' host=h",
                ["", ""],
                "password='a=1 c=2' host=h",
            ),
            ("  a=1", ["1", ""], "  "),
            ("host=h a=", ["", ""], "host=h "),
            ("nonsense", ["", ""], "nonsense"),
            ("c='open", ["", "open"], ""),
        ] {
            let (found, left) = take(text, &["a", "c"]);
            let found = found.map(Option::unwrap_or_default);
            assert_eq!(
                (found, left.as_str()),
                (values.map(str::to_owned), rest),
                "{text}"
            );
        }
    }
}
