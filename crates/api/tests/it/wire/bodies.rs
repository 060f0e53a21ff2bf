//! What a body says it is.

use super::{resources, send};
use serde_json::json;
use slotbridge_testkit::Clinic;

const ONE: &str = r#"[{"pmsResourceId": "7", "pmsResourceName": "Seven"}]"#;

#[tokio::test]
async fn a_body_that_says_it_is_no_json_is_415_wire_5_wire_10() {
    let clinic = Clinic::new().await;
    for kind in [
        "application/xml",
        "text/xml",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
    ] {
        for path in [
            "/config/pmsResources/snapshot",
            "/config/pmsAppointmentTypes/snapshot",
            "/config/livenessContract",
            "/availability/snapshot",
            "/availability/snapshots",
            "/bookings/100000001/confirmInsert",
            "/bookings/100000001/rejectInsert",
            "/bookings/100000001/cancel",
            "/bookings/100000001/didNotAttend",
            "/bookings/100000001/rejectUpdate/100000002",
        ] {
            let answer = send(&clinic, "POST", path, &[("content-type", kind)], ONE).await;
            assert_eq!(answer.status, 415, "{kind} {path}");
            assert!(
                answer.error().contains("application/json"),
                "{}",
                answer.error()
            );
        }
        let headers = [("content-type".to_owned(), kind.to_owned())];
        let hold = clinic.booking("2026-11-24T09:00").to_string();
        let answer = clinic
            .app
            .raw("POST", "/booking-api/v1/holds", &headers, hold)
            .await;
        assert_eq!(answer.status, 415, "{kind}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
    assert_eq!(resources(&clinic).await, ["12345", "12346"]);
}

#[tokio::test]
async fn a_body_without_a_content_type_is_read_as_json_wire_2() {
    let clinic = Clinic::new().await;
    send(&clinic, "POST", "/config/pmsResources/snapshot", &[], ONE)
        .await
        .expect(200);
    assert_eq!(resources(&clinic).await, ["7"]);
    let hold = clinic.booking("2026-11-24T09:00").to_string();
    let answer = clinic
        .app
        .raw("POST", "/booking-api/v1/holds", &[], hold)
        .await;
    assert_ne!(answer.status, 415);
}

#[tokio::test]
async fn what_is_no_json_is_400_and_says_where_wire_4() {
    let clinic = Clinic::new().await;
    let wide: Vec<u8> = ONE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [
        &b"{"[..],
        b"[",
        b"]",
        b"[{]",
        b"nul",
        b"'a'",
        b"[1,]",
        b"{} {}",
        b"\xff",
        b"[\"\xc3\"]",
        b"[\"\\ud800\"]",
        b"[\"a\nb\"]",
        b"[\"\x00\"]",
        b"\x00",
        b"NaN",
        b"[1e999]",
        b"[01]",
        b"<a/>",
        b"\xef\xbb\xbf\xef\xbb\xbf[]",
        wide.as_slice(),
    ] {
        let answer = send(
            &clinic,
            "POST",
            "/config/pmsResources/snapshot",
            &[],
            body.to_vec(),
        )
        .await;
        assert_eq!(answer.status, 400, "{body:?}");
        assert!(
            answer.error().starts_with("body: is not"),
            "{}",
            answer.error()
        );
    }
    assert_eq!(resources(&clinic).await, ["12345", "12346"]);
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_400_wire_4() {
    let clinic = Clinic::new().await;
    for (path, body, error) in [
        (
            "/config/pmsResources/snapshot",
            json!({}),
            "body: must be an array, not an object",
        ),
        (
            "/config/pmsResources/snapshot",
            json!([7]),
            "[0]: must be an object, not 7",
        ),
        (
            "/config/livenessContract",
            json!([]),
            "body: must be an object, not an array",
        ),
        (
            "/availability/snapshot",
            json!("x"),
            "body: must be an object, not \"x\"",
        ),
        (
            "/availability/snapshots",
            json!({}),
            "body: must be an array, not an object",
        ),
        (
            "/bookings/100000001/cancel",
            json!("no room"),
            "body: must be an object, not \"no room\"",
        ),
        (
            "/bookings/100000001/cancel",
            json!({"reason": {}}),
            "reason: must be a text, not an object",
        ),
    ] {
        let answer = clinic.pms("POST", path, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (400, error),
            "{path}"
        );
    }
    let answer = send(&clinic, "POST", "/config/pmsResources/snapshot", &[], "").await;
    assert_eq!(answer.error(), "body: must be an array, not empty");
}
