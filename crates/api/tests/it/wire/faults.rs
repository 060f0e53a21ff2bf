//! Every fault by its path, and nothing stored (WIRE-4).

use super::{post, resources};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, clinic::DAY};

#[tokio::test]
async fn every_fault_is_listed_with_its_path_wire_4() {
    let clinic = Clinic::new().await;
    let body = json!({"date": "tomorrow", "availability": [
        {"start": "09:00", "end": "10:00", "slotLength": 600},
        {"start": "9", "end": "10:00", "slotLength": 1.5},
        {"start": "11:00", "end": "10:00", "slotLength": "ten", "pmsAppointmentTypeIds": ["a", ""]},
    ]});
    let answer = clinic.pms("POST", "/availability/snapshot", body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.error(),
        "date: must be a date (YYYY-MM-DD), not \"tomorrow\"; pmsResourceId: is required; \
         availability[1].start: must be a time (HH:MM), not \"9\"; \
         availability[1].slotLength: must be an integer, not 1.5; \
         availability[2].slotLength: must be an integer, not \"ten\"; \
         availability[2].pmsAppointmentTypeIds[1]: must not be blank; \
         availability[2].end: must be after start (11:00), not 10:00"
    );
}

#[tokio::test]
async fn a_call_with_one_fault_stores_nothing_of_itself_wire_4() {
    let clinic = Clinic::new().await;
    let (types, contract) = ("/config/pmsAppointmentTypes", "/config/livenessContract");
    let before = (
        clinic.starts().await,
        resources(&clinic).await,
        clinic.pms("GET", types, Value::Null).await.json(),
        clinic.pms("GET", contract, Value::Null).await.json(),
    );
    let booked = clinic.book("2026-11-24T16:00").await;
    for (path, body) in [
        (
            "/config/pmsResources/snapshot",
            json!([
                {"pmsResourceId": "1", "pmsResourceName": "One"},
                {"pmsResourceId": "2", "pmsResourceName": ""},
            ]),
        ),
        (
            "/config/pmsResources/snapshot",
            json!([
                {"pmsResourceId": "1", "pmsResourceName": "One"},
                {"pmsResourceId": 1, "pmsResourceName": "Two"},
            ]),
        ),
        (
            "/config/pmsAppointmentTypes/snapshot",
            json!([
                {"pmsAppointmentTypeId": "1", "pmsAppointmentTypeName": "One"},
                {"pmsAppointmentTypeId": "2", "pmsAppointmentTypeName": "One"},
            ]),
        ),
        (
            "/config/pmsAppointmentTypes/snapshot",
            json!([
                {"pmsAppointmentTypeId": "1", "pmsAppointmentTypeName": "One", "pmsAppointmentLength": 1441},
            ]),
        ),
        (
            "/availability/snapshot",
            json!({"date": DAY, "pmsResourceId": "12345", "availability": [
                {"start": "09:00", "end": "10:00", "slotLength": 600}, {"start": "x"},
            ]}),
        ),
        (
            "/availability/snapshot",
            json!({"date": DAY, "pmsResourceId": "nobody", "availability": []}),
        ),
        (
            contract,
            json!({"liveHours": {"monday": [], "tuesday": [{"start": "08:00", "end": "08:00"}]}}),
        ),
        (
            &format!("/bookings/{}/confirmInsert", booked.id),
            json!({"pmsAppointmentIds": ["A"]}),
        ),
        (
            &format!("/bookings/{}/confirmInsert", booked.id),
            json!({"pmsPatientId": "A"}),
        ),
        (
            &format!("/bookings/{}/cancel", booked.id),
            json!({"reason": 1e300}),
        ),
        (
            &format!("/bookings/{}/rejectInsert", booked.id),
            json!({"reason": "x".repeat(10_001)}),
        ),
    ] {
        let answer = clinic.pms("POST", path, body.clone()).await;
        assert_eq!(answer.status, 400, "{path} {body}");
    }
    assert_eq!(clinic.status(&booked).await, "requested");
    clinic
        .say(&booked, "rejectInsert", json!({}))
        .await
        .expect(200);
    let day = slotbridge_testkit::clinic::snapshot("12345", DAY);
    clinic
        .pms("POST", "/availability/snapshot", day)
        .await
        .expect(200);
    let after = (
        clinic.starts().await,
        resources(&clinic).await,
        clinic.pms("GET", types, Value::Null).await.json(),
        clinic.pms("GET", contract, Value::Null).await.json(),
    );
    assert_eq!(before, after);
}

