//! Whoever is erased is also gone from client snapshots and from the reminders made of them.

use super::{TOMORROW, appointment, patient, reminding, send, snapshot};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

const HOUR: i64 = 3600;

/// Another patient, with an appointment of their own at 11:30.
fn with(others: &[(&str, Value)]) -> Value {
    let mut body = snapshot(
        TOMORROW,
        vec![appointment("A1", "2026-11-24 11:00:00", "booked")],
    );
    for (id, change) in others {
        let mut other = patient();
        other["pmsPatientId"] = json!(id);
        for (name, value) in change.as_object().unwrap() {
            other[name] = value.clone();
        }
        body["patients"].as_array_mut().unwrap().push(other);
        let mut at = appointment(&format!("A{id}"), "2026-11-24 11:30:00", "booked");
        at["pmsPatientId"] = json!(id);
        body["appointments"].as_array_mut().unwrap().push(at);
    }
    body
}

/// How many appointments and patients the one snapshot holds.
async fn held(clinic: &Clinic) -> (i64, i64) {
    let page = clinic.admin("GET", "/clientSnapshots", Value::Null).await;
    let one = page.expect(200)["data"][0].clone();
    let number = |name: &str| one[name].as_i64().unwrap();
    (number("appointments"), number("patients"))
}

/// To whom reminders are kept.
async fn reminded(clinic: &Clinic) -> Vec<String> {
    let page = clinic.admin("GET", "/messages", Value::Null).await;
    let page = page.expect(200)["data"].clone();
    let all = page.as_array().unwrap().iter();
    let mut to: Vec<String> = all
        .filter(|message| message["kind"] == "reminder")
        .map(|message| message["to"].as_str().unwrap().to_owned())
        .collect();
    to.sort();
    to
}

#[tokio::test]
async fn who_is_erased_by_phone_is_taken_out_of_snapshots_and_not_reminded_snap_3() {
    let (clinic, postbox) = reminding().await;
    let other = json!({"pmsPatientPhoneMobile": "0491 570 157"});
    // By way of a phone at work, and reminded by mail.
    let same = json!({
        "pmsPatientPhoneMobile": null, "pmsPatientPhoneWork": "(0491) 570156",
        "pmsPatientSmsConsent": false, "pmsPatientEmail": "work@example.com",
    });
    let body = with(&[("P2", other), ("P3", same)]);
    send(&clinic, body).await.expect(200);
    clinic.app.advance(HOUR).await;
    assert_eq!(postbox.taken().len(), 3);
    assert_eq!(held(&clinic).await, (3, 3));
    assert_eq!(
        reminded(&clinic).await,
        ["0491570156", "0491570157", "work@example.com"]
    );

    let whose = json!({"phone": "0491 570 156"});
    let done = clinic.admin("POST", "/erasePatient", whose).await;
    assert_eq!(done.expect(200), json!({"bookings": 0}));
    assert_eq!(held(&clinic).await, (1, 1));
    assert_eq!(reminded(&clinic).await, ["0491570157"]);
    let audit = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    let newest = &audit["data"][0];
    assert_eq!(newest["action"], "erase");
    assert_eq!(newest["detail"], json!({"clientSnapshots": 1}));
}

#[tokio::test]
async fn a_booking_tells_who_is_meant_by_the_id_of_the_pms_and_by_name_with_phone() {
    let (clinic, _) = reminding().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    // The PMS says that it is `P1`.
    clinic.confirm(&booked).await;
    let anna = |firstname: &str| {
        json!({
            "pmsPatientFirstname": firstname, "pmsPatientLastname": "nguyen ",
            "pmsPatientPhoneMobile": "0412 345 678",
        })
    };
    let body = with(&[("P2", anna("ANNA")), ("P3", anna("Binh"))]);
    clinic.app.advance(3 * 24 * HOUR).await;
    send(&clinic, body).await.expect(200);
    assert_eq!(held(&clinic).await, (3, 3));
    let whose = json!({"lastname": "Nguyen", "dob": "1984-02-29"});
    let done = clinic.admin("POST", "/erasePatient", whose).await;
    assert_eq!(done.expect(200), json!({"bookings": 1}));
    assert_eq!(held(&clinic).await, (1, 1), "one of the family stays");
}
