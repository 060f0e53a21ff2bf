//! SUB-2: what is called back, for which requests, with what.

use super::{URL, bodies, states, subscribe};
use jiff::SignedDuration;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;
use slotbridge_testkit::clinic::DAY;

/// Asks for a day's availability by hand.
async fn ask(clinic: &Clinic, body: Value) -> i64 {
    let asked = clinic.admin("POST", "/requests", body).await.expect(201);
    asked["requestId"].as_i64().unwrap()
}

#[tokio::test]
async fn a_booking_is_called_back_with_the_skinny_payload_sub_2() {
    let clinic = Clinic::new().await;
    let body = json!({"topic": "requests.bookings", "callbackUrl": URL, "clientId": "front"});
    let made = clinic.pms("POST", "/subscription", body).await.expect(201);
    clinic
        .app
        .clock
        .set("2026-11-23T01:13:55.9Z".parse().unwrap());
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let calls = clinic.app.receiver.take();
    let [call] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    assert_eq!(call.url, URL);
    let expected = json!({
        "timestamp": "2026-11-23 01:13:55", "id": made["id"], "clientId": "front",
        "topic": "requests.bookings",
        "data": {
            "target": "/requests/bookings", "requestType": "bookings", "bookingId": booked.id,
        },
    });
    assert_eq!(super::body(call), expected);
    // Once is enough.
    clinic.app.advance(3600).await;
    assert_eq!(bodies(&clinic), Vec::<Value>::new());
    assert_eq!(states(&clinic).await, ["delivered"]);
}

#[tokio::test]
async fn each_type_has_its_fields_sub_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let id = subscribe(&clinic, "requests.*", URL).await;
    clinic.cancel(&booked).await;
    let update = clinic.list("bookingUpdates").await[0]["requestId"].clone();
    let day = ask(&clinic, json!({"type": "availability", "date": DAY})).await;
    let resources = ask(&clinic, json!({"type": "pmsResources"})).await;
    let types = ask(&clinic, json!({"type": "pmsAppointmentTypes"})).await;
    clinic.app.deliver().await;
    let mut calls = bodies(&clinic);
    calls.sort_by_key(|call| call["data"]["requestId"].as_i64());
    for call in &calls {
        assert_eq!(call["id"], json!(id));
        assert_eq!(call["topic"], "requests.*");
        assert_eq!(call.get("clientId"), Some(&Value::Null));
    }
    let data: Vec<Value> = calls.iter().map(|call| call["data"].clone()).collect();
    let expected = [
        json!({
            "target": "/requests/bookingUpdates", "requestType": "bookingUpdates",
            "bookingId": booked.id, "requestId": update,
        }),
        json!({
            "target": "/requests/availability", "requestType": "availability", "requestId": day,
        }),
        json!({"target": null, "requestType": "pmsResources", "requestId": resources}),
        json!({"target": null, "requestType": "pmsAppointmentTypes", "requestId": types}),
    ];
    assert_eq!(data, expected);
}

#[tokio::test]
async fn each_subscription_in_force_for_the_type_gets_one_sub_2() {
    let clinic = Clinic::new().await;
    let all = subscribe(&clinic, "requests.*", URL).await;
    let same = subscribe(&clinic, "requests.bookings", URL).await;
    subscribe(&clinic, "requests.bookingUpdates", URL).await;
    for (start, end) in [
        ("2026-11-23 00:00:01", "2026-11-24 00:00:00"),
        ("2026-11-22 00:00:00", "2026-11-23 00:00:00"),
    ] {
        let body = json!({
            "topic": "requests.*", "callbackUrl": URL, "clientId": start, "startAt": start,
            "expireAt": end,
        });
        clinic.pms("POST", "/subscription", body).await.expect(201);
    }
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let mut told: Vec<Value> = bodies(&clinic).iter().map(|b| b["id"].clone()).collect();
    told.sort_by_key(ToString::to_string);
    assert_eq!(told, [json!(all), json!(same)]);
}

/// It was taken by a node whose clock is a little ahead of that of the node that books.
#[tokio::test]
async fn a_subscription_is_in_force_on_a_node_whose_clock_is_behind_sub_2() {
    let clinic = Clinic::new().await;
    let now = clinic.app.now();
    clinic.app.clock.set(now + SignedDuration::from_millis(400));
    let id = subscribe(&clinic, "requests.bookings", URL).await;
    clinic.app.clock.set(now);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    assert_eq!(bodies(&clinic)[0]["id"], json!(id));
}

#[tokio::test]
async fn what_was_outstanding_before_is_not_made_up_for_sub_3() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    subscribe(&clinic, "requests.*", URL).await;
    clinic.app.advance(5).await;
    assert_eq!(bodies(&clinic), Vec::<Value>::new());
    // Asked for again it is the request that is there (REQ-2).
    let first = ask(&clinic, json!({"type": "pmsResources"})).await;
    assert_eq!(ask(&clinic, json!({"type": "pmsResources"})).await, first);
    clinic.app.deliver().await;
    assert_eq!(bodies(&clinic).len(), 1);
}

#[tokio::test]
async fn a_refused_booking_is_told_to_nobody_sub_2() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.*", URL).await;
    clinic.book("2026-11-24T09:00").await;
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    clinic.app.deliver().await;
    assert_eq!(bodies(&clinic).len(), 1);
}

#[tokio::test]
async fn no_callback_holds_anything_of_a_person_sub_2() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.*", URL).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    clinic.cancel(&booked).await;
    clinic.app.deliver().await;
    let calls = clinic.app.receiver.take();
    assert!(!calls.is_empty());
    for call in calls {
        let sent = format!("{call:?} {}", String::from_utf8_lossy(&call.body)).to_lowercase();
        for canary in ["anna", "nguyen", "412", "example.com", "1984", "cough"] {
            assert!(!sent.contains(canary), "{sent}");
        }
    }
}

#[tokio::test]
async fn an_answered_callback_is_contact_health_1() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.*", URL).await;
    clinic.app.advance(600).await;
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let seen = clinic
        .admin("GET", "/consents", Value::Null)
        .await
        .expect(200);
    assert_eq!(seen["data"][0]["lastContactAt"], "2026-11-23T00:10:00Z");
}

#[tokio::test]
async fn the_sandbox_s_clock_makes_each_attempt_at_its_own_time_sub_3() {
    let app = slotbridge_testkit::TestApp::sandbox().await;
    let clinic = Clinic::on(app).await;
    subscribe(&clinic, "requests.*", URL).await;
    let receiver = &clinic.app.receiver;
    receiver.fail(slotbridge_hub::outgoing::ErrorType::HttpStatus);
    clinic.book("2026-11-24T09:00").await;
    let moved = json!({"advanceSeconds": 7200});
    clinic
        .app
        .call("POST", "/sandbox-api/v1/clock", &[], &moved)
        .await
        .expect(200);
    assert_eq!(receiver.take().len(), 4);
    let times: Vec<Value> = super::log(&clinic)
        .await
        .iter()
        .map(|entry| entry["timestamp"].clone())
        .collect();
    assert_eq!(
        times,
        [
            "2026-11-23 00:00:00",
            "2026-11-23 00:00:10",
            "2026-11-23 00:01:50",
            "2026-11-23 00:18:30",
        ]
    );
}
