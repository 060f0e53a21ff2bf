//! The same batch again, byte for byte: answered from memory only while that is right (AVAIL-6).

use crate::pms::support::{asked_days, day, raise, range, reject, send_resources, stranger, times};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;
use slotbridge_testkit::clinic::DAY;

const OTHER_DAY: &str = "2026-11-25";

fn book_of(start: &str) -> Value {
    json!([
        day("12345", DAY, &[range(start, "12:00", 1800)]),
        day("12345", OTHER_DAY, &[range(start, "12:00", 1800)]),
    ])
}

/// Sends it, and says how many snapshots were news.
async fn news(clinic: &Clinic, batch: &Value) -> usize {
    let answer = clinic
        .pms("POST", "/availability/snapshots", batch.clone())
        .await
        .expect(200);
    let count = |name: &str| answer[name].as_array().unwrap().len();
    assert_eq!(count("created") + count("existing"), 2, "{answer}");
    count("created")
}

/// Sends it until it must be known by heart.
async fn by_heart(clinic: &Clinic, batch: &Value) {
    news(clinic, batch).await;
    for _ in 0..3 {
        assert_eq!(news(clinic, batch).await, 0);
    }
}

#[tokio::test]
async fn after_another_content_it_is_news_again_avail_6() {
    let clinic = Clinic::new().await;
    let (nine, ten) = (book_of("09:00"), book_of("10:00"));
    for _ in 0..2 {
        by_heart(&clinic, &nine).await;
        assert_eq!(times(&clinic, DAY).await.len(), 6);
        by_heart(&clinic, &ten).await;
        assert_eq!(times(&clinic, DAY).await.len(), 4);
    }
}

#[tokio::test]
async fn it_resolves_what_is_asked_for_avail_6_avail_7() {
    let clinic = Clinic::new().await;
    let nine = book_of("09:00");
    by_heart(&clinic, &nine).await;
    let ask = json!({"type": "availability", "date": DAY, "pmsResourceId": "12345"});
    raise(&clinic, ask).await;
    assert_eq!(asked_days(&clinic).await.len(), 1);
    assert_eq!(news(&clinic, &nine).await, 0);
    assert!(asked_days(&clinic).await.is_empty());
}

#[tokio::test]
async fn it_lifts_the_block_of_a_rejected_booking_avail_6_book_5() {
    let clinic = Clinic::new().await;
    let nine = book_of("09:00");
    by_heart(&clinic, &nine).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    reject(&clinic, &booked).await;
    assert_eq!(times(&clinic, DAY).await.len(), 5, "blocked");
    assert_eq!(news(&clinic, &nine).await, 0);
    assert_eq!(times(&clinic, DAY).await.len(), 6);
}

#[tokio::test]
async fn it_speaks_of_a_booking_once_the_pms_has_had_it_for_a_minute_avail_6_book_12() {
    let clinic = Clinic::new().await;
    let nine = book_of("09:00");
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    by_heart(&clinic, &nine).await;
    assert!(clinic.list("pmsAppointmentChanges").await.is_empty());
    // Nobody writes meanwhile.
    clinic.app.clock.advance(120);
    news(&clinic, &nine).await;
    let asked = clinic.list("pmsAppointmentChanges").await;
    assert_eq!(asked[0]["bookingId"], booked.id);
}

#[tokio::test]
async fn a_resource_that_was_deleted_fails_it_avail_1_avail_6() {
    let clinic = Clinic::new().await;
    let nine = book_of("09:00");
    by_heart(&clinic, &nine).await;
    send_resources(&clinic, &["12346"]).await;
    let answer = clinic.pms("POST", "/availability/snapshots", nine).await;
    assert_eq!(answer.expect(200)["failed"], json!(["0", "1"]));
}

#[tokio::test]
async fn another_practice_that_sends_the_same_is_judged_by_itself_avail_6_auth_3() {
    let clinic = Clinic::new().await;
    let nine = book_of("09:00");
    by_heart(&clinic, &nine).await;
    let other = stranger(&clinic).await;
    let path = "/availability/snapshots";
    let answer = clinic.app.pms(&other, "POST", path, nine).await.expect(200);
    assert_eq!(
        answer["failed"],
        json!(["0", "1"]),
        "it has no such resource"
    );
}

#[tokio::test]
async fn the_same_bytes_as_something_else_are_refused_as_before_wire_3_wire_4() {
    let clinic = Clinic::new().await;
    let nine = book_of("09:00");
    by_heart(&clinic, &nine).await;
    let call = async |headers: &[(&str, &str)]| {
        let headers = clinic.pms.headers_and(headers);
        let path = "/pms-api/v1/availability/snapshots";
        let body = nine.to_string();
        clinic.app.raw("POST", path, &headers, body).await.status
    };
    assert_eq!(call(&[("content-type", "application/json")]).await, 200);
    assert_eq!(call(&[("content-type", "text/csv")]).await, 415);
    let gzip = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ];
    assert_eq!(call(&gzip).await, 400);
}
