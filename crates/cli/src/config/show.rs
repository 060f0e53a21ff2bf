//! The settings in force, as people and scripts read them.

use super::resolve::{Resolved, Source};
use super::table::{Setting, TABLE};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Map, Value, json};

fn text(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "(none)".to_owned(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn source(setting: &Setting, source: &Source) -> String {
    match source {
        Source::Default => "default".to_owned(),
        Source::File(path) => path.display().to_string(),
        Source::Environment => setting.variable(),
        Source::Flag => setting.flag(),
    }
}

/// A table: setting, value, source.
pub(crate) fn table(resolved: &Resolved) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["SETTING", "VALUE", "SOURCE"]);
    for setting in TABLE {
        table.add_row([
            setting.name.to_owned(),
            text(&(setting.shown)(&resolved.settings)),
            source(setting, &resolved.source(setting.name)),
        ]);
    }
    table
}

/// `{"<setting>": {"value": ..., "source": "default" | "file" | "environment" | "flag"}}`, and
/// the file's name where it is one.
pub(crate) fn json(resolved: &Resolved) -> Value {
    let one = |setting: &Setting| {
        let value = (setting.shown)(&resolved.settings);
        match resolved.source(setting.name) {
            Source::Default => json!({"value": value, "source": "default"}),
            Source::File(path) => {
                json!({"value": value, "source": "file", "file": path.to_string_lossy()})
            }
            Source::Environment => json!({"value": value, "source": "environment"}),
            Source::Flag => json!({"value": value, "source": "flag"}),
        }
    };
    Value::Object(
        TABLE
            .iter()
            .map(|s| (s.name.to_owned(), one(s)))
            .collect::<Map<_, _>>(),
    )
}
