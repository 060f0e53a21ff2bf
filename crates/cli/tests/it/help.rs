//! Help, version, completions, keys.

use crate::support::{run, slotbridge};
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::seal::MasterKey;

#[test]
fn help_shows_examples_and_exit_codes() {
    let shown = run(&mut slotbridge(&["--help"])).good();
    for part in [
        "Exit codes:",
        "Examples:",
        "demo",
        "serve",
        "admin",
        "config",
    ] {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    let shown = run(&mut slotbridge(&["admin", "consents", "grant", "--help"])).good();
    assert!(
        shown.contains("slotbridge admin consents grant 1 1"),
        "{shown}"
    );
}

#[test]
fn the_version_is_told() {
    let shown = run(&mut slotbridge(&["--version"])).good();
    assert_eq!(
        shown.trim(),
        concat!("slotbridge ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    for arguments in [&["serv"][..], &["serve", "--port", "1"], &["admin"], &[]] {
        run(&mut slotbridge(arguments)).bad(2);
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&mut slotbridge(&["completions", shell])).good();
        assert!(script.contains("practices"), "{shell}");
    }
}

#[test]
fn keys_are_made_whole_and_new() {
    let key = || run(&mut slotbridge(&["keygen", "master-key"])).good();
    assert!(MasterKey::from_hex(&key()).is_some());
    assert_ne!(key(), key());
    let token = run(&mut slotbridge(&["keygen", "operator-token"])).good();
    assert_eq!(KeyKind::Operator.check(token.trim()), Ok(()));
}

#[test]
fn the_document_of_every_api_is_printed() {
    for document in slotbridge_api::documents() {
        let printed = run(&mut slotbridge(&["openapi", document.name])).json();
        assert_eq!(printed, serde_json::to_value(&document.openapi).unwrap());
    }
    run(&mut slotbridge(&["openapi", "nothing"])).bad(2);
}
