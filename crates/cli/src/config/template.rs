//! A settings file with every setting at its default, and what each does.

use super::Settings;
use super::table::TABLE;
use serde_json::Value;

const HEAD: &str = "\
# The settings of slotbridge, all at their defaults. Use it with `slotbridge serve --config FILE`
# or SLOTBRIDGE_CONFIG=FILE. A flag, and a variable SLOTBRIDGE_<NAME>, count before this file.
# Paths are relative to the folder in which slotbridge is started.
";

/// The file's text.
pub(crate) fn template() -> String {
    let defaults = Settings::default();
    let mut text = HEAD.to_owned();
    for setting in TABLE {
        text.push('\n');
        for line in setting.about.lines() {
            text.push_str(&format!("# {line}\n"));
        }
        let line = if setting.example.is_empty() {
            format!("{} = {}\n", setting.name, toml(&(setting.shown)(&defaults)))
        } else {
            format!("# {} = {:?}\n", setting.name, setting.example)
        };
        text.push_str(&line);
    }
    text
}

/// Texts, whole numbers, booleans and lists of texts are written the same in JSON and TOML.
fn toml(value: &Value) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;
    use crate::config::resolve::resolve_in;
    use std::env::VarError;
    use std::io::Write;

    fn resolved(text: &str) -> Settings {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let flags = Flags {
            config: Some(file.path().to_owned()),
            ..Flags::default()
        };
        resolve_in(&flags, &|_| Err(VarError::NotPresent))
            .ok()
            .unwrap()
            .settings
    }

    #[test]
    fn the_template_says_the_defaults() {
        assert!(resolved(&template()) == Settings::default());
    }

    #[test]
    fn the_template_explains_every_setting_in_lines_that_fit() {
        let text = template();
        for setting in TABLE {
            let lines = [
                format!("\n{} = ", setting.name),
                format!("\n# {} = ", setting.name),
            ];
            assert!(
                lines.iter().any(|line| text.contains(line)),
                "{}",
                setting.name
            );
        }
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    }
}
