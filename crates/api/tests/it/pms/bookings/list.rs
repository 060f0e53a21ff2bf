//! `GET /requests/bookings` (BOOK-1, BOOK-6) and what it hands out (BOOK-7).

use crate::pms::support::{
    book_at, book_second, only_the_clock, range, reject, restarted, send, send_resources,
    send_types, stranger, times, updates,
};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;
use slotbridge_testkit::clinic::DAY;

#[tokio::test]
async fn a_booking_is_listed_and_confirmed_book_1_book_4() {
    let clinic = Clinic::new().await;
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
    let booked = clinic.book("2026-11-24T09:00").await;
    assert!(!clinic.starts().await.contains(&"09:00".to_owned()));
    assert_eq!(clinic.poll().await, ["bookings"]);
    let listed = clinic.list("bookings").await;
    assert_eq!(
        listed,
        [json!({
            "bookingId": booked.id,
            "pmsResourceId": "12345",
            "pmsAppointmentTypeId": "G1235",
            "pmsAppointmentIds": [],
            "pmsPatientId": null,
            "bookedTime": "2026-11-23 00:00:00",
            "bookingStatus": "Requested",
            "pmsAppointmentTime": "2026-11-24 09:00:00",
            "pmsAppointmentLength": 1800,
            "reason": "Cough",
            "comments": "General Appointment",
            "patient": {
                "firstname": "Anna", "lastname": "Nguyen", "dob": "29-02-1984",
                "phone": "0412345678", "email": "anna@example.com",
                "gender": null, "medicareNumber": null, "medicareIrn": null,
                "medicareExpiry": null,
            },
            "isNewPatient": true,
        })]
    );
    clinic.confirm(&booked).await;
    assert_eq!(clinic.status(&booked).await, "confirmed");
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn every_detail_of_the_patient_goes_out_book_1() {
    let clinic = Clinic::new().await;
    let mut body = clinic.booking("2026-11-24T13:00");
    let details = json!({
        "address": "1 High St", "suburb": "Glebe", "state": "NSW", "postcode": "2037",
        "gender": "Female", "medicareNumber": "2123 45670 1", "medicareIrn": "1",
        "medicareExpiry": "05/2028",
    });
    for (name, value) in details.as_object().unwrap() {
        body["patient"][name] = value.clone();
    }
    body["reason"] = json!("Cough\nand fever");
    body["isNewPatient"] = json!(false);
    clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    let listed = &clinic.list("bookings").await[0];
    assert_eq!(listed["reason"], "Cough\nand fever");
    assert_eq!(listed["isNewPatient"], false);
    let patient = &listed["patient"];
    for (name, value) in [
        ("address", "1 High St"),
        ("suburb", "Glebe"),
        ("state", "NSW"),
        ("postcode", "2037"),
        ("gender", "Female"),
        ("medicareNumber", "2123456701"),
        ("medicareIrn", "1"),
        ("medicareExpiry", "05/2028"),
    ] {
        assert_eq!(patient[name], value, "{name}");
    }
}

#[tokio::test]
async fn the_list_is_oldest_first_and_what_is_answered_leaves_it_book_1() {
    let clinic = Clinic::new().await;
    let ids = async |clinic: &Clinic| -> Vec<i64> {
        let list = clinic.list("bookings").await;
        list.iter()
            .map(|b| b["bookingId"].as_i64().unwrap())
            .collect()
    };
    // Booked in another order than that of their times.
    let late = clinic.book("2026-11-24T16:00").await;
    clinic.app.clock.advance(1);
    let early = clinic.book("2026-11-24T09:00").await;
    let second = book_second(&clinic, "2026-11-24T09:00").await;
    assert_eq!(ids(&clinic).await, [late.id, early.id, second.id]);
    clinic.confirm(&early).await;
    assert_eq!(ids(&clinic).await, [late.id, second.id]);
    reject(&clinic, &late).await.expect(200);
    let clinic = restarted(clinic).await;
    assert_eq!(ids(&clinic).await, [second.id]);
    clinic.cancel(&second).await;
    assert!(ids(&clinic).await.is_empty());
}

#[tokio::test]
async fn practice_time_is_the_practice_s_wherever_the_server_is_book_1() {
    let app = slotbridge_testkit::TestApp::new().await;
    let clinic = Clinic::perth(app).await;
    // 23:30 in Perth is 15:30 UTC.
    send(&clinic, "12345", DAY, &[range("23:00", "24:00", 1800)]).await;
    let starts = times(&clinic, DAY).await;
    assert_eq!(starts, ["23:00-23:30", "23:30-00:00"]);
    only_the_clock(&clinic, "2026-11-23T16:30:15.9Z");
    book_at(&clinic, "2026-11-24T15:30:00Z").await;
    let listed = &clinic.list("bookings").await[0];
    assert_eq!(listed["bookedTime"], "2026-11-23 16:30:15");
    assert_eq!(listed["pmsAppointmentTime"], "2026-11-24 23:30:00");
    assert_eq!(listed["pmsAppointmentLength"], 1800);
}

#[tokio::test]
async fn the_resource_of_a_waiting_booking_is_null_once_deleted_book_6() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    send_resources(&clinic, &["12346"]).await;
    let listed = &clinic.list("bookings").await[0];
    assert_eq!(listed["pmsResourceId"], Value::Null);
    assert!(listed.as_object().unwrap().contains_key("pmsResourceId"));
    assert_eq!(listed["pmsAppointmentTypeId"], "G1235");
    // It comes back, and goes again; then the PMS rejects, as it is expected to.
    send_resources(&clinic, &["12345", "12346"]).await;
    assert_eq!(clinic.list("bookings").await[0]["pmsResourceId"], "12345");
    send_resources(&clinic, &["12346"]).await;
    reject(&clinic, &booked).await.expect(200);
    assert_eq!(clinic.status(&booked).await, "rejected");
    assert!(
        clinic.poll().await.is_empty(),
        "nobody could answer for the day"
    );
}

