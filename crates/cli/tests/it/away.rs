//! What callers, probes, figures and the log say while the database is away.

use crate::support::{Place, Process, Server};
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::Location;
use slotbridge_testkit::line::{Is, Line};

/// A call of each face that asks the store.
const CALLS: [&str; 4] = [
    "GET /pms-api/v1/requests",
    "GET /booking-api/v1/practices",
    "GET /admin-api/v1/practices",
    "GET /",
];

#[test]
fn on_postgres_while_the_database_is_away_every_face_says_when_to_come_back_wire_7() {
    let place = Place::new();
    let Location::Postgres(url) = place.location() else {
        return;
    };
    let (line, over_line) = Line::before(&url);
    let mut command = place.serve(&[]);
    command.env("SLOTBRIDGE_DATABASE_URL", over_line);
    let mut process = Process::start(&mut command);
    let url = process.wait_for("Listening on");
    let server = Server { process, url };
    let authorization = format!("Bearer {}", place.token());
    let [api_key, practice_key] =
        [KeyKind::Consumer, KeyKind::Practice].map(|kind| kind.write([7; 20]));
    let headers = [
        ("authorization", authorization.as_str()),
        ("practice-id", "1"),
        ("practice-key", practice_key.as_str()),
        ("api-key", api_key.as_str()),
    ];
    let get = |call: &str| server.send(call, &headers, b"");
    assert_eq!(get("GET /readyz").0, 200);

    line.set(Is::Cut);
    loop {
        let (status, told) = get("GET /readyz");
        if status == 503 && told.contains("the database is away") {
            break;
        }
    }
    for _ in 0..5 {
        for call in CALLS {
            let (status, told) = get(call);
            assert_eq!(status, 503, "{call}: {told}");
            let head = told.split("\r\n\r\n").next().unwrap();
            assert!(head.contains("retry-after: 2"), "{call}: {head}");
        }
    }
    let (_, figures) = get("GET /metrics");
    assert!(
        figures.contains("slotbridge_store_available 0"),
        "{figures}"
    );
    assert_eq!(get("GET /healthz").0, 200);

    line.set(Is::Whole);
    while get("GET /readyz").0 != 200 {}
    assert_eq!(get("GET /admin-api/v1/practices").0, 200);
    let (_, figures) = get("GET /metrics");
    assert!(
        figures.contains("slotbridge_store_available 1"),
        "{figures}"
    );

    let log = server.stop();
    for once in ["the database is away", "the database is there again"] {
        let lines = log.lines().filter(|line| line.contains(once));
        assert_eq!(lines.count(), 1, "{once}: {log}");
    }
    // Not one a call, nor one of each worker at each look.
    let errors = log.lines().filter(|line| line.contains("\"ERROR\""));
    assert_eq!(errors.count(), 1, "{log}");
}

/// Searches read on the primary what a replica is not there for, from the start on.
#[test]
fn on_postgres_a_replica_that_is_not_there_is_told_once_and_nobody_waits_for_it() {
    let place = Place::new();
    let Location::Postgres(_) = place.location() else {
        return;
    };
    let mut command = place.serve(&[]);
    let nobody = "postgres://nobody:pa55word@127.0.0.1:1/d";
    command.env("SLOTBRIDGE_DATABASE_REPLICA_URL", nobody);
    let mut process = Process::start(&mut command);
    let url = process.wait_for("Listening on");
    let server = Server { process, url };
    let get = |call: &str| server.send(call, &[], b"");
    let away = "slotbridge_store_replica_reads_total{outcome=\"away\"} ";
    loop {
        assert_eq!(get("GET /readyz").0, 200);
        assert_eq!(get("GET /booking-api/v1/practices").0, 200);
        let (_, figures) = get("GET /metrics");
        assert!(figures.contains("slotbridge_store_replica_connections 0"));
        // Which says at first that nobody knows yet what other nodes wrote.
        if !figures.contains(&format!("{away}0")) {
            break;
        }
    }
    let log = server.stop();
    let told = log
        .lines()
        .filter(|line| line.contains("the read replica is away"));
    assert_eq!(told.count(), 1, "{log}");
    assert!(!log.contains("pa55word"), "{log}");
}
