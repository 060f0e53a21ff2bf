//! The end of a server: what was accepted is finished, and nothing else is waited for.

use crate::support::{Place, Server, answer};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const BODY: &str = r#"{"name": "Late", "timezone": "Australia/Perth"}"#;

/// Sends the head and the first byte of a creation, and waits until the hub reads on.
fn begin(server: &Server, token: &str) -> TcpStream {
    let mut stream = server.connect();
    write!(
        stream,
        "POST /admin-api/v1/practices HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        BODY.len()
    )
    .unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn what_was_accepted_is_finished_and_stored() {
    let place = Place::new();
    let mut server = place.start(&[]);
    let token = place.token();
    let mut stream = begin(&server, &token);
    server.process.signal("TERM");
    // It waits for this call, and takes no other.
    assert!(!server.process.ends_within(Duration::from_millis(500)));
    let address = server.url.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).is_err());
    stream.write_all(BODY.as_bytes()).unwrap();
    let (status, made) = answer(&mut stream);
    assert_eq!((status, &made["name"]), (201, &"Late".into()));
    let (code, stderr) = server.process.wait();
    assert_eq!(code, Some(0), "{stderr}");
    let server = place.start(&[]);
    assert!(
        place
            .admin(&server, &["practices", "list"])
            .good()
            .contains("Late")
    );
}

#[test]
fn connections_without_a_request_hold_nothing_up() {
    let place = Place::new();
    let mut server = place.start(&[]);
    let _silent = server.connect();
    let mut idle = server.connect();
    write!(idle, "GET /nothing HTTP/1.1\r\nhost: hub\r\n\r\n").unwrap();
    let mut told = [0; 12];
    idle.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 404");
    server.process.signal("INT");
    assert!(server.process.ends_within(Duration::from_secs(10)));
}

#[test]
fn who_asks_twice_need_not_wait() {
    let place = Place::new();
    let mut server = place.start(&[]);
    let _pending = begin(&server, &place.token());
    server.process.signal("TERM");
    assert!(!server.process.ends_within(Duration::from_millis(500)));
    server.process.signal("TERM");
    assert_eq!(server.process.wait().0, Some(130));
}
