//! Asking whether appointments changed (BOOK-11, BOOK-12).

use super::{clinic, go_to, office_hours, pass, state};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::{DAY, snapshot};
use slotbridge_testkit::{Booked, Clinic};

/// The bookings that are asked for.
async fn asked(clinic: &Clinic) -> Vec<i64> {
    let list = clinic.list("pmsAppointmentChanges").await;
    list.iter()
        .map(|one| one["bookingId"].as_i64().unwrap())
        .collect()
}

async fn send(clinic: &Clinic, body: Value) {
    clinic
        .pms("POST", "/availability/snapshot", body)
        .await
        .expect(200);
}

/// A booking at 09:00 that the PMS has.
async fn confirmed(clinic: &Clinic, start: &str) -> Booked {
    let booked = clinic.book(start).await;
    clinic.confirm(&booked).await;
    booked
}

/// The day without its first half hour.
fn without_nine() -> Value {
    json!({
        "date": DAY, "pmsResourceId": "12345",
        "availability": [
            {"start": "09:30", "end": "12:00", "slotLength": 1800},
            {"start": "13:00", "end": "17:00", "slotLength": 1800},
        ],
    })
}

#[tokio::test]
async fn by_hand_it_is_asked_and_answered_with_no_change_book_11_book_12() {
    let clinic = clinic().await;
    let booked = confirmed(&clinic, "2026-11-24T09:00").await;
    let body = json!({"type": "pmsAppointmentChanges", "bookingId": booked.id});
    clinic
        .admin("POST", "/requests", body.clone())
        .await
        .expect(201);
    assert_eq!(clinic.poll().await, ["pmsAppointmentChanges"]);
    let list = clinic.list("pmsAppointmentChanges").await;
    let expected =
        json!({"bookingId": booked.id, "pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
    assert_eq!(list, [expected]);
    for _ in 0..2 {
        let done = clinic.say(&booked, "noPmsAppointmentChange", Value::Null);
        assert_eq!(
            done.await.expect(200),
            json!({}),
            "with none outstanding too"
        );
        assert!(clinic.poll().await.is_empty());
    }
    assert_eq!(clinic.status(&booked).await, "confirmed");
    // Asked again, it is another request; a cancellation or a mark answers it as well.
    clinic.admin("POST", "/requests", body).await.expect(201);
    clinic.say(&booked, "cancel", json!({})).await.expect(200);
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn what_the_pms_does_not_have_is_not_asked_for_book_12() {
    let clinic = clinic().await;
    let waiting = clinic.book("2026-11-24T09:00").await;
    let cancelled = confirmed(&clinic, "2026-11-24T10:00").await;
    clinic.cancel(&cancelled).await;
    for booked in [&waiting, &cancelled] {
        let body = json!({"type": "pmsAppointmentChanges", "bookingId": booked.id});
        clinic.admin("POST", "/requests", body).await.expect(409);
    }
    let none = json!({"type": "pmsAppointmentChanges"});
    clinic.admin("POST", "/requests", none).await.expect(400);
    assert!(asked(&clinic).await.is_empty());
    let path = format!(
        "/bookings/{}/noPmsAppointmentChange",
        clinic.pms.practice_id * 100_000_000 + 99_999_999
    );
    clinic.pms("POST", &path, Value::Null).await.expect(404);
}

#[tokio::test]
async fn a_later_snapshot_that_offers_a_booked_time_asks_once_book_12() {
    let clinic = clinic().await;
    pass(&clinic, 5).await;
    let booked = confirmed(&clinic, "2026-11-24T09:00").await;
    confirmed(&clinic, "2026-11-24T11:00").await;
    // Made before the booking reached the PMS: it says nothing of it.
    pass(&clinic, 30).await;
    send(&clinic, snapshot("12345", DAY)).await;
    assert!(asked(&clinic).await.is_empty());
    // As the PMS sends it once it has both.
    pass(&clinic, 120).await;
    let mut both = without_nine();
    both["availability"][0]["end"] = json!("11:00");
    send(&clinic, both.clone()).await;
    assert!(asked(&clinic).await.is_empty());
    // The first is offered again.
    both["availability"][0]["start"] = json!("09:00");
    send(&clinic, both.clone()).await;
    assert_eq!(asked(&clinic).await, [booked.id]);
    assert!(
        !clinic.starts().await.contains(&"09:00".into()),
        "it stands"
    );
    // Answered, and the same again: the exception is not the rule.
    clinic
        .say(&booked, "noPmsAppointmentChange", Value::Null)
        .await
        .expect(200);
    pass(&clinic, 300).await;
    send(&clinic, both).await;
    assert!(asked(&clinic).await.is_empty());
}

#[tokio::test]
async fn an_unchanged_snapshot_asks_if_it_is_the_first_since_the_booking_book_12() {
    let clinic = clinic().await;
    let booked = confirmed(&clinic, "2026-11-24T09:00").await;
    pass(&clinic, 120).await;
    let batch = json!([snapshot("12346", DAY), snapshot("12345", DAY)]);
    for _ in 0..2 {
        let path = "/availability/snapshots";
        clinic.pms("POST", path, batch.clone()).await.expect(200);
        assert_eq!(asked(&clinic).await, [booked.id]);
    }
}

#[tokio::test]
async fn half_of_a_booked_time_is_no_offer_of_it_book_12() {
    let clinic = clinic().await;
    confirmed(&clinic, "2026-11-24T09:00").await;
    pass(&clinic, 120).await;
    let mut half = without_nine();
    half["availability"][0]["start"] = json!("09:10");
    send(&clinic, half).await;
    assert!(asked(&clinic).await.is_empty());
}

#[tokio::test]
async fn a_recovered_integration_is_asked_for_what_is_to_come_book_12() {
    let clinic = clinic().await;
    let gone = confirmed(&clinic, "2026-11-24T09:00").await;
    let to_come = confirmed(&clinic, "2026-11-24T10:00").await;
    let waiting = clinic.book("2026-11-24T11:00").await;
    // 09:30 on the day: unhealthy since yesterday.
    go_to(&clinic, "2026-11-23T22:30:00Z").await;
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "unhealthy bookingsWaiting");
    assert!(asked(&clinic).await.is_empty(), "not recovered yet");
    clinic.confirm(&waiting).await;
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "healthy");
    let mut found = asked(&clinic).await;
    found.sort_unstable();
    let mut expected = vec![to_come.id, waiting.id];
    expected.sort_unstable();
    assert_eq!(found, expected, "and not {}, which has begun", gone.id);
}

#[tokio::test]
async fn one_that_was_well_again_overnight_has_recovered_in_the_morning_book_12() {
    let clinic = clinic().await;
    office_hours(&clinic).await;
    let booked = confirmed(&clinic, "2026-11-24T16:00").await;
    go_to(&clinic, "2026-11-23T07:00:00Z").await;
    assert_eq!(state(&clinic).await, "outsideLiveHours");
    clinic.poll().await;
    assert!(asked(&clinic).await.is_empty());
    go_to(&clinic, super::OPENING).await;
    assert_eq!(state(&clinic).await, "healthy");
    assert_eq!(asked(&clinic).await, [booked.id]);
}

#[tokio::test]
async fn the_day_after_it_is_asked_only_if_the_practice_chose_so_book_12() {
    for chosen in [false, true] {
        let clinic = clinic().await;
        let change = json!({"askAfterAppointments": chosen, "hideWhenUnhealthy": false});
        clinic.admin("PATCH", "", change).await.expect(200);
        let booked = confirmed(&clinic, "2026-11-24T09:00").await;
        let marked = confirmed(&clinic, "2026-11-24T10:00").await;
        // The integration never rests, so that it never has to recover.
        let hours = json!({"liveHours": {}});
        let path = "/config/livenessContract";
        clinic.pms("POST", path, hours).await.expect(200);
        go_to(&clinic, "2026-11-24T12:00:00Z").await;
        clinic
            .say(&marked, "didNotAttend", json!({}))
            .await
            .expect(200);
        go_to(&clinic, "2026-11-24T12:59:59Z").await;
        assert!(asked(&clinic).await.is_empty());
        // Midnight at the practice.
        pass(&clinic, 1).await;
        let expected: &[i64] = if chosen { &[booked.id] } else { &[] };
        assert_eq!(asked(&clinic).await, expected);
        clinic
            .say(&booked, "noPmsAppointmentChange", Value::Null)
            .await
            .expect(200);
        pass(&clinic, 3 * 24 * 3600).await;
        assert!(asked(&clinic).await.is_empty(), "once");
    }
}
