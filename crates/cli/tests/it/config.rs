//! `slotbridge config`: what is in force, and where it comes from.

use crate::support::{run, slotbridge};
use serde_json::json;
use std::path::PathBuf;
use tempfile::TempDir;

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slotbridge.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_flag_counts_before_the_environment_before_the_file_before_the_default() {
    let text = "listen = \"127.0.0.1:3\"\nlog = \"warn\"\nhold_seconds = 60\n";
    let (_folder, path) = file(text);
    let mut command = slotbridge(&["config", "--json", "--listen", "127.0.0.1:1"]);
    command.env("SLOTBRIDGE_CONFIG", &path);
    command
        .env("SLOTBRIDGE_LISTEN", "127.0.0.1:2")
        .env("SLOTBRIDGE_LOG", "debug");
    let shown = run(&mut command).json();
    assert_eq!(
        shown["listen"],
        json!({"value": "127.0.0.1:1", "source": "flag"})
    );
    assert_eq!(
        shown["log"],
        json!({"value": "debug", "source": "environment"})
    );
    let from_file = json!({"value": 60, "source": "file", "file": path.to_str()});
    assert_eq!(shown["hold_seconds"], from_file);
    assert_eq!(
        shown["sandbox"],
        json!({"value": false, "source": "default"})
    );
    assert_eq!(
        shown["data_dir"],
        json!({"value": "./slotbridge-data", "source": "default"})
    );
}

#[test]
fn the_flag_config_counts_before_its_variable() {
    let (_one, flag) = file("log = \"warn\"");
    let (_two, variable) = file("log = \"error\"");
    let mut command = slotbridge(&["config", "--json", "--config", flag.to_str().unwrap()]);
    let shown = run(command.env("SLOTBRIDGE_CONFIG", variable)).json();
    assert_eq!(shown["log"]["value"], "warn");
}

#[test]
fn people_see_setting_value_and_source() {
    let mut command = slotbridge(&["config"]);
    let shown = run(command.env("SLOTBRIDGE_HOLD_SECONDS", "77")).good();
    let line = shown
        .lines()
        .find(|line| line.contains("hold_seconds"))
        .unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["hold_seconds", "77", "SLOTBRIDGE_HOLD_SECONDS"]);
    assert!(
        !shown.contains('\u{1b}'),
        "no colour where there is no terminal"
    );
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    let (_folder, path) = file("databse_url = \"postgres://u:secret@h/d\"\n");
    let told = run(&mut slotbridge(&[
        "config",
        "--config",
        path.to_str().unwrap(),
    ]))
    .bad(1);
    assert!(
        told.contains("there is no setting databse_url; did you mean database_url?"),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn secrets_are_hidden() {
    let token = run(&mut slotbridge(&["keygen", "operator-token"])).good();
    let key = run(&mut slotbridge(&["keygen", "master-key"])).good();
    for form in [&["config"][..], &["config", "--json"]] {
        let mut command = slotbridge(form);
        command.env(
            "SLOTBRIDGE_DATABASE_URL",
            "postgres://hub:pa55word@db/slots",
        );
        command.env("SLOTBRIDGE_MASTER_KEY", key.trim());
        command.env("SLOTBRIDGE_OPERATOR_TOKEN", token.trim());
        let shown = run(&mut command).good();
        assert!(shown.contains("postgres://hub:***@db/slots"), "{shown}");
        for secret in ["pa55word", key.trim(), token.trim()] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn the_template_changes_nothing() {
    let template = run(&mut slotbridge(&["config", "--template"])).good();
    let (_folder, path) = file(&template);
    let plain = run(&mut slotbridge(&["config", "--json"])).json();
    let with = ["config", "--json", "--config", path.to_str().unwrap()];
    let with = run(&mut slotbridge(&with)).json();
    for (name, shown) in plain.as_object().unwrap() {
        assert_eq!(with[name]["value"], shown["value"], "{name}");
    }
}

#[test]
fn a_wrong_value_is_told_by_where_it_stands() {
    let told = run(&mut slotbridge(&["config", "--listen", "8080"])).bad(2);
    assert!(
        told.contains("--listen must be an address and a port"),
        "{told}"
    );
    let told = run(slotbridge(&["config"]).env("SLOTBRIDGE_SANDBOX", "maybe")).bad(1);
    assert!(
        told.contains("SLOTBRIDGE_SANDBOX must be true or false, not \"maybe\""),
        "{told}"
    );
}
