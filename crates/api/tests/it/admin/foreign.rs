//! Ids of another practice, and of none (AUTH-3).

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn what_is_another_practice_s_is_404_on_every_route_auth_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let other = clinic.app.practice(json!({"name": "Other"})).await;
    let (who, kind) = (clinic.practitioners[0], clinic.appointment_type);
    let before = clinic.admin("GET", "/bookings", Value::Null).await.json();
    for (method, path, body) in [
        ("GET", format!("bookings/{}", booked.id), Value::Null),
        (
            "POST",
            format!("bookings/{}/enteredByHand", booked.id),
            json!({}),
        ),
        ("POST", format!("bookings/{}/cancel", booked.id), json!({})),
        (
            "POST",
            format!("bookings/{}/attended", booked.id),
            json!({}),
        ),
        (
            "PATCH",
            format!("practitioners/{who}"),
            json!({"name": "Mine"}),
        ),
        (
            "PATCH",
            format!("appointmentTypes/{kind}"),
            json!({"name": "Mine"}),
        ),
        (
            "DELETE",
            format!("consents/{}", clinic.pms.consumer_id),
            Value::Null,
        ),
        (
            "POST",
            "requests".into(),
            json!({"type": "bookings", "bookingId": booked.id}),
        ),
        (
            "POST",
            "requests".into(),
            json!({"type": "bookingUpdates", "bookingId": booked.id}),
        ),
    ] {
        let path = format!("/practices/{other}/{path}");
        let answer = clinic.app.admin(method, &path, body).await;
        problem(&answer, 404);
    }
    assert_eq!(
        clinic.admin("GET", "/bookings", Value::Null).await.json(),
        before
    );
    let path = format!("/practices/{other}/audit?bookingId={}", booked.id);
    let trail = clinic
        .app
        .admin("GET", &path, Value::Null)
        .await
        .expect(200);
    assert_eq!(trail["data"], json!([]));
    for list in [
        "bookings",
        "requests",
        "practitioners",
        "appointmentTypes",
        "pmsResources",
        "pmsAppointmentTypes",
        "attention",
        "consents",
    ] {
        let list = clinic
            .app
            .admin("GET", &format!("/practices/{other}/{list}"), Value::Null)
            .await
            .expect(200);
        assert_eq!(list["data"], json!([]));
    }
    let path = format!(
        "/practices/{other}/bookability?practitionerId={who}&appointmentTypeId={kind}&start=2026-11-24T09:30:00%2B11:00"
    );
    let told = clinic
        .app
        .admin("GET", &path, Value::Null)
        .await
        .expect(200);
    assert_eq!(told["bookable"], false);
    for (list, body) in [
        (
            "practitioners",
            json!({"name": "N", "pmsResourceIds": ["12345"]}),
        ),
        (
            "appointmentTypes",
            json!({"name": "N", "pmsAppointmentTypeIds": ["G1235"]}),
        ),
    ] {
        problem(
            &clinic
                .app
                .admin("POST", &format!("/practices/{other}/{list}"), body)
                .await,
            400,
        );
    }
}

#[tokio::test]
async fn a_practice_that_is_none_is_404_on_every_route() {
    let clinic = Clinic::new().await;
    let name = json!({"name": "N"});
    for id in ["4711", "89999999", "90000000", "0", "x"] {
        for (method, path, body) in [
            ("GET", "", Value::Null),
            ("PATCH", "", json!({})),
            ("DELETE", "", Value::Null),
            ("GET", "/consents", Value::Null),
            (
                "POST",
                "/consents",
                json!({"consumerId": clinic.pms.consumer_id}),
            ),
            ("DELETE", "/consents/1", Value::Null),
            ("GET", "/requests", Value::Null),
            ("POST", "/requests", json!({"type": "pmsResources"})),
            ("GET", "/practitioners", Value::Null),
            ("POST", "/practitioners", name.clone()),
            ("PATCH", "/practitioners/100000001", name.clone()),
            ("GET", "/appointmentTypes", Value::Null),
            ("POST", "/appointmentTypes", name.clone()),
            ("PATCH", "/appointmentTypes/100000001", name.clone()),
            ("GET", "/pmsResources", Value::Null),
            ("GET", "/pmsAppointmentTypes", Value::Null),
            ("GET", "/bookings", Value::Null),
            ("POST", "/bookings/search", json!({"phone": "0412345678"})),
            ("GET", "/bookings/100000001", Value::Null),
            ("POST", "/bookings/100000001/enteredByHand", Value::Null),
            ("POST", "/bookings/100000001/cancel", Value::Null),
            ("POST", "/bookings/100000001/attended", Value::Null),
            ("GET", "/attention", Value::Null),
            (
                "GET",
                "/bookability?practitionerId=100000001&appointmentTypeId=100000002&start=2026-11-24T09:00:00Z",
                Value::Null,
            ),
            ("GET", "/audit", Value::Null),
        ] {
            let path = format!("/practices/{id}{path}");
            let answer = clinic.app.admin(method, &path, body).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.error());
        }
    }
}
