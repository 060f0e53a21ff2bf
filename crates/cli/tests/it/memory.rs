//! What callers send takes a bounded memory of the real binary, whatever it is and however it
//! comes (WIRE-3, WIRE-5).

use crate::support::{Place, Server};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use slotbridge_testkit::dose::rounds;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread::{scope, spawn};
use std::time::Duration;

const MIB: usize = 1024 * 1024;
/// The largest body.
const LIMIT: usize = 10 * MIB;
/// How many come at once.
const MANY: usize = 100;
/// The longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much more memory they may take, all together.
const GROWTH: usize = 64 * MIB;

/// An integration's headers.
type Headers = String;

/// A server that others call.
struct Hub {
    place: Place,
    server: Server,
    callers: Callers,
    /// Its memory before.
    base: usize,
}

/// Some practices, each with an integration.
#[derive(Clone)]
struct Callers {
    address: String,
    practices: Vec<Headers>,
}

impl Hub {
    fn new(practices: usize) -> Self {
        let place = Place::new();
        let server = place.start(&[]);
        let token = place.token();
        let post = |path: &str, body: Value| {
            let path = format!("/admin-api/v1{path}");
            let (status, answer) = server.call("POST", &path, &token, &body.to_string());
            assert_eq!(status, 201, "{answer}");
            answer
        };
        let vendor = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
        let vendor = post("/consumers", vendor);
        let practices = (0..practices).map(|n| {
            let name = format!("Practice {n}");
            let made = post("/practices", json!({"name": name, "timezone": "UTC"}));
            let id = &made["practiceId"];
            let consent = json!({"consumerId": vendor["consumerId"]});
            let consent = post(&format!("/practices/{id}/consents"), consent);
            format!(
                "api-key: {}\r\npractice-id: {id}\r\npractice-key: {}\r\n",
                vendor["apiKey"].as_str().unwrap(),
                consent["practiceKey"].as_str().unwrap()
            )
        });
        let callers = Callers {
            practices: practices.collect(),
            address: server.url.strip_prefix("http://").unwrap().to_owned(),
        };
        let mut hub = Self {
            place,
            server,
            callers,
            base: 0,
        };
        for _ in 0..20 {
            assert_eq!(hub.callers.poll(0), 200);
        }
        hub.base = hub.server.memory("VmRSS");
        hub
    }

    /// Fails if it ever took much more memory than before.
    fn is_bounded(&self, what: &str) {
        let growth = self.server.memory("VmHWM").saturating_sub(self.base);
        eprintln!("{what}: {} MiB more at its peak", growth / MIB);
        assert!(growth < GROWTH, "{what}: {} MiB", growth / MIB);
    }

    fn stop(self) {
        assert_eq!(self.callers.poll(0), 200);
        self.server.stop();
        drop(self.place);
    }
}

impl Callers {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends the head of a POST and, if told, a part of its body.
    fn begin(&self, practice: usize, path: &str, headers: &str, part: &[u8]) -> TcpStream {
        let mut stream = self.connect();
        let of_practice = &self.practices[practice % self.practices.len()];
        let head = format!(
            "POST /pms-api/v1{path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n{of_practice}\
             content-type: application/json\r\n{headers}\r\n"
        );
        // It may refuse before it has read all.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(part);
        stream
    }

    /// Posts to the PMS API; the status, or 0 if the connection was cut before.
    fn post(&self, practice: usize, path: &str, headers: &str, body: &[u8]) -> u16 {
        let length = format!("content-length: {}\r\n{headers}", body.len());
        status(self.begin(practice, path, &length, body))
    }

    fn poll(&self, practice: usize) -> u16 {
        let mut stream = self.connect();
        write!(
            stream,
            "GET /pms-api/v1/requests HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n{}\r\n",
            self.practices[practice % self.practices.len()]
        )
        .unwrap();
        status(stream)
    }

    /// Sends the same from many at once, and counts the statuses.
    fn many(&self, path: &str, headers: &str, body: &[u8]) -> BTreeMap<u16, usize> {
        let together = Barrier::new(MANY);
        let mut counted = BTreeMap::new();
        scope(|scope| {
            let running: Vec<_> = (0..MANY)
                .map(|n| {
                    let together = &together;
                    scope.spawn(move || {
                        together.wait();
                        self.post(n, path, headers, body)
                    })
                })
                .collect();
            for one in running {
                *counted.entry(one.join().unwrap()).or_default() += 1;
            }
        });
        counted
    }
}

fn status(mut stream: TcpStream) -> u16 {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let status = text.split(' ').nth(1).and_then(|text| text.parse().ok());
    status.unwrap_or(0)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const GZIP: &str = "content-encoding: gzip\r\n";
const BATCH: &str = "/availability/snapshots";

/// An array of the same again and again, as large as a body may be.
fn array_of(item: &str) -> Vec<u8> {
    let items = vec![item; (LIMIT - 2) / (item.len() + 1)];
    format!("[{}]", items.join(",")).into_bytes()
}

/// Arrays whose values take much more memory than their text: the worst, or in the full dose more.
fn worst() -> &'static [&'static str] {
    let all = &["[[[[[]]]]]", "{\"\":0}", "0", "[]", "[{\"a\":[[[\"\"]]]}]"];
    &all[..rounds(1, 5) as usize]
}

