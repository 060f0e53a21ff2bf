//! What takes a time, whatever the snapshot says (AVAIL-3).

use crate::pms::support::{
    answer, book_at, only_the_clock, range, reasons, reject, restarted, send, send_usual,
    the_update, times,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Answer, Clinic};

async fn try_hold(clinic: &Clinic, start: &str) -> Answer {
    clinic
        .app
        .patient("POST", "/holds", clinic.booking(start))
        .await
}

async fn hold(clinic: &Clinic, start: &str) -> String {
    let held = try_hold(clinic, start).await.expect(201);
    held["holdId"].as_str().expect("an id").to_owned()
}

async fn book_held(clinic: &Clinic, start: &str, hold: &str) -> Answer {
    let mut body = clinic.booking(start);
    body["holdId"] = json!(hold);
    clinic.app.patient("POST", "/bookings", body).await
}

async fn free(clinic: &Clinic, start: &str) -> bool {
    clinic.starts().await.contains(&start.to_owned())
}

#[tokio::test]
async fn a_snapshot_that_still_offers_a_booked_time_does_not_bring_it_back_avail_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    for answered in [false, true] {
        if answered {
            clinic.confirm(&booked).await;
        }
        send(&clinic, "12345", DAY, &[range("09:00", "10:00", 1800)]).await;
        assert_eq!(clinic.starts().await, ["09:30"]);
        clinic.try_book("2026-11-24T09:00").await.expect(409);
        send(&clinic, "12345", DAY, &[]).await;
    }
    // Nor does one that cuts the day otherwise.
    send(&clinic, "12345", DAY, &[range("08:45", "10:15", 900)]).await;
    assert_eq!(clinic.starts().await, ["09:30", "09:45"]);
    for overlapping in ["2026-11-24T08:45", "2026-11-24T09:00", "2026-11-24T09:15"] {
        clinic.try_book(overlapping).await.expect(409);
    }
    let clinic = restarted(clinic).await;
    assert_eq!(clinic.starts().await, ["09:30", "09:45"]);
}

#[tokio::test]
async fn a_cancelled_booking_takes_its_time_until_its_update_is_resolved_avail_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    clinic.cancel(&booked).await;
    send_usual(&clinic).await;
    assert!(!free(&clinic, "09:00").await, "the PMS still has it");
    let why = reasons(&clinic, "2026-11-24T09:00:00+11:00").await;
    assert!(why[0].contains("has not taken note"), "{why:?}");
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    let clinic = restarted(clinic).await;
    assert!(!free(&clinic, "09:00").await);
    let request = the_update(&clinic).await;
    answer(&clinic, &booked, "confirmUpdate", request)
        .await
        .expect(200);
    assert!(free(&clinic, "09:00").await);
    clinic.book("2026-11-24T09:00").await;
}

#[tokio::test]
async fn a_rejected_booking_takes_no_time_once_the_block_is_lifted_avail_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    reject(&clinic, &booked).await.expect(200);
    send_usual(&clinic).await;
    let again = clinic.book("2026-11-24T09:00").await;
    assert_ne!(again.id, booked.id);
}

#[tokio::test]
async fn a_block_takes_all_that_overlaps_it_book_5_avail_3() {
    let clinic = Clinic::new().await;
    let ranges = [range("09:00", "10:30", 1800), range("09:15", "10:15", 1800)];
    send(&clinic, "12345", DAY, &ranges).await;
    let booked = clinic.book("2026-11-24T09:30").await;
    reject(&clinic, &booked).await.expect(200);
    assert_eq!(clinic.starts().await, ["09:00", "10:00"]);
}

#[tokio::test]
async fn a_hold_takes_its_time_until_the_clock_says_it_has_expired_avail_3() {
    let clinic = Clinic::new().await;
    hold(&clinic, "2026-11-24T09:00").await;
    assert!(!free(&clinic, "09:00").await);
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    try_hold(&clinic, "2026-11-24T09:00").await.expect(409);
    let why = reasons(&clinic, "2026-11-24T09:00:00+11:00").await;
    assert_eq!(why, ["the time is held for somebody who is booking it"]);
    let clinic = restarted(clinic).await;
    only_the_clock(&clinic, "2026-11-23T00:04:59.999999Z");
    assert!(!free(&clinic, "09:00").await);
    // No sweeper has run.
    only_the_clock(&clinic, "2026-11-23T00:05:00Z");
    assert!(free(&clinic, "09:00").await);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(600).await;
    assert!(!free(&clinic, "09:00").await);
}

