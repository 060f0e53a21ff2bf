//! `serve --sandbox`: the clock moves when it is told to, also across a restart.

use crate::support::{Place, Server};
use serde_json::Value;

const CLOCK: &str = "/sandbox-api/v1/clock";

fn seconds(server: &Server) -> i64 {
    let (status, body) = server.call("GET", CLOCK, "", "");
    assert_eq!(status, 200, "{body}");
    let now: jiff::Timestamp = body["now"].as_str().unwrap().parse().unwrap();
    now.as_second()
}

#[test]
fn the_clock_is_moved_and_stays_moved() {
    let place = Place::new();
    let server = place.start(&["--sandbox"]);
    let before = seconds(&server);
    let (status, _) = server.call("POST", CLOCK, "", r#"{"advanceSeconds": 86400}"#);
    assert_eq!(status, 200);
    assert!(seconds(&server) >= before + 86_400);
    server.stop();
    let server = place.start(&["--sandbox"]);
    assert!(seconds(&server) >= before + 86_400);
}

#[test]
fn without_the_setting_there_is_no_clock_to_move() {
    let place = Place::new();
    let server = place.start(&[]);
    let body = r#"{"advanceSeconds": 86400}"#;
    assert_eq!(server.call("POST", CLOCK, "", body).0, 404);
    assert_eq!(server.call("GET", CLOCK, "", "").1["now"], Value::Null);
}
