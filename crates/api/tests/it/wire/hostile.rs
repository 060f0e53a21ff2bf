//! Input that wants to hurt: no 5xx, ever (WIRE-5).

use super::post;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, clinic::DAY};

#[tokio::test]
async fn deep_nesting_is_400_wire_5() {
    let clinic = Clinic::new().await;
    for depth in [100, 1_000, 1_000_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for path in [
                "/config/pmsResources/snapshot",
                "/availability/snapshot",
                "/availability/snapshots",
            ] {
                let answer = post(&clinic, path, &deep).await;
                let batch = path.ends_with('s') && depth == 100 && open == "[";
                assert_eq!(
                    answer.status.as_u16(),
                    if batch { 200 } else { 400 },
                    "{depth} {path}"
                );
            }
            let unclosed = open.repeat(depth);
            assert_eq!(
                post(&clinic, "/config/livenessContract", &unclosed)
                    .await
                    .status,
                400
            );
        }
    }
}

#[tokio::test]
async fn huge_numbers_are_judged_and_never_overflow_wire_5() {
    let clinic = Clinic::new().await;
    for (number, taken) in [
        ("9223372036854775807", true),
        ("-9223372036854775808", true),
        ("86401", true),
        ("9223372036854775808", false),
        ("1e400", false),
        ("1e300", false),
        ("-1e300", false),
        ("99999999999999999999999999", false),
        ("\"99999999999999999999\"", false),
        ("-0", true),
        ("-0.0", true),
        ("1e3", true),
        ("1.8e3", true),
        ("0.1", false),
    ] {
        let body = format!(
            r#"{{"date": "{DAY}", "pmsResourceId": "12345", "availability":
                [{{"start": "00:00", "end": "24:00", "slotLength": {number}}}]}}"#
        );
        let answer = post(&clinic, "/availability/snapshot", &body).await;
        assert_eq!(
            answer.status.as_u16(),
            if taken { 200 } else { 400 },
            "{number}"
        );
        clinic.starts().await;
        let tried = clinic.try_book("2026-11-24T00:00").await;
        assert!([201, 409].contains(&tried.status.as_u16()), "{number}");
    }
    for number in [
        "-1",
        "1441",
        "1e18",
        "9223372036854775807",
        "true",
        "\"\"",
        "[]",
    ] {
        let body = format!(
            r#"[{{"pmsAppointmentTypeId": "1", "pmsAppointmentTypeName": "N", "pmsAppointmentLength": {number}}}]"#
        );
        let answer = post(&clinic, "/config/pmsAppointmentTypes/snapshot", &body).await;
        assert_eq!(answer.status, 400, "{number}");
    }
}

#[tokio::test]
async fn days_at_the_ends_of_the_calendar_do_no_harm_wire_5() {
    let clinic = Clinic::new().await;
    for day in ["0001-01-01", "1582-10-10", "9999-12-30", "9999-12-31"] {
        let body = slotbridge_testkit::clinic::snapshot("12345", day);
        clinic
            .pms("POST", "/availability/snapshot", body)
            .await
            .expect(200);
        let practice = clinic.pms.practice_id;
        let path = format!("/practices/{practice}/slots?from={day}&to={day}");
        clinic
            .app
            .patient("GET", &path, Value::Null)
            .await
            .expect(200);
        let answer = clinic
            .admin(
                "POST",
                "/requests",
                json!({"type": "availability", "date": day}),
            )
            .await;
        assert!([201, 409].contains(&answer.status.as_u16()), "{day}");
        clinic.list("availability").await;
        let path = format!("/bookings?from={day}&to={day}");
        clinic.admin("GET", &path, Value::Null).await.expect(200);
        for time in [
            "00:00:00Z",
            "23:59:59Z",
            "23:59:59+23:59",
            "00:00:00-23:59",
            "09:00:00.999999999+11:00",
        ] {
            let start = format!("{day}T{time}");
            let mut body = clinic.booking("2026-11-24T09:00");
            body["start"] = json!(start);
            let hold = clinic.app.patient("POST", "/holds", body.clone()).await;
            assert!(!hold.status.is_server_error(), "{start}");
            let booking = clinic.app.patient("POST", "/bookings", body).await;
            assert!(!booking.status.is_server_error(), "{start}");
            let start = start.replace('+', "%2B");
            let path = format!(
                "/bookability?practitionerId={}&appointmentTypeId={}&start={start}",
                clinic.practitioners[0], clinic.appointment_type
            );
            let answer = clinic.admin("GET", &path, Value::Null).await;
            assert!(!answer.status.is_server_error(), "{start}");
        }
    }
    clinic.app.advance(1).await;
}

#[tokio::test]
async fn a_configuration_is_bounded_and_its_largest_does_no_harm_wire_5() {
    let clinic = Clinic::new().await;
    let resources = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|n| json!({"pmsResourceId": n, "pmsResourceName": format!("Resource {n}")}))
            .collect()
    };
    let path = "/config/pmsResources/snapshot";
    let answer = clinic.pms("POST", path, json!(resources(2_001))).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.error(),
        "body: must have at most 2000 items, not 2001"
    );
    for _ in 0..2 {
        let answer = clinic.pms("POST", path, json!(resources(2_000))).await;
        answer.expect(200);
    }
    let page = format!("/practices/{}", clinic.pms.practice_id);
    let page = clinic.app.patient("GET", &page, Value::Null).await;
    assert_eq!(
        page.expect(200)["practitioners"].as_array().unwrap().len(),
        2_000
    );
    let kind = |n: usize| json!({"pmsAppointmentTypeId": n, "pmsAppointmentTypeName": n, "pmsResourceId": n / 10});
    let types: Vec<Value> = (0..20_001).map(kind).collect();
    let path = "/config/pmsAppointmentTypes/snapshot";
    assert_eq!(clinic.pms("POST", path, json!(types)).await.status, 400);
    let answer = clinic.pms("POST", path, json!(types[..20_000])).await;
    answer.expect(200);
}
