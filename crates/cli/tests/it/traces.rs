//! Traces over OTLP, with a collector that only listens.

use crate::support::{Place, Process, Server, answer, slotbridge};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// A collector on loopback: what is sent to it.
struct Collector {
    url: String,
    bodies: Receiver<Vec<u8>>,
}

/// Takes one export after the other from a connection.
fn take(stream: TcpStream) -> impl Iterator<Item = Vec<u8>> {
    let mut reader = BufReader::new(stream);
    std::iter::from_fn(move || {
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(number) = line.strip_prefix("content-length: ") {
                length = number.parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        assert_eq!(head[0], "post /v1/traces http/1.1");
        assert!(head.contains(&"content-type: application/x-protobuf".to_owned()));
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\
                      content-length: 0\r\n\r\n";
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
        Some(body)
    })
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (send, bodies) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let send = send.clone();
                std::thread::spawn(move || take(stream).try_for_each(|body| send.send(body)));
            }
        });
        Self { url, bodies }
    }

    /// All that has come. The sender has ended.
    fn all(&self) -> Vec<u8> {
        self.bodies.try_iter().flatten().collect()
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn has(bytes: &[u8], text: &str) -> bool {
    holds(bytes, text.as_bytes())
}

#[test]
fn a_booking_s_spans_are_exported_and_name_nobody() {
    let collector = Collector::start();
    let mut command = slotbridge(&["demo", "--listen", "127.0.0.1:0"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    let mut demo = Process::start(&mut command);
    demo.wait_for("✓ A patient finds a time");
    demo.wait_for("The PMS polls every 5 seconds.");
    demo.signal("INT");
    assert_eq!(demo.wait().0, Some(0));
    let sent = collector.all();
    for part in [
        "slotbridge",
        "POST /booking-api/v1/bookings",
        "POST /pms-api/v1/bookings/{bookingId}/confirmInsert",
        "store.queue",
        "store.run",
        "store.commit",
        "store.read",
        "code.function.name",
        "slotbridge_hub::booking::create::create",
    ] {
        assert!(has(&sent, part), "{part} is missing");
    }
    for personal in ["O'Connor", "Connor", "1985", "sbc_", "sbp_", "sbm_"] {
        assert!(!has(&sent, personal), "{personal} was sent");
    }
}

#[test]
fn a_call_continues_the_trace_of_its_caller() {
    let collector = Collector::start();
    let place = Place::new();
    let mut command = place.serve(&[]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    command.env("OTEL_SERVICE_NAME", "hub-of-ours");
    let mut process = Process::start(&mut command);
    let url = process.wait_for("Listening on");
    let server = Server { process, url };
    let mut stream = server.connect();
    write!(
        stream,
        "GET /booking-api/v1/practices?name=Nguyen HTTP/1.1\r\nhost: hub\r\n\
         x-request-id: traced-1\r\nconnection: close\r\n\
         traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n"
    )
    .unwrap();
    assert_eq!(answer(&mut stream).0, 200);
    server.stop();
    let sent = collector.all();
    let trace = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes();
    assert!(holds(&sent, &trace), "another trace");
    let parent = 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes();
    assert!(holds(&sent, &parent), "not its caller's child");
    assert!(has(&sent, "traced-1") && has(&sent, "hub-of-ours"));
    assert!(!has(&sent, "Nguyen"));
}
