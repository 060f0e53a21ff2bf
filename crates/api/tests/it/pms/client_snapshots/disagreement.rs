//! A snapshot that contradicts a booking has the PMS asked, and changes no booking (SNAP-3).

use super::{TODAY, TOMORROW, appointment, reminding, send, snapshot};
use serde_json::{Value, json};
use slotbridge_testkit::{Booked, Clinic};

/// The bookings about which the PMS is asked whether their appointments changed.
async fn asked_about(clinic: &Clinic) -> Vec<i64> {
    let list = clinic
        .admin("GET", "/requests", Value::Null)
        .await
        .expect(200);
    let requests = list["data"].as_array().unwrap().iter();
    requests
        .filter(|request| request["type"] == "pmsAppointmentChanges")
        .map(|request| request["bookingId"].as_i64().unwrap())
        .collect()
}

/// A clinic with a booking at 09:00 tomorrow that the PMS keeps as `A1`.
async fn booked() -> (Clinic, Booked) {
    let (clinic, _) = reminding().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    (clinic, booked)
}

#[tokio::test]
async fn an_appointment_as_booked_raises_nothing_snap_3() {
    let (clinic, _) = booked().await;
    let waiting = clinic.book("2026-11-24T10:00").await;
    let own = appointment("A1", "2026-11-24 09:00:00", "patient-arrived");
    let other = appointment("A7", "2026-11-24 09:00:00", "cancelled");
    send(&clinic, snapshot(TOMORROW, vec![own, other]))
        .await
        .expect(200);
    // Nor does one of another day, which says nothing of it.
    send(&clinic, snapshot(TODAY, vec![])).await.expect(200);
    assert_eq!(asked_about(&clinic).await, Vec::<i64>::new());
    assert_eq!(clinic.status(&waiting).await, "requested");
}

#[tokio::test]
async fn cancelled_missed_moved_and_gone_each_have_the_pms_asked_snap_3() {
    for (what, appointments) in [
        (
            "cancelled",
            vec![appointment("A1", "2026-11-24 09:00:00", "cancelled")],
        ),
        (
            "did not attend",
            vec![appointment("A1", "2026-11-24 09:00:00", "patient-dna")],
        ),
        (
            "moved",
            vec![appointment("A1", "2026-11-24 11:00:00", "booked")],
        ),
        ("gone", vec![]),
    ] {
        let (clinic, booked) = booked().await;
        for _ in 0..2 {
            let body = snapshot(TOMORROW, appointments.clone());
            send(&clinic, body).await.expect(200);
            assert_eq!(asked_about(&clinic).await, [booked.id], "{what}");
        }
        assert_eq!(
            clinic.status(&booked).await,
            "confirmed",
            "{what}: it stands"
        );
        assert!(
            !clinic.starts().await.contains(&"09:00".to_owned()),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_snapshot_by_creation_says_it_too_but_never_that_one_is_gone_snap_3() {
    let (clinic, booked) = booked().await;
    let mut body = snapshot(TODAY, vec![]);
    body["dateType"] = json!("appt_creation_datetime");
    send(&clinic, body.clone()).await.expect(200);
    body["appointments"] = json!([appointment("A7", "2026-11-24 09:00:00", "booked")]);
    send(&clinic, body.clone()).await.expect(200);
    assert_eq!(asked_about(&clinic).await, Vec::<i64>::new());
    body["appointments"] = json!([appointment("A1", "2026-11-24 09:00:00", "cancelled")]);
    send(&clinic, body).await.expect(200);
    assert_eq!(asked_about(&clinic).await, [booked.id]);
}

#[tokio::test]
async fn a_booking_that_was_cancelled_or_is_not_in_the_pms_is_not_asked_about_snap_3() {
    let (clinic, booked) = booked().await;
    clinic.cancel(&booked).await;
    clinic.book("2026-11-24T11:00").await;
    clinic.app.advance(21).await;
    send(&clinic, snapshot(TOMORROW, vec![])).await.expect(200);
    assert_eq!(asked_about(&clinic).await, Vec::<i64>::new());
}
