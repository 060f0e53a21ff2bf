//! The setting `outgoing`: a trial of a restored backup tells nobody anything.

use crate::backup::book;
use crate::support::{Place, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Where the messages about the only booking stand.
fn states(place: &Place, server: &Server) -> Vec<Value> {
    let path = "/admin-api/v1/practices/1/messages";
    let (status, list) = server.call("GET", path, &place.token(), "");
    assert_eq!(status, 200, "{list}");
    let messages = list["data"].as_array().unwrap().iter();
    messages.map(|message| message["state"].clone()).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a worker is waited for")]
fn without_it_messages_wait_and_with_it_they_go() {
    let place = Place::new();
    let server = place.start_with(&[], &[("SLOTBRIDGE_OUTGOING", "false")]);
    let (path, _) = book(&place, &server);
    let booking = path.rsplit('/').next().unwrap();
    place
        .admin(&server, &["bookings", "cancel", "1", booking])
        .good();
    // Whatever else is due has been done by then.
    let (status, _) = server.call("GET", "/readyz", "", "");
    assert_eq!(status, 200);
    assert_eq!(states(&place, &server), [json!("waiting")]);
    server.stop();

    let server = place.start(&[]);
    let end = Instant::now() + Duration::from_secs(30);
    while states(&place, &server) == [json!("waiting")] {
        assert!(Instant::now() < end, "nobody sends it");
        std::thread::yield_now();
    }
    assert_eq!(states(&place, &server), [json!("kept")]);
    server.stop();
}
