//! While an integration is unhealthy its practice's times are hidden, if the practice so chose
//! (HEALTH-2).

use super::{clinic, pass, state};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

async fn bookability(clinic: &Clinic, start: &str) -> Value {
    let path = format!(
        "/bookability?practitionerId={}&appointmentTypeId={}&start={start}:00%2B11:00",
        clinic.practitioners[0], clinic.appointment_type
    );
    clinic.admin("GET", &path, Value::Null).await.expect(200)
}

#[tokio::test]
async fn nothing_is_offered_held_or_booked_and_what_was_booked_stays_health_2() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let offered = clinic.starts().await;
    assert!(!offered.is_empty());
    pass(&clinic, 601).await;
    assert!(clinic.starts().await.is_empty());
    let body = clinic.booking("2026-11-24T10:00");
    let hold = clinic.app.patient("POST", "/holds", body).await;
    assert_eq!(hold.status, 409);
    let refused = clinic.try_book("2026-11-24T10:00").await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.json()["alternatives"], json!([]));
    let told = bookability(&clinic, "2026-11-24T10:00").await;
    assert_eq!(told["bookable"], false);
    let reason = told["reasons"][0].as_str().unwrap();
    assert!(reason.contains("does not answer at the moment"), "{reason}");
    assert_eq!(clinic.status(&booked).await, "confirmed");
    let health = super::health(&clinic).await;
    assert_eq!(health["timesHidden"], true);
    // One call, and all is as before.
    clinic.poll().await;
    assert_eq!(clinic.starts().await, offered);
    assert_eq!(super::health(&clinic).await["timesHidden"], false);
    clinic.book("2026-11-24T10:00").await;
}

#[tokio::test]
async fn a_practice_may_choose_to_show_them_health_2() {
    let clinic = clinic().await;
    pass(&clinic, 601).await;
    let change = json!({"hideWhenUnhealthy": false});
    clinic.admin("PATCH", "", change).await.expect(200);
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    assert!(!clinic.starts().await.is_empty());
    clinic.book("2026-11-24T10:00").await;
}

#[tokio::test]
async fn a_new_practice_hides_them_unless_it_says_otherwise_health_2() {
    let clinic = clinic().await;
    let new = json!({"name": "New", "timezone": "Australia/Perth"});
    let made = clinic
        .app
        .admin("POST", "/practices", new)
        .await
        .expect(201);
    assert_eq!(made["hideWhenUnhealthy"], true);
    assert_eq!(made["hideWhenFeatureLate"], false);
    assert_eq!(made["askAfterAppointments"], false);
}

#[tokio::test]
async fn another_practice_s_times_stay_as_they_are_health_2() {
    let one = clinic().await;
    let two = Clinic::at(one.app, json!({"hideWhenUnhealthy": true})).await;
    pass(&two, 300).await;
    two.poll().await;
    pass(&two, 400).await;
    assert_eq!(state(&two).await, "healthy");
    assert!(!two.starts().await.is_empty());
}
