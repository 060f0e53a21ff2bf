//! Looking after a booking.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Booked, Clinic};

async fn get(clinic: &Clinic, booked: &Booked) -> Value {
    let path = format!("/bookings/{}", booked.id);
    clinic
        .app
        .manage(&booked.token, "GET", &path, Value::Null)
        .await
        .expect(200)
}

async fn cancel(clinic: &Clinic, booked: &Booked) -> Answer {
    let path = format!("/bookings/{}/cancel", booked.id);
    clinic
        .app
        .manage(&booked.token, "POST", &path, json!({}))
        .await
}

#[tokio::test]
async fn a_booking_is_shown_to_whoever_has_its_token() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    assert_eq!(
        get(&clinic, &booked).await,
        json!({
            "bookingId": booked.id, "status": "requested", "practiceId": clinic.pms.practice_id,
            "practiceName": "Test Practice", "timezone": "Australia/Sydney",
            "practitionerId": clinic.practitioners[0], "appointmentTypeId": clinic.appointment_type,
            "appointmentType": "General Appointment",
            "start": "2026-11-24T09:00:00+11:00", "end": "2026-11-24T09:30:00+11:00",
            "createdAt": "2026-11-23T11:00:00+11:00", "decidedBy": "2026-11-23T11:00:20+11:00",
            "telehealthLink": null, "telehealthDescription": null,
        })
    );
}

#[tokio::test]
async fn without_a_token_it_is_401_and_with_another_s_404() {
    let clinic = Clinic::new().await;
    let (one, two) = (
        clinic.book("2026-11-24T09:00").await,
        clinic.book("2026-11-24T09:30").await,
    );
    for (method, path) in [
        ("GET", format!("/bookings/{}", one.id)),
        ("POST", format!("/bookings/{}/cancel", one.id)),
    ] {
        let none = clinic.app.patient(method, &path, Value::Null).await;
        problem(&none, 401);
        assert_eq!(none.header("www-authenticate"), Some("Bearer"));
        let mut seen = Vec::new();
        for token in [
            two.token.as_str(),
            "sbm_",
            &one.token[..40],
            &clinic.app.operator_token,
            &one.token.to_uppercase(),
        ] {
            let other = clinic.app.manage(token, method, &path, Value::Null).await;
            problem(&other, 404);
            seen.push(other.bytes);
        }
        // A booking that never was reads the same.
        let never = path.replace(&one.id.to_string(), &(one.id + 50).to_string());
        seen.push(
            clinic
                .app
                .manage(&one.token, method, &never, Value::Null)
                .await
                .bytes,
        );
        let never = path.replace(&one.id.to_string(), "471100000001");
        seen.push(
            clinic
                .app
                .manage(&one.token, method, &never, Value::Null)
                .await
                .bytes,
        );
        assert!(seen.iter().all(|bytes| *bytes == seen[0]));
        for scheme in ["Basic", "Token"] {
            let headers = [(
                "authorization".to_owned(),
                format!("{scheme} {}", one.token),
            )];
            let path = format!("/booking-api/v1{path}");
            let answer = clinic.app.raw(method, &path, &headers, "").await;
            problem(&answer, 401);
        }
    }
    assert_eq!(clinic.status(&one).await, "requested");
    let headers = [("authorization".to_owned(), format!("bEARER  {}", one.token))];
    let path = format!("/booking-api/v1/bookings/{}", one.id);
    clinic.app.raw("GET", &path, &headers, "").await.expect(200);
}

#[tokio::test]
async fn a_patient_s_token_opens_nothing_else() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let bearer = [(
        "authorization".to_owned(),
        format!("Bearer {}", booked.token),
    )];
    for path in ["/admin-api/v1/practices", "/admin-api/v1/operatorTokens"] {
        problem(&clinic.app.raw("GET", path, &bearer, "").await, 401);
    }
}

