//! `slotbridge load` on a sandbox: what it makes, tells and refuses. How long anything took is not
//! looked at.

use crate::support::{Ended, Place, Server, run, slotbridge};
use serde_json::{Value, json};
use slotbridge_testkit::authority::Authority;
use slotbridge_testkit::line::Line;
use std::path::Path;
use std::process::Command;

/// A few seconds with all kinds of calls, of a handful of practices.
const SMALL: [&str; 24] = [
    "--practices",
    "4",
    "--practitioners",
    "2",
    "--days",
    "9",
    "--duration",
    "4s",
    "--warm-up",
    "0s",
    "--poll-every",
    "500ms",
    "--changed-every",
    "2s",
    "--unchanged-every",
    "2s",
    "--all-days-every",
    "4s",
    "--hours",
    "0.01",
    "--bookings",
    "30",
    "--seed",
    "7",
];

fn load(place: &Place, server: &Server, state: &Path, more: &[&str]) -> Ended {
    run(&mut command(place, &server.url, state, more))
}

fn command(place: &Place, url: &str, state: &Path, more: &[&str]) -> Command {
    let folder = place.folder().to_str().unwrap();
    let state = state.to_str().unwrap();
    let all = ["load", "--url", url, "--data-dir", folder, "--state", state];
    slotbridge(&[&all, &SMALL[..], more].concat())
}

/// How many practices the hub has.
fn practices(place: &Place, server: &Server) -> Value {
    let listed = place.admin(server, &["--json", "practices", "list"]).json();
    listed["page"]["total"].clone()
}

#[test]
fn practices_and_patients_do_all_that_they_do() {
    let place = Place::new();
    let server = place.start(&["--sandbox"]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (state, json, page) = (path("state"), path("figures"), path("page"));
    let ended = load(
        &place,
        &server,
        &state,
        &[
            "--callbacks",
            "127.0.0.1:0",
            "--called-back",
            "50",
            "--json",
            json.to_str().unwrap(),
            "--report",
            page.to_str().unwrap(),
        ],
    );
    let told = ended.good();
    assert!(told.contains("All of it was answered well."), "{told}");
    let figures: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(figures["faults"], json!([]), "{figures}");
    for kind in [
        "poll",
        "list",
        "answer",
        "changed",
        "unchanged",
        "daily",
        "search",
        "page",
        "hold",
        "booking",
        "callback",
    ] {
        let of = &figures["kinds"][kind];
        assert!(of["answered"].as_i64() > Some(0), "{kind}: {figures}");
        assert!(of["p99Ms"].is_f64(), "{kind}: {of}");
    }
    // Two of four poll twice a second.
    assert_eq!(figures["kinds"]["poll"]["intended"], 16);
    let page = std::fs::read_to_string(page).unwrap();
    for secret in [place.token(), practice_key(&state)] {
        assert!(!told.contains(&secret) && !page.contains(&secret));
        assert!(!figures.to_string().contains(&secret));
    }
}

#[test]
fn a_balancer_that_ends_tls_is_loaded_if_its_certificate_is_trusted() {
    let place = Place::new();
    let server = place.start(&["--sandbox"]);
    let authority = Authority::default();
    let hub = server.url.strip_prefix("http://").unwrap();
    let line = Line::over_tls(hub.parse().unwrap(), authority.server(false));
    let port = line.address().port();
    let load = |host: &str, trusted: &str| {
        let state = place.folder().join(format!("{host}-{trusted}.state"));
        let mut load = command(&place, &format!("https://{host}:{port}"), &state, &[]);
        run(load.env("SSL_CERT_FILE", authority.file(trusted)))
    };
    let told = load("localhost", "ca.pem").good();
    assert!(told.contains("All of it was answered well."), "{told}");
    for (host, trusted) in [("localhost", "client.pem"), ("127.0.0.1", "ca.pem")] {
        let told = load(host, trusted).bad(1);
        assert!(told.contains("certificate"), "{told}");
    }
}

/// The first practice's key in the file of what was made.
fn practice_key(state: &Path) -> String {
    let text = std::fs::read_to_string(state).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let made = lines.find(|line: &Value| line["is"] == "practice").unwrap();
    made["practiceKey"].as_str().unwrap().to_owned()
}

#[test]
fn practices_are_made_once() {
    let place = Place::new();
    let server = place.start(&[]);
    let state = place.folder().join("load.state");
    load(&place, &server, &state, &["--set-up-only"]).good();
    let before = std::fs::read_to_string(&state).unwrap();
    load(&place, &server, &state, &["--set-up-only"]).good();
    assert_eq!(practices(&place, &server), 4);
    assert_eq!(std::fs::read_to_string(&state).unwrap(), before);
}

#[test]
fn a_hub_that_has_practices_is_left_alone() {
    let place = Place::new();
    let server = place.start(&[]);
    let state = place.folder().join("load.state");
    let create = [
        "practices",
        "create",
        "--name",
        "Real",
        "--timezone",
        "Australia/Perth",
    ];
    place.admin(&server, &create).good();
    let told = load(&place, &server, &state, &["--set-up-only"]).bad(1);
    assert!(told.contains("--beside-others"), "{told}");
    assert_eq!(practices(&place, &server), 1);
    load(
        &place,
        &server,
        &state,
        &["--set-up-only", "--beside-others"],
    )
    .good();
    assert_eq!(practices(&place, &server), 5);
}

#[test]
fn a_limit_that_is_broken_fails_the_run() {
    let place = Place::new();
    let server = place.start(&[]);
    let state = place.folder().join("load.state");
    let ended = load(&place, &server, &state, &["--fail-over", "poll.max=0ms"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("poll.max: "), "{ended:?}");
    load(&place, &server, &state, &["--fail-over", "poll=1s"]).bad(2);
}

#[test]
fn a_hub_that_is_gone_is_told() {
    let place = Place::new();
    let server = place.start(&[]);
    let url = server.url.clone();
    let state = place.folder().join("load.state");
    load(&place, &server, &state, &["--set-up-only"]).good();
    server.stop();
    let folder = place.folder().to_str().unwrap();
    let gone = [
        "load",
        "--url",
        &url,
        "--data-dir",
        folder,
        "--state",
        state.to_str().unwrap(),
    ];
    let told = run(&mut slotbridge(&[&gone, &SMALL[..]].concat())).bad(1);
    assert!(told.contains("refused"), "{told}");
}
