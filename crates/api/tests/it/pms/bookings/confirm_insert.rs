//! `confirmInsert` (BOOK-4, BOOK-2).

use crate::pms::support::{NO_ID, audit, deeds, page, reject, restarted, staff, stranger, view};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

fn ids(view: &Value) -> (Value, Value) {
    (
        view["pmsAppointmentIds"].clone(),
        view["pmsPatientId"].clone(),
    )
}

#[tokio::test]
async fn a_confirm_keeps_the_ids_and_the_telehealth_fields_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let body = json!({
        "pmsAppointmentIds": [12384, "A2"], "pmsPatientId": 77,
        "patientAppointmentLink": "https://meet.example/1",
        "patientAppointmentDescription": "PIN 12",
        "practitionerAppointmentLink": "not a link",
        "practitionerAppointmentDescription": null,
    });
    let confirmed = clinic.say(&booked, "confirmInsert", body).await;
    assert_eq!(confirmed.expect(200), json!({}));
    let clinic = restarted(clinic).await;
    let seen = view(&clinic, &booked).await;
    assert_eq!(ids(&seen), (json!(["12384", "A2"]), json!("77")));
    assert_eq!(seen["status"], "confirmed");
    assert_eq!(seen["notInPms"], false);
    let page = page(&clinic, &booked).await;
    assert_eq!(page["telehealthLink"], "https://meet.example/1");
    assert_eq!(page["telehealthDescription"], "PIN 12");
}

#[tokio::test]
async fn a_telehealth_link_is_shown_only_if_it_is_http_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    for (link, shown) in [
        ("HTTPS://Meet.example/x y", true),
        ("http://meet.example", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("https", false),
        ("Room 3, by phone", false),
    ] {
        let body = json!({"pmsAppointmentIds": ["A"], "pmsPatientId": "P",
            "patientAppointmentLink": link});
        clinic.say(&booked, "confirmInsert", body).await.expect(200);
        let expected = if shown { json!(link) } else { Value::Null };
        assert_eq!(
            page(&clinic, &booked).await["telehealthLink"],
            expected,
            "{link}"
        );
    }
    assert!(
        clinic.attention().await.is_empty(),
        "the ids were always the same"
    );
}

#[tokio::test]
async fn the_same_confirm_again_changes_nothing_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let before = audit(&clinic, &booked).await;
    clinic.confirm(&booked).await;
    clinic.app.advance(20).await;
    let clinic = restarted(clinic).await;
    clinic.app.advance(86_400).await;
    clinic.confirm(&booked).await;
    assert_eq!(audit(&clinic, &booked).await, before);
    assert_eq!(deeds(&clinic, &booked).await, ["book", "confirmInsert"]);
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn other_ids_replace_the_first_and_alert_the_practice_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let anew = json!({"pmsAppointmentIds": ["A2"], "pmsPatientId": "P1"});
    clinic
        .say(&booked, "confirmInsert", anew.clone())
        .await
        .expect(200);
    assert_eq!(
        ids(&view(&clinic, &booked).await),
        (json!(["A2"]), json!("P1"))
    );
    let alert = [("idsReplaced".to_owned(), booked.id)];
    assert_eq!(clinic.attention().await, alert);
    // Another patient is another id too; the same one again is none.
    let entries = audit(&clinic, &booked).await.len();
    clinic.say(&booked, "confirmInsert", anew).await.expect(200);
    assert_eq!(audit(&clinic, &booked).await.len(), entries);
    let patient = json!({"pmsAppointmentIds": ["A2"], "pmsPatientId": "P2"});
    clinic
        .say(&booked, "confirmInsert", patient)
        .await
        .expect(200);
    assert_eq!(audit(&clinic, &booked).await.len(), entries + 1);
    assert_eq!(clinic.attention().await, alert);
    assert_eq!(clinic.status(&booked).await, "confirmed");
}

#[tokio::test]
async fn a_confirm_after_a_reject_in_time_is_refused_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    reject(&clinic, &booked).await.expect(200);
    let body = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
    for _ in 0..2 {
        let refused = clinic.say(&booked, "confirmInsert", body.clone()).await;
        assert!(refused.error().contains("rejected"), "{}", refused.error());
        refused.expect(400);
        clinic.app.advance(30).await;
    }
    assert_eq!(ids(&view(&clinic, &booked).await), (json!([]), Value::Null));
    assert_eq!(clinic.status(&booked).await, "rejected");
}