#[tokio::test]
async fn a_booking_is_cancelled_once_and_again_changes_nothing_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let path = format!("/bookings/{}/cancel", booked.id);
    let body = json!({"reason": "I am well again"});
    let shown = clinic
        .app
        .manage(&booked.token, "POST", &path, body)
        .await
        .expect(200);
    assert_eq!(shown["status"], "cancelled");
    assert_eq!(shown, get(&clinic, &booked).await);
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
    assert_eq!(cancel(&clinic, &booked).await.expect(200), shown);
    let trail = clinic
        .admin(
            "GET",
            &format!("/audit?bookingId={}", booked.id),
            Value::Null,
        )
        .await
        .expect(200);
    let notes: Vec<(&str, &Value)> = trail["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["action"].as_str().unwrap(), &row["note"]))
        .collect();
    assert_eq!(
        notes,
        [
            ("cancel", &json!("I am well again")),
            ("book", &Value::Null)
        ]
    );
}

#[tokio::test]
async fn an_appointment_that_has_begun_is_not_cancelled_any_more() {
    let clinic = Clinic::new().await;
    let (one, two) = (
        clinic.book("2026-11-24T09:00").await,
        clinic.book("2026-11-24T09:30").await,
    );
    cancel(&clinic, &two).await.expect(200);
    clinic
        .app
        .clock
        .set("2026-11-23T21:59:59Z".parse().unwrap());
    let three = clinic.book("2026-11-24T10:00").await;
    clinic
        .app
        .clock
        .set("2026-11-23T22:00:00Z".parse().unwrap());
    problem(&cancel(&clinic, &one).await, 409);
    assert_eq!(clinic.status(&one).await, "confirmed");
    clinic.app.clock.advance(3600);
    cancel(&clinic, &two).await.expect(200);
    problem(&cancel(&clinic, &three).await, 409);
}

#[tokio::test]
async fn after_a_rejection_other_times_are_offered_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic
        .say(&booked, "rejectInsert", json!({"reason": "taken"}))
        .await
        .expect(200);
    let shown = get(&clinic, &booked).await;
    assert_eq!(shown["status"], "rejected");
    let starts: Vec<&str> = shown["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| &slot["start"].as_str().unwrap()[11..16])
        .collect();
    assert_eq!(starts, ["09:30", "10:30", "09:00", "11:00", "11:30"]);
    assert!(
        !shown.to_string().contains("taken"),
        "the PMS's reason is for support"
    );
    problem(&cancel(&clinic, &booked).await, 409);
}

#[tokio::test]
async fn a_patient_sees_each_state_of_the_booking() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    assert_eq!(clinic.status(&booked).await, "requested");
    clinic.app.clock.advance(19);
    assert_eq!(clinic.status(&booked).await, "requested");
    clinic.app.clock.advance(1);
    // No timer has run.
    assert_eq!(clinic.status(&booked).await, "confirmed");
    clinic
        .app
        .clock
        .set("2026-11-24T03:00:00Z".parse().unwrap());
    clinic
        .say(&booked, "didNotAttend", json!({}))
        .await
        .expect(200);
    assert_eq!(clinic.status(&booked).await, "didNotAttend");
    clinic.say(&booked, "cancel", json!({})).await.expect(200);
    assert_eq!(clinic.status(&booked).await, "cancelled");
}

#[tokio::test]
async fn a_telehealth_link_is_one_only_with_http_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    for (link, shown) in [
        ("https://meet.example/1", true),
        ("HTTP://meet.example/1", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("call 131450", false),
        ("ftp://x", false),
        ("//meet.example", false),
        ("httpx://a", false),
        ("", false),
    ] {
        let body = json!({
            "pmsAppointmentIds": ["A"], "pmsPatientId": "P", "patientAppointmentLink": link,
            "patientAppointmentDescription": "Be on time",
        });
        clinic.say(&booked, "confirmInsert", body).await.expect(200);
        let page = get(&clinic, &booked).await;
        let expected = if shown { json!(link) } else { Value::Null };
        assert_eq!(page["telehealthLink"], expected, "{link}");
        assert_eq!(page["telehealthDescription"], "Be on time");
    }
}

#[tokio::test]
async fn bad_bodies_of_a_cancellation_are_problems() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let path = format!("/bookings/{}/cancel", booked.id);
    for (body, fault) in [
        (
            json!({"reason": []}),
            "reason: must be a text, not an array",
        ),
        (json!([]), "body: must be an object, not an array"),
        (
            json!({"reason": "a\0"}),
            "reason: must not contain a NUL character",
        ),
    ] {
        let answer = clinic.app.manage(&booked.token, "POST", &path, body).await;
        assert_eq!(problem(&answer, 400), [fault]);
    }
    assert_eq!(clinic.status(&booked).await, "requested");
}