/// Whether most have this status, and the others were told to wait or, refused before all of their
/// body was read, cut off.
fn are(statuses: &BTreeMap<u16, usize>, status: u16) -> bool {
    let of = |status| statuses.get(&status).copied().unwrap_or_default();
    of(status) >= MANY / 4 && of(status) + of(503) + of(0) == MANY
}

/// A batch of snapshots as an integration sends it.
fn batch(ranges: usize) -> Vec<u8> {
    let range = json!({"start": "09:00", "end": "12:00", "slotLength": 900});
    let day = |n: usize| {
        let date = format!("2027-{:02}-{:02}", 1 + n / 28, 1 + n % 28);
        json!({"date": date, "pmsResourceId": "1", "availability": vec![range.clone(); ranges]})
    };
    let days: Vec<Value> = (0..100).map(day).collect();
    json!(days).to_string().into_bytes()
}

#[test]
fn heavy_a_hundred_bombs_at_once_take_a_bounded_memory_wire_3_wire_5() {
    let hub = Hub::new(20);
    let larger = gzip(&vec![b' '; 100 * MIB]);
    assert!(larger.len() < 128 * 1024, "{}", larger.len());
    let seen = hub.callers.many(BATCH, GZIP, &larger);
    assert!(are(&seen, 413), "{seen:?}");
    hub.is_bounded("bombs above the limit");
    for item in worst() {
        let seen = hub.callers.many(BATCH, GZIP, &gzip(&array_of(item)));
        assert!(are(&seen, 400), "{item}: {seen:?}");
        hub.is_bounded(&format!("bombs of {item}"));
    }
    // Elements that are judged one by one: two long texts.
    let texts = array_of(&format!("\"{}\"", "a".repeat(5_000_000)));
    let seen = hub.callers.many(BATCH, GZIP, &gzip(&texts));
    assert!(are(&seen, 200), "{seen:?}");
    hub.is_bounded("bombs of text");
    let deep = "[".repeat(LIMIT);
    let seen = hub.callers.many(BATCH, GZIP, &gzip(deep.as_bytes()));
    assert!(are(&seen, 400), "{seen:?}");
    hub.is_bounded("deep bombs");
    let seen = hub.callers.many(BATCH, GZIP, &gzip(&batch(20)));
    assert_eq!(seen, BTreeMap::from([(200, MANY)]), "ordinary batches");
    hub.stop();
}

#[test]
fn heavy_a_hundred_large_bodies_at_once_take_a_bounded_memory_wire_3_wire_5() {
    let hub = Hub::new(20);
    for item in worst() {
        let seen = hub.callers.many(BATCH, "", &array_of(item));
        assert!(are(&seen, 400), "{item}: {seen:?}");
        hub.is_bounded(&format!("large bodies of {item}"));
    }
    let deep = "{\"a\":".repeat(LIMIT / 5);
    let seen = hub.callers.many(BATCH, "", deep.as_bytes());
    assert!(are(&seen, 400), "{seen:?}");
    hub.is_bounded("deep bodies");
    let ordinary = batch(100);
    assert!(ordinary.len() > MIB / 4, "{}", ordinary.len());
    let seen = hub.callers.many(BATCH, "", &ordinary);
    assert_eq!(seen, BTreeMap::from([(200, MANY)]), "ordinary batches");
    hub.is_bounded("ordinary large bodies");
    hub.stop();
}

#[test]
fn heavy_slow_senders_hold_up_nobody_else_and_take_a_bounded_memory_wire_5() {
    let hub = Hub::new(3);
    let announced = format!("content-length: {LIMIT}\r\n");
    let part = vec![b' '; 400 * 1024];
    // All of one practice, with more than a small body each, and no end to it.
    let mut slow: Vec<TcpStream> = (0..MANY)
        .map(|_| {
            let stream = hub.callers.begin(0, BATCH, &announced, &[]);
            stream.set_nonblocking(true).unwrap();
            stream
        })
        .collect();
    for stream in &mut slow {
        let _ = stream.write(&part);
    }
    // And of each practice such a one whose gzip never ends.
    let packed = gzip(&vec![b' '; 8 * MIB]);
    for practice in 0..3 {
        let mut text = String::new();
        write!(text, "transfer-encoding: chunked\r\n{GZIP}").unwrap();
        slow.push(hub.callers.begin(practice, BATCH, &text, b""));
        let stream = slow.last_mut().unwrap();
        write!(stream, "{:x}\r\n", packed.len()).unwrap();
        stream.write_all(&packed).unwrap();
    }
    for _ in 0..3 {
        for practice in 0..3 {
            assert_eq!(hub.callers.poll(practice), 200);
        }
    }
    let (tell, told) = std::sync::mpsc::channel();
    for practice in [1, 2] {
        let (callers, tell) = (hub.callers.clone(), tell.clone());
        spawn(move || {
            let plain = callers.post(practice, BATCH, "", &batch(100));
            let packed = callers.post(practice, BATCH, GZIP, &gzip(&batch(100)));
            tell.send([plain, packed])
        });
    }
    for _ in [1, 2] {
        let statuses = told.recv_timeout(Duration::from_secs(15)).unwrap();
        assert_eq!(statuses, [200, 200]);
    }
    // Its own small bodies are not held up either.
    assert_eq!(
        hub.callers
            .post(0, "/config/pmsResources/snapshot", "", b"[]"),
        200
    );
    hub.is_bounded("slow senders");
    drop(slow);
    hub.stop();
}
