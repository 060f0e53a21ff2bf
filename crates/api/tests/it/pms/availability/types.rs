//! Ranges for some appointment types only (AVAIL-2).

use crate::pms::support::{
    range, range_for, restarted, send, send_types, times, times_of, try_book_at, type_id,
};
use serde_json::json;
use slotbridge_testkit::Clinic;
use slotbridge_testkit::clinic::DAY;

#[tokio::test]
async fn a_range_can_be_for_some_types_only_avail_2() {
    let clinic = Clinic::new().await;
    let types = json!([
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General",
         "pmsAppointmentLength": 30},
        {"pmsAppointmentTypeId": "LONG", "pmsAppointmentTypeName": "Long",
         "pmsAppointmentLength": 60},
    ]);
    send_types(&clinic, types).await;
    let long = type_id(&clinic, "LONG").await;
    let ranges = [
        range_for("09:00", "10:00", 1800, &["LONG"]),
        range_for("10:00", "10:30", 1800, &["G1235", "LONG"]),
        range("11:00", "12:00", 1800),
        range_for("12:00", "12:30", 1800, &[]),
    ];
    send(&clinic, "12345", DAY, &ranges).await;
    let general = ["10:00-10:30", "11:00-11:30", "11:30-12:00", "12:00-12:30"];
    assert_eq!(times(&clinic, DAY).await, general);
    let expected = ["09:00-10:00", "09:30-10:30", "11:00-12:00", "11:30-12:30"];
    assert_eq!(times_of(&clinic, DAY, long).await, expected);
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    try_book_at(&clinic, "2026-11-24T09:30:00+11:00", long)
        .await
        .expect(201);
    // A booking of one type takes the time of all.
    let general = ["11:00-11:30", "11:30-12:00", "12:00-12:30"];
    assert_eq!(times(&clinic, DAY).await, general);
}

#[tokio::test]
async fn a_type_that_is_not_known_yet_counts_once_it_is_avail_2() {
    let clinic = Clinic::new().await;
    let ranges = [range_for("09:00", "09:30", 1800, &["LATER"])];
    send(&clinic, "12345", DAY, &ranges).await;
    assert!(
        times(&clinic, DAY).await.is_empty(),
        "for others it is no range"
    );
    let types = json!([
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General"},
        {"pmsAppointmentTypeId": "LATER", "pmsAppointmentTypeName": "Later",
         "pmsAppointmentLength": 30},
    ]);
    send_types(&clinic, types).await;
    let clinic = restarted(clinic).await;
    let later = type_id(&clinic, "LATER").await;
    assert_eq!(times_of(&clinic, DAY, later).await, ["09:00-09:30"]);
    assert!(times(&clinic, DAY).await.is_empty());
    let made = try_book_at(&clinic, "2026-11-24T09:00:00+11:00", later).await;
    made.expect(201);
    assert_eq!(
        clinic.list("bookings").await[0]["pmsAppointmentTypeId"],
        "LATER"
    );
}

#[tokio::test]
async fn a_type_of_one_resource_is_not_offered_with_another_avail_2_conf_2() {
    let clinic = Clinic::new().await;
    let types = json!([
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General",
         "pmsAppointmentLength": 30},
        {"pmsAppointmentTypeId": "OF2", "pmsAppointmentTypeName": "General",
         "pmsAppointmentLength": 30, "pmsResourceId": "12346"},
    ]);
    send_types(&clinic, types).await;
    let second = type_id(&clinic, "OF2").await;
    assert!(times_of(&clinic, DAY, second).await.is_empty());
    try_book_at(&clinic, "2026-11-24T09:00:00+11:00", second)
        .await
        .expect(409);
    let mut body = clinic.booking("2026-11-24T09:00");
    body["practitionerId"] = json!(clinic.practitioners[1]);
    body["appointmentTypeId"] = json!(second);
    clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    assert_eq!(
        clinic.list("bookings").await[0]["pmsAppointmentTypeId"],
        "OF2"
    );
}

#[tokio::test]
async fn of_two_types_of_the_pms_behind_one_the_slot_that_is_shown_is_booked_avail_3() {
    let clinic = Clinic::new().await;
    let types = json!([
        {"pmsAppointmentTypeId": "LONG", "pmsAppointmentTypeName": "Long",
         "pmsAppointmentLength": 60},
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General",
         "pmsAppointmentLength": 30},
    ]);
    send_types(&clinic, types).await;
    let path = format!("/appointmentTypes/{}", clinic.appointment_type);
    let both = json!({"pmsAppointmentTypeIds": ["LONG", "G1235"]});
    clinic.admin("PATCH", &path, both).await.expect(200);
    let ranges = [
        range("09:00", "10:00", 1800),
        range_for("11:00", "12:00", 1800, &["LONG"]),
    ];
    send(&clinic, "12345", DAY, &ranges).await;
    let shown = ["09:00-09:30", "09:30-10:00", "11:00-12:00"];
    assert_eq!(times(&clinic, DAY).await, shown);
    for (start, kind, seconds) in [
        ("2026-11-24T09:00", "G1235", 1800),
        ("2026-11-24T11:00", "LONG", 3600),
    ] {
        let booked = clinic.book(start).await;
        let listed = &clinic.list("bookings").await[0];
        assert_eq!(listed["pmsAppointmentTypeId"], kind);
        assert_eq!(listed["pmsAppointmentLength"], seconds);
        clinic.confirm(&booked).await;
    }
    assert_eq!(times(&clinic, DAY).await, ["09:30-10:00"]);
}

#[tokio::test]
async fn a_type_that_the_pms_no_longer_sends_is_not_offered_conf_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let others = json!([{"pmsAppointmentTypeId": "X", "pmsAppointmentTypeName": "X"}]);
    send_types(&clinic, others).await;
    assert!(times(&clinic, DAY).await.is_empty());
    let listed = &clinic.list("bookings").await[0];
    assert_eq!(listed["pmsAppointmentTypeId"], "G1235", "as it was booked");
    assert_eq!(listed["comments"], "General Appointment");
    clinic.confirm(&booked).await;
}
