//! A booking for the patient's calendar.

use serde_json::json;
use slotbridge_testkit::{Booked, Clinic, TestApp};

async fn file(clinic: &Clinic, booked: &Booked) -> String {
    let headers = [(
        "authorization".to_owned(),
        format!("Bearer {}", booked.token),
    )];
    let path = format!("/booking-api/v1/bookings/{}/calendar.ics", booked.id);
    let answer = clinic.app.raw("GET", &path, &headers, "").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    text.replace("\r\n ", "")
}

fn value<'f>(file: &'f str, name: &str) -> Option<&'f str> {
    let start = format!("{name}:");
    file.lines().find_map(|line| line.strip_prefix(&start))
}

#[tokio::test]
async fn the_entry_says_when_and_where_and_neither_whom_nor_why() {
    let details = json!({"address": "1 Main Road", "suburb": "Newtown", "postcode": "2042",
        "phone": "02 9876 5432"});
    let clinic = Clinic::at(TestApp::new().await, details).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let entry = file(&clinic, &booked).await;
    assert_eq!(value(&entry, "DTSTART"), Some("20261123T220000Z"));
    assert_eq!(value(&entry, "DTEND"), Some("20261123T223000Z"));
    assert_eq!(value(&entry, "STATUS"), Some("TENTATIVE"));
    assert_eq!(
        value(&entry, "SUMMARY"),
        Some("Appointment at Test Practice")
    );
    assert_eq!(
        value(&entry, "LOCATION"),
        Some("1 Main Road\\, Newtown\\, 2042")
    );
    for private in ["Good", "General", "Cough", "Anna", "Nguyen", "sbm_"] {
        assert!(!entry.contains(private), "{private}: {entry}");
    }
}

#[tokio::test]
async fn a_cancelled_booking_is_the_same_entry_cancelled() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let before = file(&clinic, &booked).await;
    clinic.cancel(&booked).await;
    let after = file(&clinic, &booked).await;
    assert_eq!(value(&before, "STATUS"), Some("CONFIRMED"));
    assert_eq!(value(&after, "STATUS"), Some("CANCELLED"));
    assert_eq!(value(&before, "UID"), value(&after, "UID"));
    let number = |file| value(file, "SEQUENCE").unwrap().parse::<i32>().unwrap();
    assert!(number(&before) < number(&after));
}

#[tokio::test]
async fn a_telehealth_link_stands_in_the_entry_if_it_is_one_book_4() {
    let clinic = Clinic::new().await;
    for (start, link, shown) in [
        (
            "2026-11-24T09:00",
            "https://video.example/room",
            Some("https://video.example/room"),
        ),
        ("2026-11-24T10:00", "javascript:alert(1)", None),
    ] {
        let booked = clinic.book(start).await;
        let body = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1",
            "patientAppointmentLink": link});
        clinic.say(&booked, "confirmInsert", body).await.expect(200);
        let entry = file(&clinic, &booked).await;
        assert_eq!(value(&entry, "URL"), shown, "{entry}");
        assert_eq!(entry.contains(link), shown.is_some(), "{entry}");
    }
}

/// On Sunday 4 April 2027 the clocks in Sydney go back from 03:00 to 02:00.
#[tokio::test]
async fn on_the_day_of_a_clock_change_the_instant_is_right() {
    let clinic = Clinic::new().await;
    let day = json!({"date": "2027-04-04", "pmsResourceId": "12345", "availability": [
        {"start": "09:00", "end": "12:00", "slotLength": 1800}]});
    clinic
        .pms("POST", "/availability/snapshot", day)
        .await
        .expect(200);
    let mut body = clinic.booking("2027-04-04T09:00");
    body["start"] = json!("2027-04-04T09:00:00+10:00");
    let made = clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    let booked = Booked {
        id: made["bookingId"].as_i64().unwrap(),
        token: made["manageToken"].as_str().unwrap().to_owned(),
    };
    let entry = file(&clinic, &booked).await;
    assert_eq!(value(&entry, "DTSTART"), Some("20270403T230000Z"));
}
