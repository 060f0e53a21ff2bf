//! A practice sees and changes only its own things (AUTH-3).

use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, Pms};

/// A clinic, and another practice of the same vendor.
async fn two() -> (Clinic, Pms) {
    let clinic = Clinic::new().await;
    let other = clinic.app.practice(json!({"name": "Other"})).await;
    let pms = &clinic.pms;
    let other = clinic
        .app
        .consent(other, pms.consumer_id, &pms.api_key)
        .await;
    (clinic, other)
}

#[tokio::test]
async fn another_practice_s_booking_is_404_on_every_operation_auth_3() {
    let (clinic, other) = two().await;
    let waiting = clinic.book("2026-11-24T09:00").await;
    let cancelled = clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&cancelled).await;
    clinic.cancel(&cancelled).await;
    let update = clinic.list("bookingUpdates").await[0]["requestId"].clone();
    let before = (
        clinic.list("bookings").await,
        clinic.list("bookingUpdates").await,
    );
    let confirm = json!({"pmsAppointmentIds": ["A"], "pmsPatientId": "P"});
    for (operation, body) in [
        (format!("{}/confirmInsert", waiting.id), confirm),
        (
            format!("{}/rejectInsert", waiting.id),
            json!({"reason": "full"}),
        ),
        (format!("{}/cancel", waiting.id), json!({})),
        (format!("{}/didNotAttend", waiting.id), json!({})),
        (
            format!("{}/confirmUpdate/{update}", cancelled.id),
            json!({}),
        ),
        (format!("{}/rejectUpdate/{update}", cancelled.id), json!({})),
    ] {
        let path = format!("/bookings/{operation}");
        let answer = clinic.app.pms(&other, "POST", &path, body.clone()).await;
        assert_eq!(answer.status, 404, "{path}");
        // It reads as one that never was.
        let never = path.replace(&waiting.id.to_string(), "499999999");
        let never = never.replace(&cancelled.id.to_string(), "499999999");
        let never = clinic.app.pms(&other, "POST", &never, body).await;
        assert_eq!(
            (never.status, never.bytes),
            (answer.status, answer.bytes),
            "{path}"
        );
    }
    let after = (
        clinic.list("bookings").await,
        clinic.list("bookingUpdates").await,
    );
    assert_eq!(before, after);
    // An update of one's own, named with another of one's own bookings, is 404 too.
    let path = format!("/bookings/{}/confirmUpdate/{update}", waiting.id);
    clinic.pms("POST", &path, Value::Null).await.expect(404);
}

#[tokio::test]
async fn lists_hold_only_what_is_one_s_own_auth_3() {
    let (clinic, other) = two().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    clinic.cancel(&booked).await;
    clinic.book("2026-11-24T10:00").await;
    clinic
        .admin(
            "POST",
            "/requests",
            json!({"type": "availability", "date": "2026-11-25"}),
        )
        .await
        .expect(201);
    let get = async |path: &str| {
        clinic
            .app
            .pms(&other, "GET", path, Value::Null)
            .await
            .expect(200)
    };
    assert_eq!(
        get("/requests").await,
        json!(["pmsResources", "pmsAppointmentTypes"])
    );
    for list in ["bookings", "bookingUpdates", "availability"] {
        assert!(!clinic.list(list).await.is_empty(), "{list}");
        assert_eq!(
            get(&format!("/requests/{list}")).await["data"],
            json!([]),
            "{list}"
        );
    }
    for path in ["/config/pmsResources", "/config/pmsAppointmentTypes"] {
        assert_eq!(get(path).await, json!([]), "{path}");
    }
    assert_eq!(
        get("/config/pmsResources/findById?id=12345").await,
        json!([])
    );
    assert_eq!(
        get("/config/pmsAppointmentTypes/findById?id=G1235").await,
        json!([])
    );
}

#[tokio::test]
async fn a_snapshot_of_another_practice_s_resource_is_refused_auth_3() {
    let (clinic, other) = two().await;
    let body = slotbridge_testkit::clinic::snapshot("12345", "2026-11-26");
    let answer = clinic
        .app
        .pms(&other, "POST", "/availability/snapshot", body)
        .await;
    assert_eq!(answer.status, 400, "{}", answer.error());
    let contract = json!({"liveHours": {"monday": [{"start": "09:00", "end": "10:00"}]}});
    clinic
        .app
        .pms(&other, "POST", "/config/livenessContract", contract)
        .await
        .expect(200);
    let own = clinic
        .pms("GET", "/config/livenessContract", Value::Null)
        .await
        .expect(200);
    assert_eq!(
        own["liveHours"]["tuesday"],
        json!([{"start": "00:00", "end": "23:59"}])
    );
}
