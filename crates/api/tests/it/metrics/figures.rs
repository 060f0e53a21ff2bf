//! What the figures say after this and that.

use super::scrape;
use serde_json::{Value, json};
use slotbridge_testkit::clinic::patient;
use slotbridge_testkit::{Booked, Clinic};

fn counts(expected: &[(&str, u32)]) -> std::collections::BTreeMap<String, u32> {
    let owned = expected.iter().map(|(name, n)| ((*name).to_owned(), *n));
    owned.collect()
}

async fn answer(clinic: &Clinic, booked: &Booked, answer: &str, body: Value, status: u16) {
    let path = format!("/bookings/{}/{answer}", booked.id);
    clinic.pms("POST", &path, body).await.expect(status);
}

fn confirmation() -> Value {
    json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"})
}

#[tokio::test]
async fn an_outcome_is_counted_once_and_only_when_it_happened_book_3_book_5() {
    let clinic = Clinic::new().await;
    let mut expected = vec![];
    assert_eq!(scrape(&clinic.app).await.bookings(), counts(&expected));

    let first = clinic.book("2026-11-24T09:00").await;
    expected.push(("created", 1));
    assert_eq!(scrape(&clinic.app).await.bookings(), counts(&expected));

    // The same time again, and something that is no booking at all.
    let again = clinic.booking("2026-11-24T09:00");
    clinic
        .app
        .patient("POST", "/bookings", again)
        .await
        .expect(409);
    clinic
        .app
        .patient("POST", "/bookings", json!({}))
        .await
        .expect(400);
    expected.push(("not_available", 1));
    assert_eq!(scrape(&clinic.app).await.bookings(), counts(&expected));

    for _ in 0..2 {
        answer(&clinic, &first, "confirmInsert", confirmation(), 200).await;
    }
    expected.push(("confirmed", 1));
    // Too late for a rejection: 400, and nothing to count.
    answer(&clinic, &first, "rejectInsert", json!({}), 400).await;
    assert_eq!(scrape(&clinic.app).await.bookings(), counts(&expected));

    let second = clinic.book("2026-11-24T09:30").await;
    for _ in 0..2 {
        answer(&clinic, &second, "rejectInsert", json!({}), 200).await;
    }
    let third = clinic.book("2026-11-24T10:00").await;
    clinic.app.advance(20).await;
    clinic.app.advance(20).await;
    answer(&clinic, &third, "rejectInsert", json!({}), 200).await;
    for _ in 0..2 {
        clinic
            .app
            .manage(
                &first.token,
                "POST",
                &format!("/bookings/{}/cancel", first.id),
                json!({}),
            )
            .await
            .expect(200);
    }
    answer(&clinic, &third, "cancel", json!({}), 200).await;
    let shown = scrape(&clinic.app).await;
    let expected = [
        ("created", 3),
        ("not_available", 1),
        ("confirmed", 1),
        ("rejected", 1),
        ("stood", 1),
        ("rejected_late", 1),
        ("cancelled_by_patient", 1),
        ("cancelled_by_pms", 1),
    ];
    assert_eq!(shown.bookings(), counts(&expected));
}

#[tokio::test]
async fn a_booking_under_one_idempotency_key_is_one_booking() {
    let clinic = Clinic::new().await;
    let body = clinic.booking("2026-11-24T09:00");
    for _ in 0..3 {
        let key = [("idempotency-key".to_owned(), "k1".to_owned())];
        let path = "/booking-api/v1/bookings";
        clinic.app.call("POST", path, &key, &body).await.expect(201);
    }
    assert_eq!(
        scrape(&clinic.app).await.bookings(),
        counts(&[("created", 1)])
    );
}

