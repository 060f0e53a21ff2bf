//! The TOML file.

use super::nearest::nearest;
use super::table::TABLE;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// The texts of a file's settings by name, or every fault in it.
pub(crate) fn read(path: &Path) -> Result<BTreeMap<String, String>, Vec<String>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| vec![format!("the settings file {shown} cannot be read: {error}")])?;
    parse(&text).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| format!("the settings file {shown}{fault}"))
            .collect()
    })
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, Vec<String>> {
    let table: Table = text.parse().map_err(|error| vec![syntax(text, &error)])?;
    let mut settings = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, value) in table {
        if TABLE.iter().all(|setting| setting.name != name) {
            let known = nearest(&name, TABLE.iter().map(|setting| setting.name));
            let meant = known.unwrap_or_default();
            faults.push(format!(
                ": there is no setting {name}; did you mean {meant}?"
            ));
            continue;
        }
        match plain(&value) {
            Some(text) => drop(settings.insert(name, text)),
            None => faults.push(format!(
                ": {name} must be a text, a number, true or false, or a list of texts"
            )),
        }
    }
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(faults)
    }
}

/// Where the file is no TOML. What stands there is not shown: it may be a secret.
pub(crate) fn syntax(text: &str, error: &toml::de::Error) -> String {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!(", line {line}: {}", error.message())
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(texts?.join(","))
        }
        Value::Datetime(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unknown_key_is_named_with_the_nearest_known_one() {
        let faults = parse("lisen = \"x\"\nhold_second = 1\nlog = \"info\"").unwrap_err();
        assert_eq!(
            faults,
            [
                ": there is no setting hold_second; did you mean hold_seconds?",
                ": there is no setting lisen; did you mean listen?",
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_toml_is_named_by_line_and_shows_no_value() {
        let faults = parse("log = \"info\"\nmaster_key = secret\n").unwrap_err();
        assert!(faults[0].starts_with(", line 2: "), "{faults:?}");
        assert!(!faults[0].contains("secret"), "{faults:?}");
    }

    #[test]
    fn plain_values_become_texts() {
        let read =
            parse("sandbox = true\nhold_seconds = 60\ntrusted_proxies = [\"::1\", \"10.0.0.1\"]");
        let read = read.unwrap();
        assert_eq!(read["sandbox"], "true");
        assert_eq!(read["hold_seconds"], "60");
        assert_eq!(read["trusted_proxies"], "::1,10.0.0.1");
        assert!(parse("[log]\nlevel = 1").unwrap_err()[0].starts_with(": log must be a text"));
    }
}
