//! Errors have JSON bodies (WIRE-5, WIRE-7).

use super::{post, send};
use crate::every_operation::operations::{self, Caller};
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic, TestApp};
use std::collections::BTreeMap;

/// An error in the form of its face, and that it has one.
fn is_error_of(path: &str, answer: &Answer) {
    let content_type = answer.header("content-type");
    if path.starts_with("/pms-api/") {
        assert_eq!(content_type, Some("application/json"), "{path}");
        let json = answer.json();
        let error = json["error"].as_str().unwrap_or_default();
        assert!(!error.is_empty(), "{path}");
        assert_eq!(json, json!({"error": error}), "{path}");
    } else {
        assert_eq!(content_type, Some("application/problem+json"), "{path}");
        let json = answer.json();
        assert_eq!(json["status"], answer.status.as_u16(), "{path}");
        for member in ["type", "title", "detail"] {
            assert!(
                !json[member].as_str().unwrap_or_default().is_empty(),
                "{path}: {member}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_405_with_allow_on_every_path_wire_5() {
    let app = TestApp::sandbox().await;
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY",
    ];
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations::all() {
        let path = operation.path_with(|_| "100000001".to_owned());
        paths.entry(path).or_default().push(operation.method);
    }
    for (path, taken) in paths {
        let mut taken: Vec<&str> = taken.iter().map(String::as_str).collect();
        if taken.contains(&"GET") {
            taken.push("HEAD");
        }
        for method in methods.iter().filter(|method| !taken.contains(method)) {
            let answer = app.raw(method, &path, &[], "").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let mut allow: Vec<&str> = answer.header("allow").unwrap().split(',').collect();
            allow.sort_unstable();
            let mut expected = taken.clone();
            expected.sort_unstable();
            assert_eq!(allow, expected, "{method} {path}");
            if *method == "HEAD" {
                assert!(answer.bytes.is_empty(), "{path}");
            } else {
                is_error_of(&path, &answer);
            }
            assert!(answer.header("x-request-id").is_some(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_404_wire_5() {
    let app = TestApp::sandbox().await;
    for path in [
        "/pms-api/v1",
        "/pms-api/v1/",
        "/pms-api/v1/requests/",
        "/pms-api/v1/requests/nothing",
        "/pms-api/v2/requests",
        "/pms-api/v1/bookings/100000001",
        "/pms-api/v1//requests",
        "/pms-api/v1/Requests",
        "/booking-api/v1",
        "/booking-api/v1/nothing",
        "/booking-api/v1/practices/1/slots/more",
        "/admin-api/v1/nothing",
        "/admin-api/v1/practices/1/nothing",
        "/sandbox-api/v1/nothing",
        "/nothing",
        "/pms-api/v1/%ff",
        "/booking-api/v1/..%2f",
        "/admin-api/v1/%00",
    ] {
        for method in ["GET", "POST", "TRACE"] {
            let answer = app.raw(method, path, &[], "").await;
            assert_eq!(answer.status, 404, "{method} {path}");
            is_error_of(path, &answer);
            assert!(answer.header("x-request-id").is_some(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_refusal_of_the_pms_api_is_json_wire_5_wire_7() {
    let clinic = Clinic::new().await;
    let snapshot = "/config/pmsResources/snapshot";
    let path = "/pms-api/v1/requests";
    let answers = [
        (400, post(&clinic, snapshot, "{").await),
        (401, clinic.app.raw("GET", path, &[], "").await),
        (403, {
            let mut headers = clinic.pms.headers();
            headers[1].1 = "77".into();
            clinic.app.raw("GET", path, &headers, "").await
        }),
        (
            404,
            clinic
                .pms("POST", "/bookings/100000099/cancel", json!({}))
                .await,
        ),
        (405, clinic.pms("DELETE", "/requests", Value::Null).await),
        (
            413,
            post(&clinic, snapshot, &" ".repeat(10 * 1024 * 1024 + 1)).await,
        ),
        (
            415,
            send(
                &clinic,
                "POST",
                snapshot,
                &[("content-type", "text/xml")],
                "<a/>",
            )
            .await,
        ),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status.as_u16(), status);
        is_error_of("/pms-api/", &answer);
    }
}

#[tokio::test]
async fn a_post_that_answers_nothing_answers_an_empty_object_wire_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let confirm = json!({"pmsAppointmentIds": ["A"], "pmsPatientId": "P"});
    let day = slotbridge_testkit::clinic::snapshot("12345", "2026-11-25");
    for (path, body) in [
        (format!("/bookings/{}/confirmInsert", booked.id), confirm),
        (format!("/bookings/{}/cancel", booked.id), Value::Null),
        ("/availability/snapshot".into(), day),
        ("/config/livenessContract".into(), json!({})),
        ("/config/pmsAppointmentTypes/snapshot".into(), json!([])),
        ("/config/pmsResources/snapshot".into(), json!([])),
    ] {
        let answer = clinic.pms("POST", &path, body).await;
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{path}"
        );
        assert_eq!(
            (answer.status.as_u16(), &*answer.bytes),
            (200, &b"{}"[..]),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body_wire_5() {
    let clinic = Clinic::new().await;
    for path in ["/requests", "/requests/bookings", "/config/pmsResources"] {
        let get = clinic.pms("GET", path, Value::Null).await;
        let head = clinic.pms("HEAD", path, Value::Null).await;
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        assert_eq!(
            head.header("content-type"),
            get.header("content-type"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn credentials_are_asked_for_before_anything_of_the_call_is_read_wire_5() {
    let mut app = TestApp::sandbox().await;
    app.limit(slotbridge_api::Limits {
        body_bytes: 10,
        ..Default::default()
    });
    for operation in operations::all() {
        if ![Caller::Integration, Caller::Operator].contains(&operation.caller) {
            continue;
        }
        // Bad in every way that comes after.
        let path = operation.path_with(|_| "x".to_owned());
        let path = format!("{path}?page=x");
        let headers = [("content-type".to_owned(), "text/xml".to_owned())];
        let body = "a body over the limit";
        let answer = app.raw(&operation.method, &path, &headers, body).await;
        assert_eq!(answer.status, 401, "{}", operation.name());
        is_error_of(&path, &answer);
    }
}
