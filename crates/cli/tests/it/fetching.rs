//! Documents that are fetched and not taken cost a bounded memory of the real binary (ATT-1).

use crate::support::{Place, Practice, Server, tomorrow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const MIB: usize = 1024 * 1024;
/// A patient's file.
const FILE: usize = 8 * MIB;
/// How many fetch it at once and take nothing.
const MANY: usize = 40;
/// How much more memory they may take, all together.
const GROWTH: usize = 64 * MIB;

/// A practice with a patient's file to attach; the path where its integration fetches that.
fn with_file(place: &Place, server: &Server) -> (Practice, String) {
    let day = tomorrow(server);
    let practice = Practice::new(server, &place.token(), "UTC", &day.to_string());
    let enable = "POST /features/attachDocuments/enable";
    assert_eq!(practice.pms(server, enable, &json!({})).0, 200);
    let patient = json!({"firstname": "Anna", "lastname": "Nguyen", "dob": "1984-02-29",
        "phone": "0412 345 678", "email": "anna@example.com"});
    let body = practice.booking(&format!("{day}T09:00:00Z"), &patient);
    let (status, booked) = server.call("POST", "/booking-api/v1/bookings", "", &body.to_string());
    assert_eq!(status, 201, "{booked}");
    let id = &booked["bookingId"];
    let confirm = format!("POST /bookings/{id}/confirmInsert");
    let record = json!({"pmsAppointmentIds": ["1"], "pmsPatientId": "P"});
    assert_eq!(practice.pms(server, &confirm, &record).0, 200);
    let mut file = b"%PDF-1.7 ".to_vec();
    file.resize(FILE, b'x');
    let body = json!({"kind": "referral", "fileName": "a.pdf", "content": STANDARD.encode(file)});
    let path = format!("/booking-api/v1/bookings/{id}/attachments");
    let token = booked["manageToken"].as_str().unwrap();
    let (status, answer) = server.call("POST", &path, token, &body.to_string());
    assert_eq!(status, 201, "{answer}");
    let (_, list) = practice.pms(server, "GET /requests/attachDocuments", &Value::Null);
    let request = &list["data"][0]["requestId"];
    (practice, format!("/pms-api/v1/attachDocuments/{request}"))
}

/// Asks for it.
fn ask(server: &Server, practice: &Practice, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let (id, api_key, key) = (practice.id, &practice.api_key, &practice.practice_key);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\napi-key: {api_key}\r\n\
         practice-id: {id}\r\npractice-key: {key}\r\n\r\n"
    )
    .unwrap();
    stream
}

#[test]
fn heavy_files_that_nobody_takes_cost_a_bounded_memory_att_1() {
    let place = Place::new();
    let server = place.start(&["--sandbox"]);
    let (practice, path) = with_file(&place, &server);
    // What was read to give it is behind us: from here on the peak is that of the answers.
    let base = server.memory("VmHWM");
    let idle: Vec<TcpStream> = (0..MANY).map(|_| ask(&server, &practice, &path)).collect();
    // One of them has begun to be answered, and is answered to its end while the others wait.
    let mut taken = Vec::new();
    for mut stream in idle {
        let read = stream.read_to_end(&mut taken).unwrap_or_default();
        if read > FILE {
            break;
        }
        taken.clear();
    }
    assert!(taken.starts_with(b"HTTP/1.1 200 OK"));
    assert!(taken.len() > FILE / 3 * 4);
    let growth = server.memory("VmHWM").saturating_sub(base);
    eprintln!("{} MiB more at its peak", growth / MIB);
    assert!(growth < GROWTH, "{} MiB", growth / MIB);
    server.stop();
}
