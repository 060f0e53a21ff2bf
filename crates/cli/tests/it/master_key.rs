//! `slotbridge rotate-master-key`, and a new master key from the settings.

use crate::backup::book;
use crate::support::{Place, Server, run};
use std::path::PathBuf;

const NEW: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn file(place: &Place, name: &str) -> PathBuf {
    place.folder().join(name)
}

fn text(place: &Place, name: &str) -> String {
    std::fs::read_to_string(file(place, name)).unwrap()
}

/// What staff see of the only booking's patient.
fn patient(place: &Place, server: &Server) -> String {
    let bookings = place
        .admin(server, &["--json", "bookings", "list", "1"])
        .json();
    let patient = &bookings["data"][0]["patient"];
    patient["firstname"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn on_sqlite_a_new_master_key_takes_the_place_of_the_old_one() {
    let place = Place::new();
    let server = place.start(&[]);
    book(&place, &server);
    let old = text(&place, "master-key");
    let rotate = || run(&mut place.command(&["rotate-master-key"]));
    let words = rotate().bad(1);
    assert!(words.contains("another slotbridge is running"), "{words}");
    assert!(
        !file(&place, "master-key.new").exists(),
        "a refusal begins nothing"
    );
    server.stop();

    let words = rotate().good();
    assert!(words.contains("new master key"), "{words}");
    let new = text(&place, "master-key");
    assert_ne!(new, old);
    assert!(!file(&place, "master-key.new").exists());
    let server = place.start(&[]);
    assert_eq!(patient(&place, &server), "Canaria");
    server.stop();
    let refused = run(place.serve(&[]).env("SLOTBRIDGE_MASTER_KEY", old.trim())).bad(1);
    assert!(refused.contains("master key"), "{refused}");

    // A crash before the store had the new key, and one after that.
    std::fs::write(file(&place, "master-key.new"), NEW).unwrap();
    place.start(&[]).stop();
    assert_eq!(text(&place, "master-key").trim(), NEW);
    std::fs::write(file(&place, "master-key"), &new).unwrap();
    std::fs::write(file(&place, "master-key.new"), NEW).unwrap();
    let server = place.start(&[]);
    assert_eq!(patient(&place, &server), "Canaria");
    assert_eq!(text(&place, "master-key").trim(), NEW);
    server.stop();
}

#[test]
fn a_new_master_key_from_the_settings_needs_the_one_before_once() {
    let place = Place::new();
    let server = place.start(&[]);
    book(&place, &server);
    server.stop();
    let old = place.master_key();
    let both = [
        ("SLOTBRIDGE_MASTER_KEY", NEW),
        ("SLOTBRIDGE_PREVIOUS_MASTER_KEY", old.trim()),
    ];
    for variables in [&both[..], &both[..1]] {
        let server = place.start_with(&[], variables);
        assert_eq!(patient(&place, &server), "Canaria");
        server.stop();
    }
}
