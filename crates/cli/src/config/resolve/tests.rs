use super::*;
use std::io::Write;

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn with(flags: &Flags, environment: &[(&str, &str)], text: &str) -> Result<Resolved, Failure> {
    let file = file(text);
    let flags = Flags {
        config: Some(file.path().to_owned()),
        ..flags.clone()
    };
    resolve_in(&flags, &|name| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or(VarError::NotPresent)
    })
}

fn fails(flags: &Flags, environment: &[(&str, &str)], text: &str) -> Failure {
    with(flags, environment, text)
        .err()
        .expect("it should not resolve")
}

#[test]
fn a_flag_counts_before_the_environment_before_the_file_before_the_default() {
    let flags = Flags {
        listen: Some("127.0.0.1:1".into()),
        ..Flags::default()
    };
    let environment = [
        ("SLOTBRIDGE_LISTEN", "127.0.0.1:2"),
        ("SLOTBRIDGE_LOG", "debug"),
    ];
    let text = "listen = \"127.0.0.1:3\"\nlog = \"trace\"\nhold_seconds = 77\n";
    let resolved = with(&flags, &environment, text).ok().unwrap();
    assert_eq!(resolved.settings.listen.port(), 1);
    assert_eq!(resolved.settings.log, "debug");
    assert_eq!(resolved.settings.hold_seconds, 77);
    assert_eq!(resolved.settings.postgres_connections, 8);
    assert_eq!(resolved.source("listen"), Source::Flag);
    assert_eq!(resolved.source("log"), Source::Environment);
    assert!(matches!(resolved.source("hold_seconds"), Source::File(_)));
    assert_eq!(resolved.source("postgres_connections"), Source::Default);
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let resolved = with(
        &Flags::default(),
        &[("SLOTBRIDGE_LOG", "")],
        "log = \"warn\"",
    );
    assert_eq!(resolved.ok().unwrap().settings.log, "warn");
}

#[test]
fn every_fault_is_told_at_once_by_the_name_it_was_given_under() {
    let environment = [
        ("SLOTBRIDGE_HOLD_SECONDS", "ten"),
        ("SLOTBRIDGE_MASTER_KEY", "se-cret"),
    ];
    let failure = fails(
        &Flags::default(),
        &environment,
        "sandbox = 1\ntrusted_proxies = [\"x\"]",
    );
    let text = failure.to_string();
    for part in [
        "SLOTBRIDGE_HOLD_SECONDS must be a whole number of seconds from 10 to 3600, not \"ten\"",
        "SLOTBRIDGE_MASTER_KEY must be 64 hexadecimal digits",
        "sandbox in ",
        "trusted_proxies in ",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("se-cret"), "{text}");
    assert_eq!(failure.code(), 1);
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    let flags = Flags {
        listen: Some("8080".into()),
        ..Flags::default()
    };
    let failure = fails(&flags, &[], "");
    assert_eq!(failure.code(), 2);
    assert!(
        failure
            .to_string()
            .starts_with("--listen must be an address and a port")
    );
}

#[test]
fn a_folder_by_flag_never_silently_means_postgresql() {
    let flags = Flags {
        data_dir: Some("x".into()),
        ..Flags::default()
    };
    let url = [("SLOTBRIDGE_DATABASE_URL", "postgres://h/d")];
    assert!(
        fails(&flags, &url, "")
            .to_string()
            .contains("--data-dir asks for the embedded")
    );
    let both = with(&Flags::default(), &url, "data_dir = \"x\"")
        .ok()
        .unwrap();
    assert!(both.settings.database_url.is_some());
    assert_eq!(both.settings.folder(), Some(PathBuf::from("x")));
}

#[test]
fn a_replica_of_the_embedded_store_is_refused() {
    let replica = [("SLOTBRIDGE_DATABASE_REPLICA_URL", "postgres://h2/d")];
    let refused = fails(&Flags::default(), &replica, "").to_string();
    assert!(
        refused.contains("name the primary in database_url"),
        "{refused}"
    );
    let text = "database_url = \"postgres://h/d\"";
    let both = with(&Flags::default(), &replica, text).ok().unwrap();
    let url = both.settings.database_replica_url;
    assert_eq!(url.as_deref(), Some("postgres://h2/d"));
}

#[test]
fn of_key_and_key_file_the_stronger_source_counts() {
    let key = "ab".repeat(32);
    let environment = [("SLOTBRIDGE_MASTER_KEY_FILE", "k")];
    let text = format!("master_key = \"{key}\"");
    let resolved = with(&Flags::default(), &environment, &text).ok().unwrap();
    assert!(resolved.settings.master_key.is_none());
    assert_eq!(resolved.settings.master_key_file, Some(PathBuf::from("k")));
    let text = format!("{text}\nmaster_key_file = \"k\"");
    assert!(
        fails(&Flags::default(), &[], &text)
            .to_string()
            .contains("not both")
    );
}

#[test]
fn a_file_that_is_not_there_is_a_clear_error() {
    let flags = Flags {
        config: Some("/nowhere/slotbridge.toml".into()),
        ..Flags::default()
    };
    let failure = resolve_in(&flags, &|_| Err(VarError::NotPresent))
        .err()
        .unwrap();
    assert!(
        failure
            .to_string()
            .starts_with("the settings file /nowhere/slotbridge.toml cannot be read"),
        "{failure}"
    );
}