#[tokio::test]
async fn a_booking_of_a_deleted_resource_can_still_be_confirmed_and_stands_book_6_conf_1() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    send_resources(&clinic, &["12346"]).await;
    clinic.app.advance(20).await;
    assert_eq!(clinic.status(&booked).await, "confirmed");
    clinic.confirm(&booked).await;
    assert_eq!(clinic.status(&booked).await, "confirmed");
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn only_the_page_that_is_read_is_handed_out_book_7() {
    let clinic = Clinic::new().await;
    let types = json!([{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "Short",
        "pmsAppointmentLength": 5}]);
    send_types(&clinic, types).await;
    send(&clinic, "12345", DAY, &[range("09:00", "17:30", 300)]).await;
    let mut all = Vec::new();
    for number in 0..101 {
        let minutes = 9 * 60 + number * 5;
        let start = format!("2026-11-24T{:02}:{:02}", minutes / 60, minutes % 60);
        all.push(clinic.book(&start).await);
    }
    let path = "/requests/bookings";
    let first = clinic.pms("GET", path, Value::Null).await.expect(200);
    assert_eq!(first["data"].as_array().unwrap().len(), 100);
    assert_eq!(
        first["page"],
        json!({"currentPage": 1, "totalPages": 2, "perPage": 100, "total": 101})
    );
    // The last one is on the second page, which nobody has read.
    clinic.cancel(&all[100]).await;
    assert!(updates(&clinic).await.is_empty());
    clinic.cancel(&all[99]).await;
    assert_eq!(updates(&clinic).await.len(), 1);
    let second = format!("{path}?page=2");
    let second = clinic.pms("GET", &second, Value::Null).await.expect(200);
    assert_eq!(second["data"], json!([]));
    assert_eq!(second["page"]["total"], 99);
}

#[tokio::test]
async fn another_practice_sees_nothing_of_it_book_1() {
    let clinic = Clinic::new().await;
    let other = stranger(&clinic).await;
    clinic.book("2026-11-24T09:00").await;
    let list = clinic
        .app
        .pms(&other, "GET", "/requests/bookings", Value::Null);
    assert_eq!(list.await.expect(200)["data"], json!([]));
}
