//! Whatever comes as a header: no 5xx, ever (WIRE-5). Bodies, queries and paths are tried in
//! `every_operation`.

use slotbridge_testkit::Clinic;

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