#[tokio::test]
async fn a_booking_entered_by_hand_leaves_the_list_and_a_confirm_keeps_its_ids_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.list("bookings").await;
    staff(&clinic, &booked, "enteredByHand").await.expect(200);
    assert_eq!(clinic.status(&booked).await, "confirmed");
    assert!(clinic.list("bookings").await.is_empty());
    assert!(clinic.poll().await.is_empty());
    staff(&clinic, &booked, "enteredByHand").await.expect(200);
    clinic.app.advance(20).await;
    assert!(clinic.attention().await.is_empty(), "it is in the PMS");
    assert_eq!(view(&clinic, &booked).await["pmsAnswer"], "enteredByHand");
    clinic.confirm(&booked).await;
    let clinic = restarted(clinic).await;
    let seen = view(&clinic, &booked).await;
    assert_eq!(ids(&seen), (json!(["A1"]), json!("P1")));
    assert_eq!(seen["status"], "confirmed");
    // Said by hand after the PMS has confirmed: nothing changes.
    staff(&clinic, &booked, "enteredByHand").await.expect(200);
    assert_eq!(view(&clinic, &booked).await["pmsAnswer"], "confirmed");
    let done = ["book", "enteredByHand", "confirmInsert"];
    assert_eq!(deeds(&clinic, &booked).await, done);
    assert!(clinic.attention().await.is_empty());
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn only_a_booking_that_stands_can_be_entered_by_hand_book_2() {
    let clinic = Clinic::new().await;
    let rejected = clinic.book("2026-11-24T09:00").await;
    reject(&clinic, &rejected).await.expect(200);
    staff(&clinic, &rejected, "enteredByHand").await.expect(409);
    let cancelled = clinic.book("2026-11-24T10:00").await;
    clinic.cancel(&cancelled).await;
    staff(&clinic, &cancelled, "enteredByHand")
        .await
        .expect(409);
    // After the 20 seconds as well, and by the clock alone.
    let late = clinic.book("2026-11-24T11:00").await;
    clinic.app.clock.advance(25);
    staff(&clinic, &late, "enteredByHand").await.expect(200);
    assert_eq!(
        deeds(&clinic, &late).await,
        ["book", "stand", "enteredByHand"]
    );
}

#[tokio::test]
async fn a_confirm_without_any_appointment_is_one_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let none = json!({"pmsAppointmentIds": [], "pmsPatientId": "P1"});
    clinic.say(&booked, "confirmInsert", none).await.expect(200);
    assert!(clinic.poll().await.is_empty());
    assert_eq!(ids(&view(&clinic, &booked).await), (json!([]), json!("P1")));
}

#[tokio::test]
async fn a_confirm_that_cannot_be_read_stores_nothing_book_4() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    for body in [
        Value::Null,
        json!({}),
        json!([]),
        json!({"pmsAppointmentIds": ["A1"]}),
        json!({"pmsPatientId": "P1"}),
        json!({"pmsAppointmentIds": "A1", "pmsPatientId": "P1"}),
        json!({"pmsAppointmentIds": [{}], "pmsPatientId": "P1"}),
        json!({"pmsAppointmentIds": ["A\u{0}"], "pmsPatientId": "P1"}),
    ] {
        let refused = clinic.say(&booked, "confirmInsert", body.clone()).await;
        assert!(!refused.error().is_empty(), "{body}");
        refused.expect(400);
    }
    assert_eq!(view(&clinic, &booked).await["pmsAnswer"], "none");
    assert_eq!(clinic.poll().await, ["bookings"]);
}

#[tokio::test]
async fn another_practice_s_booking_and_one_that_nobody_made_are_404_book_4_book_5() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let other = stranger(&clinic).await;
    let body = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
    for what in ["confirmInsert", "rejectInsert", "cancel", "didNotAttend"] {
        let path = format!("/bookings/{}/{what}", booked.id);
        let theirs = clinic.app.pms(&other, "POST", &path, body.clone()).await;
        assert!(!theirs.error().is_empty());
        theirs.expect(404);
        let none = clinic.pms.practice_id * 100_000_000 + NO_ID;
        for id in [none, NO_ID, 0, -1, i64::MAX] {
            let path = format!("/bookings/{id}/{what}");
            clinic.pms("POST", &path, body.clone()).await.expect(404);
        }
        let path = format!("/bookings/x/{what}");
        clinic.pms("POST", &path, body.clone()).await.expect(404);
    }
    assert_eq!(deeds(&clinic, &booked).await, ["book"]);
}
