//! What can be wrong at the start is told in one line that says what to do.

use crate::support::{Ended, Place, Process, run, slotbridge};
use std::net::TcpListener;

/// The one line; log lines aside.
fn told(ended: Ended) -> String {
    let stderr = ended.bad(1);
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.starts_with('{'))
        .collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    lines[0].strip_prefix("slotbridge: ").unwrap().to_owned()
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let serve = || {
        let mut command = slotbridge(&["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(folder.path());
        command
    };
    let mut first = Process::start(&mut serve());
    first.wait_for("Listening on");
    let told = told(run(&mut serve()));
    assert!(
        told.starts_with("another slotbridge is running on the data folder "),
        "{told}"
    );
    assert!(told.contains("--data-dir"), "{told}");
    first.signal("TERM");
    assert_eq!(first.wait().0, Some(0));
    // Once it has ended, the folder is free.
    let mut next = Process::start(&mut serve());
    next.wait_for("Listening on");
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = told(run(&mut Place::new().serve(&["--listen", &address])));
    assert!(
        told.starts_with(&format!("cannot listen on {address}")),
        "{told}"
    );
    assert!(told.contains("something else listens there"), "{told}");
}

#[test]
fn a_store_without_its_master_key_is_not_given_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir", path];
    let mut process = Process::start(&mut slotbridge(&arguments));
    process.wait_for("Listening on");
    process.signal("TERM");
    assert_eq!(process.wait().0, Some(0));
    let key = folder.path().join("master-key");
    std::fs::remove_file(&key).unwrap();
    let gone = told(run(&mut slotbridge(&arguments)));
    assert!(gone.contains("its master key is gone"), "{gone}");
    assert!(!key.exists());
    let other = "ab".repeat(32);
    let wrong = told(run(
        slotbridge(&arguments).env("SLOTBRIDGE_MASTER_KEY", other)
    ));
    assert!(wrong.contains("the master key is not the one"), "{wrong}");
}

#[test]
fn postgresql_needs_a_master_key() {
    let mut command = slotbridge(&["serve", "--listen", "127.0.0.1:0"]);
    command.env(
        "SLOTBRIDGE_DATABASE_URL",
        "postgres://u:pa55word@127.0.0.1:1/d",
    );
    let told = told(run(&mut command));
    assert!(told.starts_with("PostgreSQL needs a master key"), "{told}");
    assert!(told.contains("slotbridge keygen master-key"), "{told}");
}

#[test]
fn a_database_that_does_not_answer_is_told_without_its_password() {
    let mut command = slotbridge(&["serve", "--listen", "127.0.0.1:0"]);
    command.env(
        "SLOTBRIDGE_DATABASE_URL",
        "postgres://u:pa55word@127.0.0.1:1/d",
    );
    command.env("SLOTBRIDGE_MASTER_KEY", "ab".repeat(32));
    let told = told(run(&mut command));
    assert!(told.starts_with("the store is not available"), "{told}");
    assert!(!told.contains("pa55word"), "{told}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let folder = file.path().join("data");
    let mut command = slotbridge(&["serve", "--listen", "127.0.0.1:0"]);
    let told = told(run(command.env("SLOTBRIDGE_DATA_DIR", folder)));
    assert!(
        told.contains("cannot be made") && told.contains("--data-dir"),
        "{told}"
    );
}