#[tokio::test]
async fn calls_are_counted_by_their_route_and_unknown_paths_make_no_label() {
    let clinic = Clinic::new().await;
    clinic
        .pms("GET", "/requests", Value::Null)
        .await
        .expect(200);
    clinic
        .pms("GET", "/requests", Value::Null)
        .await
        .expect(200);
    clinic
        .pms("POST", "/bookings/123/confirmInsert", confirmation())
        .await
        .expect(404);
    for n in 0..50 {
        let path = format!("/nothing/{n}?phone=0412345678");
        clinic.app.raw("GET", &path, &[], "").await.expect(404);
        let method = format!("BREW{n}");
        clinic
            .app
            .raw(&method, "/healthz", &[], "")
            .await
            .expect(405);
    }
    let shown = scrape(&clinic.app).await;
    let requests = |labels: &str| shown.get(&format!("slotbridge_http_requests_total{{{labels}}}"));
    let poll = r#"face="pms",route="/pms-api/v1/requests",method="GET""#;
    assert_eq!(requests(&format!(r#"{poll},status="200""#)), 2.0);
    let took = format!("slotbridge_http_request_duration_seconds_count{{{poll}}}");
    assert_eq!(shown.get(&took), 2.0);
    let confirm = r#"face="pms",route="/pms-api/v1/bookings/{bookingId}/confirmInsert""#;
    assert_eq!(
        requests(&format!(r#"{confirm},method="POST",status="404""#)),
        1.0
    );
    let unmatched = r#"face="other",route="unmatched",method="GET",status="404""#;
    assert_eq!(requests(unmatched), 50.0);
    let odd = r#"face="other",route="/healthz",method="other",status="405""#;
    assert_eq!(requests(odd), 50.0);
    // This scrape itself is being answered; nothing else is.
    assert_eq!(shown.get("slotbridge_http_requests_in_flight"), 1.0);
    assert!(shown.of("slotbridge_http_requests_total").count() < 20);
}

#[tokio::test]
async fn what_waits_is_shown_with_its_age() {
    let clinic = Clinic::new().await;
    clinic.app.advance(0).await;
    clinic.book("2026-11-24T09:00").await;
    clinic.app.clock.advance(90);
    let shown = scrape(&clinic.app).await;
    assert_eq!(shown.get("slotbridge_store_up"), 1.0);
    let bookings = r#"{type="bookings"}"#;
    let key = |name: &str, labels: &str| format!("slotbridge_{name}{labels}");
    assert_eq!(shown.get(&key("requests_outstanding", bookings)), 1.0);
    assert_eq!(shown.get(&key("requests_oldest_seconds", bookings)), 90.0);
    let updates = r#"{type="bookingUpdates"}"#;
    assert_eq!(shown.get(&key("requests_outstanding", updates)), 0.0);
    // The 20 seconds were over 70 s ago, and no worker runs here.
    assert_eq!(shown.get("slotbridge_due_rows"), 1.0);
    assert_eq!(shown.get("slotbridge_due_lag_seconds"), 70.0);
    assert_eq!(shown.get("slotbridge_practices_with_consent"), 1.0);
    let within = |time: &str| {
        shown.get(&key(
            "practices_in_contact",
            &format!(r#"{{within="{time}"}}"#),
        ))
    };
    assert_eq!([within("1m"), within("5m"), within("60m")], [0.0, 1.0, 1.0]);
    assert!(shown.get("slotbridge_store_commit_callers_count") > 0.0);
    assert!(shown.get("slotbridge_store_queue_wait_seconds_count") > 0.0);
    assert_eq!(shown.get("slotbridge_store_waiting"), 0.0);
    assert!(shown.get("process_resident_memory_bytes") > 1e6);
    assert!(shown.get("process_open_fds") > 3.0);
    assert_eq!(shown.of("slotbridge_build_info{version=").count(), 1);
}

#[tokio::test]
async fn nothing_of_a_person_a_practice_or_a_key_is_shown() {
    let clinic = Clinic::at(
        slotbridge_testkit::TestApp::new().await,
        json!({"name": "Harbour Street Medical"}),
    )
    .await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.status(&booked).await;
    answer(&clinic, &booked, "confirmInsert", confirmation(), 200).await;
    let text = scrape(&clinic.app).await.text;
    let patient = patient();
    let patient = patient.as_object().unwrap().values();
    let patient = patient.map(|value| value.as_str().unwrap().to_owned());
    let others = [
        "Harbour",
        "Doctor",
        "12345",
        &booked.id.to_string(),
        &booked.token,
        &clinic.pms.api_key,
        &clinic.pms.practice_key,
        &clinic.app.operator_token,
    ];
    for secret in others.map(ToOwned::to_owned).into_iter().chain(patient) {
        assert!(!text.contains(&secret), "{secret} stands in\n{text}");
    }
}
