//! `slotbridge serve`: the first start, and those after it.

use crate::support::{Place, run, slotbridge};
use slotbridge_domain::keys::KeyKind;
use std::os::unix::fs::PermissionsExt;

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_first_start_makes_the_keys_and_lets_the_operator_in() {
    let place = Place::new();
    let server = place.start(&[]);
    let token = place.token();
    assert_eq!(KeyKind::Operator.check(&token), Ok(()));
    assert_eq!(mode(&place.folder().join("operator-token")), 0o600);
    let key = place.folder().join("master-key");
    assert_eq!(key.exists(), place.is_embedded());
    if place.is_embedded() {
        assert_eq!(mode(&key), 0o600);
    }
    assert_eq!(
        server.call("GET", "/admin-api/v1/practices", &token, "").0,
        200
    );
    let other = KeyKind::Operator.write([7; 20]);
    assert_eq!(
        server.call("GET", "/admin-api/v1/practices", &other, "").0,
        401
    );
    server.stop();
}

#[test]
fn a_later_start_finds_what_was_stored_and_makes_no_other_token() {
    let place = Place::new();
    let server = place.start(&[]);
    let create = [
        "practices",
        "create",
        "--name",
        "Ours",
        "--timezone",
        "Australia/Perth",
    ];
    place.admin(&server, &create).good();
    let token = place.token();
    server.stop();
    let server = place.start(&[]);
    assert_eq!(place.token(), token);
    assert!(
        place
            .admin(&server, &["practices", "list"])
            .good()
            .contains("Ours")
    );
    let tokens = place
        .admin(&server, &["--json", "operator-tokens", "list"])
        .json();
    assert_eq!(tokens["data"].as_array().unwrap().len(), 1);
    // The operator keeps the token elsewhere: no second one is left lying about.
    std::fs::remove_file(place.folder().join("operator-token")).unwrap();
    server.stop();
    let server = place.start(&[]);
    assert!(!place.folder().join("operator-token").exists());
    assert_eq!(
        server.call("GET", "/admin-api/v1/practices", &token, "").0,
        200
    );
    server.stop();
}

#[test]
fn a_token_in_the_settings_is_live_and_none_is_written() {
    let place = Place::new();
    let token = run(&mut slotbridge(&["keygen", "operator-token"])).good();
    let mut command = place.serve(&[]);
    command.env("SLOTBRIDGE_OPERATOR_TOKEN", token.trim());
    let mut process = crate::support::Process::start(&mut command);
    let url = process.wait_for("Listening on");
    process.wait_for("Operator token");
    assert!(!place.folder().join("operator-token").exists());
    let mut list = slotbridge(&["admin", "--url", &url, "practices", "list"]);
    run(list.env("SLOTBRIDGE_OPERATOR_TOKEN", token.trim())).good();
    process.signal("INT");
    assert_eq!(process.wait().0, Some(0));
}

#[test]
fn a_revoked_token_in_the_file_does_not_come_back_to_life() {
    let place = Place::new();
    let server = place.start(&[]);
    let made = place
        .admin(&server, &["--json", "operator-tokens", "create", "Anna"])
        .json();
    let anna = made["token"].as_str().unwrap().to_owned();
    let old = place.token();
    assert_eq!(
        server
            .call("DELETE", "/admin-api/v1/operatorTokens/1", &anna, "")
            .0,
        204
    );
    server.stop();
    let server = place.start(&[]);
    assert_eq!(
        server.call("GET", "/admin-api/v1/practices", &old, "").0,
        401
    );
    assert_eq!(
        server.call("GET", "/admin-api/v1/practices", &anna, "").0,
        200
    );
    assert!(server.stop().contains("was revoked"));
}

#[test]
fn logs_are_json_where_there_is_no_terminal() {
    let place = Place::new();
    let stderr = place.start(&[]).stop();
    assert!(stderr.lines().count() >= 2, "{stderr}");
    for line in stderr.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            entry["level"].is_string() && entry["message"].is_string(),
            "{line}"
        );
    }
}
