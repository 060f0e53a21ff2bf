//! Requests by hand.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn a_day_is_asked_for_by_hand_avail_7() {
    let clinic = Clinic::new().await;
    let body = json!({"type": "availability", "date": "2026-11-25", "pmsResourceId": 12345});
    let raised = clinic
        .admin("POST", "/requests", body.clone())
        .await
        .expect(201);
    assert_eq!(
        raised,
        json!({
            "requestId": raised["requestId"], "type": "availability", "bookingId": null,
            "date": "2026-11-25", "dateType": null, "pmsResourceId": "12345",
            "createdAt": "2026-11-23T00:00:00Z",
        })
    );
    // Again: the one that is outstanding.
    clinic.app.clock.advance(5);
    assert_eq!(
        clinic.admin("POST", "/requests", body).await.expect(201),
        raised
    );
    let all = json!({"type": "availability", "date": "2026-11-25", "pmsResourceId": ""});
    let all = clinic.admin("POST", "/requests", all).await.expect(201);
    assert_eq!(all["pmsResourceId"], Value::Null);
    let list = clinic
        .admin("GET", "/requests", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"], json!([raised, all]));
    assert_eq!(
        clinic.list("availability").await,
        [
            json!({"day": "2026-11-25", "pmsResourceId": "12345", "pms_resource_id": "12345"}),
            json!({"day": "2026-11-25"}),
        ]
    );
}

#[tokio::test]
async fn configuration_is_asked_for_by_hand_req_4() {
    let clinic = Clinic::new().await;
    for kind in ["pmsAppointmentTypes", "pmsResources"] {
        let raised = clinic
            .admin("POST", "/requests", json!({"type": kind}))
            .await
            .expect(201);
        assert_eq!(raised["type"], kind);
    }
    assert_eq!(clinic.poll().await, ["pmsResources", "pmsAppointmentTypes"]);
    let resources = json!([{"pmsResourceId": "12345", "pmsResourceName": "Doctor Do Good"}]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    assert_eq!(clinic.poll().await, ["pmsAppointmentTypes"]);
}

#[tokio::test]
async fn a_booking_s_request_is_found_by_hand_while_it_is_outstanding_req_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let body = |kind: &str| json!({"type": kind, "bookingId": booked.id});
    let found = clinic
        .admin("POST", "/requests", body("bookings"))
        .await
        .expect(201);
    assert_eq!(found["bookingId"], booked.id);
    problem(
        &clinic
            .admin("POST", "/requests", body("bookingUpdates"))
            .await,
        409,
    );
    clinic.confirm(&booked).await;
    problem(
        &clinic.admin("POST", "/requests", body("bookings")).await,
        409,
    );
    clinic.cancel(&booked).await;
    let update = clinic
        .admin("POST", "/requests", body("bookingUpdates"))
        .await
        .expect(201);
    assert_eq!(
        update["requestId"],
        clinic.list("bookingUpdates").await[0]["requestId"]
    );
    assert_eq!(
        clinic.poll().await,
        ["bookingUpdates"],
        "nothing new was raised"
    );
}

#[tokio::test]
async fn a_request_that_nobody_could_answer_is_refused_avail_7() {
    let clinic = Clinic::new().await;
    for (body, status) in [
        (json!({"type": "availability", "date": "2026-11-22"}), 409),
        (
            json!({"type": "availability", "date": "2026-11-25", "pmsResourceId": "nobody"}),
            409,
        ),
        (json!({"type": "availability"}), 400),
        (json!({"type": "availability", "date": "25.11.2026"}), 400),
        (json!({"type": "bookings"}), 400),
        (
            json!({"type": "bookings", "bookingId": clinic.pms.practice_id * 100_000_000 + 77}),
            404,
        ),
        (json!({"type": "bookings", "bookingId": 7}), 400),
        (json!({"type": "everything"}), 400),
        (json!({"type": "Bookings"}), 400),
        (json!({}), 400),
        (json!({"type": "pmsAppointmentChanges"}), 400),
        (
            json!({"type": "clientSnapshots", "date": "2026-11-25", "dateType": "appt_datetime"}),
            409,
        ),
        (
            json!({"type": "clientSnapshots", "date": "2026-11-25", "dateType": "appt"}),
            400,
        ),
        (json!({"type": "clientSnapshots"}), 400),
        (json!({"type": "availableDocuments"}), 400),
    ] {
        let answer = clinic.admin("POST", "/requests", body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
    }
    assert!(clinic.poll().await.is_empty());
    // Today at the practice can still be asked for, until it is over there.
    let today = json!({"type": "availability", "date": "2026-11-23"});
    clinic
        .admin("POST", "/requests", today.clone())
        .await
        .expect(201);
    clinic
        .app
        .clock
        .set("2026-11-23T13:00:00Z".parse().unwrap());
    problem(&clinic.admin("POST", "/requests", today).await, 409);
}
