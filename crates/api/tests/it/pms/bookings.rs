//! A booking between the patient and the PMS.

use serde_json::json;
use slotbridge_testkit::Clinic;

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
