//! Bookings in the practice's hands.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Booked, Clinic};

async fn get(clinic: &Clinic, booked: &Booked) -> Value {
    let path = format!("/bookings/{}", booked.id);
    clinic.admin("GET", &path, Value::Null).await.expect(200)
}

async fn deed(clinic: &Clinic, booked: &Booked, deed: &str) -> slotbridge_testkit::Answer {
    let path = format!("/bookings/{}/{deed}", booked.id);
    clinic
        .admin("POST", &path, json!({"reason": "by phone"}))
        .await
}

#[tokio::test]
async fn staff_see_all_of_a_booking() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    assert_eq!(
        get(&clinic, &booked).await,
        json!({
            "bookingId": booked.id, "status": "requested", "pmsAnswer": "none", "notInPms": true,
            "attendance": null, "practitionerId": clinic.practitioners[0],
            "appointmentTypeId": clinic.appointment_type, "appointmentType": "General Appointment",
            "pmsResourceId": "12345", "pmsAppointmentTypeId": "G1235", "pmsAppointmentIds": [],
            "pmsPatientId": null, "start": "2026-11-24T09:00:00+11:00",
            "end": "2026-11-24T09:30:00+11:00", "createdAt": "2026-11-23T11:00:00+11:00",
            "isNewPatient": true, "reason": "Cough",
            "patient": {"firstname": "Anna", "lastname": "Nguyen", "dob": "1984-02-29",
                "phone": "0412345678", "email": "anna@example.com"},
        })
    );
    clinic.confirm(&booked).await;
    let shown = get(&clinic, &booked).await;
    assert_eq!(
        (&shown["status"], &shown["notInPms"]),
        (&json!("confirmed"), &json!(false))
    );
    assert_eq!(
        (&shown["pmsPatientId"], &shown["pmsAppointmentIds"]),
        (&json!("P1"), &json!(["A1"]))
    );
}

#[tokio::test]
async fn bookings_are_listed_by_start_and_by_day_of_the_practice() {
    let clinic = Clinic::new().await;
    let late = clinic.book("2026-11-24T16:30").await;
    let early = clinic.book("2026-11-24T09:00").await;
    let list = async |query: &str| {
        let list = clinic
            .admin("GET", &format!("/bookings{query}"), Value::Null)
            .await
            .expect(200);
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["bookingId"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("", vec![early.id, late.id]),
        ("?from=2026-11-24", vec![early.id, late.id]),
        ("?to=2026-11-24", vec![early.id, late.id]),
        ("?from=2026-11-24&to=2026-11-24", vec![early.id, late.id]),
        ("?to=2026-11-23", vec![]),
        ("?from=2026-11-25", vec![]),
        ("?from=2026-11-25&to=2026-11-23", vec![]),
        ("?page=2", vec![]),
    ] {
        assert_eq!(list(query).await, expected, "{query}");
    }
    problem(
        &clinic
            .admin("GET", "/bookings?from=yesterday", Value::Null)
            .await,
        400,
    );
}

#[tokio::test]
async fn a_booking_entered_by_hand_leaves_the_list_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let shown = deed(&clinic, &booked, "enteredByHand").await.expect(200);
    assert_eq!(
        (&shown["status"], &shown["notInPms"]),
        (&json!("confirmed"), &json!(false))
    );
    assert!(clinic.poll().await.is_empty());
    deed(&clinic, &booked, "enteredByHand").await.expect(200);
    clinic.confirm(&booked).await;
    assert_eq!(get(&clinic, &booked).await["pmsPatientId"], "P1");
}

#[tokio::test]
async fn staff_cancel_a_booking_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let shown = deed(&clinic, &booked, "cancel").await.expect(200);
    assert_eq!(shown["status"], "cancelled");
    assert_eq!(clinic.poll().await, ["bookingUpdates"]);
    deed(&clinic, &booked, "cancel").await.expect(200);
    assert_eq!(clinic.list("bookingUpdates").await.len(), 1);
    for wrong in ["enteredByHand", "attended"] {
        let answer = deed(&clinic, &booked, wrong).await;
        assert!([200, 409].contains(&answer.status.as_u16()), "{wrong}");
        assert_eq!(
            get(&clinic, &booked).await["status"],
            "cancelled",
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn attendance_is_marked_from_the_day_on_book_10() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    problem(&deed(&clinic, &booked, "attended").await, 409);
    clinic.confirm(&booked).await;
    problem(&deed(&clinic, &booked, "attended").await, 409);
    clinic
        .app
        .clock
        .set("2026-11-23T13:00:00Z".parse().unwrap());
    let shown = deed(&clinic, &booked, "attended").await.expect(200);
    assert_eq!(
        (&shown["attendance"], &shown["status"]),
        (&json!("attended"), &json!("confirmed"))
    );
    assert_eq!(clinic.status(&booked).await, "confirmed");
}

#[tokio::test]
async fn what_needs_attention_is_listed_until_it_is_settled_book_3_book_5() {
    let clinic = Clinic::new().await;
    let (one, two) = (
        clinic.book("2026-11-24T09:00").await,
        clinic.book("2026-11-24T09:30").await,
    );
    assert!(clinic.attention().await.is_empty());
    clinic.app.clock.advance(20);
    let not_yet = |b: &Booked| ("notInPms".to_owned(), b.id);
    assert_eq!(clinic.attention().await, [not_yet(&one), not_yet(&two)]);
    let list = clinic
        .admin("GET", "/attention", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"][0]["since"], "2026-11-23T00:00:20Z");
    deed(&clinic, &one, "enteredByHand").await.expect(200);
    clinic.app.clock.advance(1);
    clinic
        .say(&two, "rejectInsert", json!({}))
        .await
        .expect(200);
    assert_eq!(
        clinic.attention().await,
        [("lateRejection".to_owned(), two.id)]
    );
    clinic.confirm(&two).await;
    assert!(clinic.attention().await.is_empty());
}