#[tokio::test]
async fn text_with_a_nul_character_is_400_wherever_it_stands_wire_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let nul = "a\0b";
    for (path, body) in [
        (
            "/config/pmsResources/snapshot".to_owned(),
            json!([{"pmsResourceId": nul, "pmsResourceName": "N"}]),
        ),
        (
            "/config/pmsResources/snapshot".into(),
            json!([{"pmsResourceId": "1", "pmsResourceName": "N", "x": {"y": [nul]}}]),
        ),
        (
            "/config/pmsResources/snapshot".into(),
            json!([{"pmsResourceId": "1", "pmsResourceName": "N", nul: 1}]),
        ),
        ("/config/livenessContract".into(), json!({"unknown": nul})),
        (
            format!("/bookings/{}/cancel", booked.id),
            json!({"reason": nul}),
        ),
        (
            format!("/bookings/{}/confirmInsert", booked.id),
            json!({"pmsAppointmentIds": [nul], "pmsPatientId": "P"}),
        ),
    ] {
        let answer = clinic.pms("POST", &path, body).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.error().contains("NUL"), "{}", answer.error());
    }
    for path in [
        "/config/pmsResources/findById?id=%00",
        "/config/pmsAppointmentTypes/findById?id=a%00b",
    ] {
        assert_eq!(
            clinic.pms("GET", path, Value::Null).await.status,
            400,
            "{path}"
        );
    }
    let find = clinic
        .app
        .patient("GET", "/practices?q=%00", Value::Null)
        .await;
    assert_eq!(find.status, 400);
    let mut body = clinic.booking("2026-11-24T10:00");
    body["patient"]["lastname"] = json!(nul);
    assert_eq!(
        clinic.app.patient("POST", "/bookings", body).await.status,
        400
    );
    for (path, body) in [
        (
            "/practices",
            json!({"name": nul, "timezone": "Australia/Sydney"}),
        ),
        (
            "/consumers",
            json!({"name": nul, "contactEmail": "a@b.example"}),
        ),
        ("/operatorTokens", json!({"name": nul})),
    ] {
        assert_eq!(
            clinic.app.admin("POST", path, body).await.status,
            400,
            "{path}"
        );
    }
    assert_eq!(clinic.status(&booked).await, "requested");
    assert_eq!(resources(&clinic).await, ["12345", "12346"]);
}

#[tokio::test]
async fn the_list_of_faults_stays_short_however_bad_the_body_wire_4() {
    let clinic = Clinic::new().await;
    let many = format!("[{}]", vec!["0"; 2_000].join(","));
    let answer = post(&clinic, "/config/pmsResources/snapshot", &many).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .error()
            .starts_with("[0]: must be an object, not 0; [1]: ")
    );
    assert!(answer.error().ends_with("; body: has 1900 more faults"));
    assert!(answer.bytes.len() < 10_000);
    let long = json!([{"pmsResourceId": {}, "pmsResourceName": "n".repeat(100_000)}]);
    let answer = clinic
        .pms("POST", "/config/pmsResources/snapshot", long)
        .await;
    assert!(answer.bytes.len() < 1_000, "{}", answer.error());
}

#[tokio::test]
async fn a_missing_or_bad_query_parameter_is_named_wire_4() {
    let clinic = Clinic::new().await;
    for path in [
        "/config/pmsResources/findById",
        "/config/pmsAppointmentTypes/findById",
    ] {
        for query in ["", "?id=", "?ID=1", "?page=1"] {
            let answer = clinic
                .pms("GET", &format!("{path}{query}"), Value::Null)
                .await;
            assert_eq!(
                (answer.status.as_u16(), answer.error().as_str()),
                (400, "id: is required")
            );
        }
    }
    for (id, found) in [
        ("12345", 1),
        ("1%32345", 1),
        ("nobody", 0),
        ("%25", 0),
        ("12345%20", 0),
        ("%ff", 0),
    ] {
        let path = format!("/config/pmsResources/findById?id={id}");
        let list = clinic.pms("GET", &path, Value::Null).await.expect(200);
        assert_eq!(list.as_array().unwrap().len(), found, "{id}");
    }
}