#[tokio::test]
async fn whoever_holds_a_time_can_book_it_once_avail_3() {
    let clinic = Clinic::new().await;
    let held = hold(&clinic, "2026-11-24T09:00").await;
    book_held(&clinic, "2026-11-24T09:00", &held)
        .await
        .expect(201);
    book_held(&clinic, "2026-11-24T09:00", &held)
        .await
        .expect(409);
    assert_eq!(clinic.list("bookings").await.len(), 1);
    clinic.app.advance(600).await;
    assert!(!free(&clinic, "09:00").await);
}

#[tokio::test]
async fn a_hold_is_no_obstacle_once_it_has_expired_whether_swept_or_not_avail_3() {
    for swept in [false, true] {
        let clinic = Clinic::new().await;
        let held = hold(&clinic, "2026-11-24T09:00").await;
        // On another time it is a mistake, as long as it is in force.
        book_held(&clinic, "2026-11-24T09:30", &held)
            .await
            .expect(400);
        assert!(!free(&clinic, "09:00").await, "it is still held");
        clinic.app.clock.advance(300);
        if swept {
            clinic.app.advance(0).await;
        }
        book_held(&clinic, "2026-11-24T09:30", &held)
            .await
            .expect(201);
        book_held(&clinic, "2026-11-24T09:00", &held)
            .await
            .expect(201);
        book_held(&clinic, "2026-11-24T10:00", "nonsense")
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn a_refused_booking_keeps_the_hold_avail_3() {
    let clinic = Clinic::new().await;
    let held = hold(&clinic, "2026-11-24T09:00").await;
    send(&clinic, "12345", DAY, &[]).await;
    book_held(&clinic, "2026-11-24T09:00", &held)
        .await
        .expect(409);
    send(&clinic, "12345", DAY, &[range("09:00", "10:00", 1800)]).await;
    assert_eq!(clinic.starts().await, ["09:30"], "still held");
    book_held(&clinic, "2026-11-24T09:00", &held)
        .await
        .expect(201);
}

#[tokio::test]
async fn what_is_taken_at_midnight_does_not_take_the_days_beside_it_avail_3() {
    let clinic = Clinic::new().await;
    send(&clinic, "12345", DAY, &[range("23:00", "24:00", 1800)]).await;
    send(
        &clinic,
        "12345",
        "2026-11-25",
        &[range("00:00", "01:00", 1800)],
    )
    .await;
    book_at(&clinic, "2026-11-24T23:30:00+11:00").await;
    book_at(&clinic, "2026-11-25T00:00:00+11:00").await;
    assert_eq!(times(&clinic, DAY).await, ["23:00-23:30"]);
    assert_eq!(times(&clinic, "2026-11-25").await, ["00:30-01:00"]);
}

#[tokio::test]
async fn one_who_is_refused_is_offered_other_times_near_by_avail_3() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T10:00").await;
    let refused = clinic.try_book("2026-11-24T10:00").await.expect(409);
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("the time is booked")
    );
    let near: Vec<&str> = refused["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| {
            assert_eq!(slot["practitionerId"], clinic.practitioners[0]);
            &slot["start"].as_str().unwrap()[11..16]
        })
        .collect();
    assert_eq!(near, ["09:30", "10:30", "09:00", "11:00", "11:30"]);
    // With nothing left of the first doctor, the second one's.
    send(&clinic, "12345", DAY, &[]).await;
    let refused = clinic.try_book("2026-11-24T10:00").await.expect(409);
    let first = &refused["alternatives"][0];
    assert_eq!(first["practitionerId"], clinic.practitioners[1]);
    assert_eq!(first["start"], "2026-11-24T10:00:00+11:00");
    send(&clinic, "12346", DAY, &[]).await;
    let refused = clinic.try_book("2026-11-24T10:00").await.expect(409);
    assert_eq!(refused["alternatives"], Value::Array(vec![]));
}
