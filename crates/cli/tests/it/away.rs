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
