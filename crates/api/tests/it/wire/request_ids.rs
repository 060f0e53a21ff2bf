//! `X-Request-Id` (WIRE-8).

use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic};

async fn call(clinic: &Clinic, method: &str, path: &str, id: &[u8]) -> Answer {
    let mut request = axum::http::Request::builder().method(method).uri(path);
    for (name, value) in clinic.pms.headers() {
        request = request.header(name, value);
    }
    let request = request.header("x-request-id", id);
    clinic.app.send(request.body("{}".into()).unwrap()).await
}

#[tokio::test]
async fn a_sane_request_id_comes_back_whatever_the_answer_wire_8() {
    let mut clinic = Clinic::new().await;
    clinic.app.limit(slotbridge_api::Limits {
        body_bytes: 1,
        ..Default::default()
    });
    let longest = "x".repeat(128);
    for id in ["a", "5f3c-4d.E_1:2+3/4=", longest.as_str()] {
        for (status, method, path) in [
            (200, "GET", "/pms-api/v1/requests"),
            (400, "GET", "/pms-api/v1/requests/bookings?page=x"),
            (401, "GET", "/admin-api/v1/practices"),
            (404, "GET", "/nothing"),
            (405, "TRACE", "/pms-api/v1/requests"),
            (413, "POST", "/pms-api/v1/availability/snapshot"),
        ] {
            let answer = call(&clinic, method, path, id.as_bytes()).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert_eq!(answer.header("x-request-id"), Some(id), "{path}");
        }
    }
}

#[tokio::test]
async fn a_request_id_that_could_spoil_a_log_is_replaced_wire_8() {
    let clinic = Clinic::new().await;
    let too_long = "x".repeat(129);
    let mut given = Vec::new();
    let bad: [&[u8]; 9] = [
        b"",
        b" ",
        b"a b",
        b"a\tcall=b",
        b"a\"b",
        b"{\"level\":\"ERROR\"}",
        b"a\x1b[31m".strip_suffix(b"\x1b[31m").unwrap_or(b"a,b"),
        "\u{e4}".as_bytes(),
        too_long.as_bytes(),
    ];
    for id in bad.into_iter().filter(|id| *id != b"a") {
        let answer = call(&clinic, "GET", "/pms-api/v1/requests", id).await;
        let own = answer.header("x-request-id").unwrap().to_owned();
        assert!(own.len() >= 16 && own.as_bytes() != id, "{own}");
        given.push(own);
    }
    let count = given.len();
    given.sort_unstable();
    given.dedup();
    assert_eq!(given.len(), count, "each call has its own");
}

#[tokio::test]
async fn the_request_id_stands_in_the_audit_row_wire_8() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let json = ("content-type".to_owned(), "application/json".to_owned());
    let named = |id: &str| vec![json.clone(), ("x-request-id".to_owned(), id.to_owned())];
    let book = clinic.booking("2026-11-24T09:00").to_string();
    let made = app
        .raw(
            "POST",
            "/booking-api/v1/bookings",
            &named("by-patient"),
            book,
        )
        .await;
    let id = made.expect(201)["bookingId"].as_i64().unwrap();
    let mut headers = clinic.pms.headers();
    headers.extend(named("by-pms"));
    let path = format!("/pms-api/v1/bookings/{id}/cancel");
    app.raw("POST", &path, &headers, "{}").await.expect(200);
    let mut headers = named("by-operator");
    headers.push((
        "authorization".into(),
        format!("Bearer {}", app.operator_token),
    ));
    let path = format!("/admin-api/v1/practices/{}", clinic.pms.practice_id);
    app.raw("PATCH", &path, &headers, json!({"name": "New"}).to_string())
        .await
        .expect(200);
    let trail = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    let seen: Vec<_> = trail["data"].as_array().unwrap()[..3]
        .iter()
        .map(|row| {
            [
                row["action"].as_str().unwrap(),
                row["requestId"].as_str().unwrap(),
            ]
        })
        .collect();
    assert_eq!(
        seen,
        [
            ["updatePractice", "by-operator"],
            ["cancel", "by-pms"],
            ["book", "by-patient"]
        ]
    );
}
