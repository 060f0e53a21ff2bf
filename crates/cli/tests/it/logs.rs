//! What the log says of calls.

use crate::support::{Place, Server, answer};
use serde_json::Value;
use std::io::Write;

fn get(server: &Server, path: &str, id: &str) -> u16 {
    let mut stream = server.connect();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: hub\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    answer(&mut stream).0
}

/// The lines about a call.
fn lines(log: &str, id: &str) -> Vec<Value> {
    let all = log.lines().map(|line| serde_json::from_str(line).unwrap());
    all.filter(|line: &Value| line["call_id"] == id).collect()
}

const PERSONAL: &str = "/booking-api/v1/practices/7/slots?from=2026-11-24&name=Nguyen";

#[test]
fn a_refused_call_is_logged_by_its_route_and_id_and_a_usual_one_is_not_wire_8() {
    let place = Place::new();
    let server = place.start(&[]);
    assert_eq!(get(&server, PERSONAL, "refused-1"), 400);
    assert_eq!(get(&server, "/booking-api/v1/practices", "usual-1"), 200);
    assert_eq!(get(&server, "/healthz", "probe-1"), 200);
    let log = server.stop();
    let [line] = lines(&log, "refused-1").try_into().unwrap();
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["http.request.method"], "GET");
    assert_eq!(
        line["http.route"],
        "/booking-api/v1/practices/{practiceId}/slots"
    );
    assert_eq!(line["http.response.status_code"], 400);
    assert!(line["http.server.request.duration"].as_f64().unwrap() > 0.0);
    assert!(
        !log.contains("Nguyen") && !log.contains("practices/7"),
        "{log}"
    );
    assert!(lines(&log, "usual-1").is_empty() && lines(&log, "probe-1").is_empty());
}

#[test]
fn at_debug_every_call_is_logged() {
    let place = Place::new();
    let mut command = place.serve(&[]);
    command.env("SLOTBRIDGE_LOG", "warn,slotbridge_api=debug");
    let mut process = crate::support::Process::start(&mut command);
    let url = process.wait_for("Listening on");
    let server = Server { process, url };
    assert_eq!(get(&server, "/booking-api/v1/practices", "usual-1"), 200);
    let log = server.stop();
    let [line] = lines(&log, "usual-1").try_into().unwrap();
    assert_eq!(line["level"], "DEBUG");
    assert_eq!(line["http.response.status_code"], 200);
}

#[test]
fn it_is_not_ready_while_it_drains_and_still_serves() {
    let place = Place::new();
    let mut command = place.serve(&[]);
    command.env("SLOTBRIDGE_DRAIN_SECONDS", "2");
    let mut process = crate::support::Process::start(&mut command);
    let url = process.wait_for("Listening on");
    let server = Server { process, url };
    assert_eq!(get(&server, "/readyz", "a"), 200);
    server.process.signal("TERM");
    while get(&server, "/readyz", "b") == 200 {}
    assert_eq!(get(&server, "/booking-api/v1/practices", "c"), 200);
    assert_eq!(server.process.wait().0, Some(0));
}
