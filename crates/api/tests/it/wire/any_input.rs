//! Whatever comes as body, query or header: no 5xx, ever (WIRE-5).

use super::routes;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// Bodies that a careless reader could choke on.
fn bodies() -> Vec<String> {
    let mut bodies: Vec<String> = [
        "",
        "null",
        "true",
        "0",
        "-1",
        "1e308",
        "\"\"",
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "[null]",
        "{\"\":null}",
        "{\"reason\":\"\\u0000\"}",
        "{\"a\":1,\"a\":2}",
        "[1e-400]",
    ]
    .map(String::from)
    .into();
    let values = [
        json!(null),
        json!(""),
        json!("\u{202e}\u{feff}"),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(-1),
        json!(1.5),
        json!([]),
        json!({}),
        json!("x".repeat(9_999)),
        json!("9999-12-31"),
        json!("9999-12-31T23:59:59Z"),
        json!("00:00"),
        json!(["a", 1, null]),
        json!([{}]),
        json!(true),
    ];
    let fields = [
        "pmsAppointmentIds",
        "pmsPatientId",
        "reason",
        "date",
        "pmsResourceId",
        "availability",
        "liveHours",
        "practiceId",
        "practitionerId",
        "appointmentTypeId",
        "start",
        "holdId",
        "patient",
        "name",
        "timezone",
        "contactEmail",
        "consumerId",
        "type",
        "bookingId",
        "phone",
        "lastname",
        "dob",
        "lengthMinutes",
        "pmsResourceIds",
        "pmsAppointmentTypeIds",
        "advanceSeconds",
        "set",
        "specialties",
        "active",
        "minimumNoticeMinutes",
        "defaultLengthMinutes",
        "email",
        "wireProfile",
    ];
    for value in &values {
        let object: serde_json::Map<String, Value> = fields
            .iter()
            .map(|field| ((*field).to_owned(), value.clone()))
            .collect();
        bodies.push(Value::from(object.clone()).to_string());
        bodies.push(json!([object]).to_string());
    }
    bodies
}

#[tokio::test]
async fn no_body_makes_any_operation_fail_wire_5() {
    let clinic = Clinic::on(TestApp::sandbox().await).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let mut headers = clinic.pms.headers();
    headers.push((
        "authorization".into(),
        format!("Bearer {}", clinic.app.operator_token),
    ));
    let practice = clinic.pms.practice_id.to_string();
    for (path, methods) in routes::all() {
        // Not the call that ends everything.
        if path.contains("operatorTokens/") {
            continue;
        }
        let path = path.replace("/100000001", &format!("/{}", booked.id));
        let path = path.replace("practices/1", &format!("practices/{practice}"));
        for method in methods
            .split(' ')
            .filter(|method| ["POST", "PATCH"].contains(method))
        {
            for body in bodies() {
                let answer = clinic.app.raw(method, &path, &headers, body.clone()).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{method} {path} {body}: {}",
                    answer.error()
                );
            }
        }
    }
}

#[tokio::test]
async fn no_query_makes_any_operation_fail_wire_5() {
    let clinic = Clinic::on(TestApp::sandbox().await).await;
    clinic.book("2026-11-24T09:00").await;
    let mut headers = clinic.pms.headers();
    headers.push((
        "authorization".into(),
        format!("Bearer {}", clinic.app.operator_token),
    ));
    let long = "%F0%9F%98%80".repeat(2_000);
    let values = [
        "",
        "%00",
        "%ff",
        "%25",
        "_",
        "%5C",
        "%27",
        "%22",
        "-1",
        "0",
        "9223372036854775807",
        "9223372036854775808",
        "0001-01-01",
        "9999-12-31",
        "2026-11-24",
        "1e5",
        "%C4%B0",
        "\"",
        "[",
        "a&a=b",
        "9999-12-30T22:00:00Z",
        "2026-11-24T09:00:00%2B11:00",
        &long,
    ];
    let names = [
        "page",
        "id",
        "q",
        "suburb",
        "postcode",
        "specialty",
        "from",
        "to",
        "practitionerId",
        "appointmentTypeId",
        "start",
        "bookingId",
    ];
    let mut paths: Vec<String> = routes::all()
        .into_iter()
        .filter(|(_, methods)| methods.contains("GET"))
        .map(|(path, _)| path)
        .collect();
    paths.push("/admin-api/v1/practices/1/audit".into());
    for path in paths {
        for value in values {
            for name in names {
                let query = format!("{name}={value}");
                let Ok(uri) = format!("{path}?{query}").parse::<axum::http::Uri>() else {
                    continue;
                };
                let answer = clinic.app.raw("GET", &uri.to_string(), &headers, "").await;
                assert!(
                    !answer.status.is_server_error(),
                    "{path}?{query}: {}",
                    answer.error()
                );
            }
            let all: Vec<String> = names.iter().map(|name| format!("{name}={value}")).collect();
            let Ok(uri) = format!("{path}?{}", all.join("&")).parse::<axum::http::Uri>() else {
                continue;
            };
            let answer = clinic.app.raw("GET", &uri.to_string(), &headers, "").await;
            assert!(
                !answer.status.is_server_error(),
                "{path}: {}",
                answer.error()
            );
        }
    }
}

#[tokio::test]
async fn headers_of_any_bytes_make_no_operation_fail_wire_5() {
    let clinic = Clinic::new().await;
    for name in [
        "api-key",
        "practice-id",
        "practice-key",
        "user-agent",
        "content-type",
        "content-encoding",
        "content-length",
        "authorization",
        "x-request-id",
        "x-forwarded-for",
        "host",
        "accept",
        "expect",
    ] {
        for value in [
            &b""[..],
            b" ",
            b"\xff\xfe",
            b"Bearer",
            b"Bearer ",
            b"-1",
            b"99999999999999999999999",
            &[b'a'; 9_000],
        ] {
            for (method, path) in [
                ("GET", "/pms-api/v1/requests"),
                ("POST", "/pms-api/v1/availability/snapshot"),
                ("GET", "/admin-api/v1/practices"),
                ("GET", "/booking-api/v1/practices"),
                ("GET", "/booking-api/v1/bookings/100000001"),
                ("POST", "/booking-api/v1/holds"),
            ] {
                let mut request = axum::http::Request::builder().method(method).uri(path);
                for (header, text) in clinic.pms.headers() {
                    if header != name {
                        request = request.header(header, text);
                    }
                }
                let request = request.header(name, value).body("{}".into()).unwrap();
                let answer = clinic.app.send(request).await;
                assert!(!answer.status.is_server_error(), "{name} {value:?} {path}");
            }
        }
    }
}
