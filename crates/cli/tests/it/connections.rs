//! Connections that are kept from one call to the next.

use crate::support::{Place, Server};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A connection after a call, and the head of the answer to that.
fn called(server: &Server) -> (TcpStream, String) {
    let mut stream = server.connect();
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: hub\r\n\r\n").unwrap();
    let mut answer = [0; 1024];
    let read = stream.read(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    (stream, answer)
}

/// Half of 225 places: three quarters of the descriptors that it may have, which is more than it begins with.
#[test]
fn where_many_are_kept_each_further_one_ends_with_its_answer_and_others_come_in() {
    let place = Place::new();
    let server = place.start_within("--nofile=64:300");
    let mut kept = Vec::new();
    for _ in 0..110 {
        let (stream, answer) = called(&server);
        assert!(!answer.contains("connection: close"), "{answer}");
        kept.push(stream);
    }
    let mut closed = 0;
    for _ in 0..300 {
        let (mut stream, answer) = called(&server);
        if answer.contains("connection: close") {
            assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
            closed += 1;
        }
        kept.push(stream);
    }
    assert!((290..300).contains(&closed), "{closed} of 300");
}
