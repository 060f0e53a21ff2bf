//! `slotbridge backup` and `slotbridge restore`.

use crate::support::{Ended, Place, Server, answer, run, slotbridge};
use serde_json::{Value, json};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Calls the PMS API.
fn pms(server: &Server, headers: &str, path: &str, body: &Value) {
    let (mut stream, body) = (server.connect(), body.to_string());
    write!(
        stream,
        "POST /pms-api/v1{path} HTTP/1.1\r\nhost: hub\r\n{headers}content-type: \
         application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let (status, body) = answer(&mut stream);
    assert_eq!(status, 200, "{path}: {body}");
}

/// A booking made through a running server: its path, and the patient's token.
pub(crate) fn book(place: &Place, server: &Server) -> (String, String) {
    let admin = |arguments: &[&str]| {
        let all: Vec<&str> = ["--json"].iter().chain(arguments).copied().collect();
        place.admin(server, &all).json()
    };
    let consumer = admin(&[
        "consumers",
        "create",
        "--name",
        "Acme",
        "--contact-email",
        "a@a.example",
    ]);
    admin(&[
        "practices",
        "create",
        "--name",
        "Ours",
        "--timezone",
        "Australia/Perth",
        "--auto-publish",
    ]);
    let consent = admin(&["consents", "grant", "1", "1"]);
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let headers = format!(
        "api-key: {}\r\npractice-id: 1\r\npractice-key: {}\r\n",
        text(&consumer, "apiKey"),
        text(&consent, "practiceKey")
    );
    let resources = json!([{"pmsResourceId": "r", "pmsResourceName": "Dr Roe"}]);
    let types = json!([{"pmsAppointmentTypeId": "t", "pmsAppointmentTypeName": "Visit",
        "pmsAppointmentLength": "30"}]);
    pms(
        server,
        &headers,
        "/config/pmsResources/snapshot",
        &resources,
    );
    pms(
        server,
        &headers,
        "/config/pmsAppointmentTypes/snapshot",
        &types,
    );
    let day = tomorrow();
    let free = json!({"date": day, "pmsResourceId": "r",
        "availability": [{"start": "09:00", "end": "12:00", "slotLength": 1800}]});
    pms(server, &headers, "/availability/snapshot", &free);
    let (_, page) = server.call("GET", "/booking-api/v1/practices/1", "", "");
    let practitioner = &page["practitioners"][0];
    let body = json!({
        "practiceId": 1, "practitionerId": practitioner["practitionerId"],
        "appointmentTypeId": practitioner["appointmentTypes"][0]["appointmentTypeId"],
        "start": format!("{day}T09:00:00+08:00"),
        "patient": {"firstname": "Canaria", "lastname": "Nguyen", "dob": "1984-02-29",
            "phone": "0412 345 678", "email": "canaria@example.com"},
    });
    let (status, made) = server.call("POST", "/booking-api/v1/bookings", "", &body.to_string());
    assert_eq!(status, 201, "{made}");
    let path = format!("/booking-api/v1/bookings/{}", made["bookingId"]);
    let token = text(&made, "manageToken");
    let features = "/features/attachDocuments/enable";
    pms(server, &headers, features, &json!({}));
    let file = json!({"kind": "referral", "content": "JVBERi1DYW5hcmlh"}).to_string();
    let (status, given) = server.call("POST", &format!("{path}/attachments"), &token, &file);
    assert_eq!(status, 201, "{given}");
    (path, token)
}

/// A day that is still to come, wherever the practice is.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary has the system's clock"
)]
fn tomorrow() -> jiff::civil::Date {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The objects of a place: each with its name.
fn objects(place: &Place) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let folders = std::fs::read_dir(place.folder().join("objects")).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    let files = files.map(|file| file.unwrap());
    let mut objects: Vec<_> = files
        .map(|file| (file.file_name(), std::fs::read(file.path()).unwrap()))
        .collect();
    objects.sort();
    objects
}

/// A folder for backups.
struct Shelf(TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("hub.sbk")
    }

    fn names(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.0.path()).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }
}

fn with(mut command: Command, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Ended {
    run(command.args(arguments))
}

fn backup(place: &Place, file: &Path) -> Ended {
    with(place.command(&["backup", "--json"]), &[&file])
}

/// Gives a place of the same engine the master key of another.
fn share_key(from: &Place, to: &Place) {
    if from.is_embedded() {
        let key = |place: &Place| place.folder().join("master-key");
        std::fs::copy(key(from), key(to)).unwrap();
    }
}

#[test]
fn a_backup_beside_a_running_server_becomes_another_with_the_same_booking() {
    let (place, shelf) = (Place::new(), Shelf::new());
    let server = place.start(&[]);
    let (path, patient) = book(&place, &server);
    let made = backup(&place, &shelf.file()).json();
    assert_eq!(made["tables"]["bookings"], 1);
    assert_eq!(made["objects"], 1);
    assert_eq!(shelf.names(), ["hub.sbk"]);
    let metadata = std::fs::metadata(shelf.file()).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(made["bytes"], metadata.len());

    let verified = with(
        slotbridge(&["backup", "--verify", "--json"]),
        &[&shelf.file()],
    )
    .json();
    for fact in [
        "content",
        "rows",
        "objects",
        "tables",
        "madeAt",
        "masterKey",
    ] {
        assert_eq!(verified[fact], made[fact], "{fact}");
    }

    let other = Place::new();
    share_key(&place, &other);
    let told = with(other.command(&["restore"]), &[&shelf.file()]).good();
    assert!(
        told.starts_with("Restored ") && told.lines().count() == 1,
        "{told}"
    );
    assert_eq!(objects(&place).len(), 1);
    assert_eq!(objects(&other), objects(&place), "documents come with it");
    let restored = other.start(&[]);
    let (status, shown) = restored.call("GET", &path, &patient, "");
    assert_eq!(status, 200, "{shown}");
    // The operators are those of the backup, and what is sealed can be opened.
    let id = path.rsplit('/').next().unwrap();
    let path = format!("/admin-api/v1/practices/1/bookings/{id}");
    let person = |server: &Server| {
        let (status, shown) = server.call("GET", &path, &place.token(), "");
        assert_eq!(status, 200, "{shown}");
        shown["patient"].clone()
    };
    assert_eq!(person(&restored)["firstname"], "Canaria");
    assert_eq!(person(&restored), person(&server));
    restored.stop();
    server.stop();
}

#[test]
fn from_one_to_the_other_through_a_pipe() {
    let (place, other) = (Place::new(), Place::new());
    let server = place.start(&[]);
    let (path, patient) = book(&place, &server);
    server.stop();
    share_key(&place, &other);
    let mut from = place.command(&["backup", "-"]);
    let mut from = from
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = other.command(&["restore", "--json", "-"]);
    let restored = run(to.stdin(from.stdout.take().unwrap())).json();
    assert_eq!(restored["tables"]["bookings"], 1);
    let from = from.wait_with_output().unwrap();
    let told = String::from_utf8(from.stderr).unwrap();
    assert!(
        from.status.success() && told.starts_with("Backed up "),
        "{told}"
    );
    let server = other.start(&[]);
    assert_eq!(server.call("GET", &path, &patient, "").0, 200);
    server.stop();
}

#[test]
fn a_file_is_replaced_only_on_demand_and_only_by_a_whole_one() {
    let (place, shelf) = (Place::new(), Shelf::new());
    place.start(&[]).stop();
    let file = shelf.file();
    std::fs::write(&file, "precious").unwrap();
    let told = backup(&place, &file).bad(1);
    assert!(told.contains("--force"), "{told}");
    // There is no store in that folder.
    let mut command = slotbridge(&["backup", "--force", "--data-dir"]);
    let told = run(command.arg(shelf.0.path()).arg(&file)).bad(1);
    assert!(told.contains("there is no store in"), "{told}");
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    assert_eq!(shelf.names(), ["hub.sbk"]);

    with(place.command(&["backup", "--force"]), &[&file]).good();
    with(slotbridge(&["backup", "--verify"]), &[&file]).good();
    assert_eq!(shelf.names(), ["hub.sbk"]);
    let told = with(place.command(&["backup", "--force"]), &[&"/dev/null"]).bad(1);
    assert!(told.contains("no plain file"), "{told}");
    let told = with(
        place.command(&["backup"]),
        &[&shelf.0.path().join("no/such")],
    )
    .bad(1);
    assert!(told.contains("cannot be written"), "{told}");
}

#[test]
fn a_damaged_file_is_told_and_not_restored() {
    let (place, shelf, other) = (Place::new(), Shelf::new(), Place::new());
    place.start(&[]).stop();
    share_key(&place, &other);
    let file = shelf.file();
    backup(&place, &file).good();
    let good = std::fs::read(&file).unwrap();
    let mut bent = good.clone();
    bent[good.len() - 100] ^= 4;
    for (bytes, what) in [(&good[..good.len() - 1], "cut off"), (&bent, "checksum")] {
        std::fs::write(&file, bytes).unwrap();
        for command in [
            slotbridge(&["backup", "--verify"]),
            other.command(&["restore"]),
        ] {
            let told = with(command, &[&file]).bad(1);
            assert!(told.contains("hub.sbk: the backup is damaged"), "{told}");
            assert!(told.contains(what) && told.lines().count() == 1, "{told}");
        }
    }
    std::fs::write(&file, &good).unwrap();
    with(other.command(&["restore"]), &[&file]).good();
    let told = with(other.command(&["restore"]), &[&file]).bad(1);
    assert!(told.contains("there is a store already"), "{told}");
}

#[test]
fn a_restore_makes_no_master_key_and_takes_no_other() {
    let (place, shelf) = (Place::new(), Shelf::new());
    place.start(&[]).stop();
    backup(&place, &shelf.file()).good();
    let folder = shelf.0.path().join("new");
    let restore = || {
        let mut command = slotbridge(&["restore", "--data-dir"]);
        command.arg(&folder).arg(shelf.file());
        command
    };
    let told = run(&mut restore()).bad(1);
    assert!(told.contains("SLOTBRIDGE_MASTER_KEY"), "{told}");
    assert!(!folder.exists());
    let told = run(restore().env("SLOTBRIDGE_MASTER_KEY", "ab".repeat(32))).bad(1);
    assert!(told.contains("fingerprint"), "{told}");
    assert!(!folder.join("slotbridge.sqlite").exists());
}
