//! Client snapshots: asked for, taken, held against bookings, and what patients are reminded of
//! (SNAP-1 to SNAP-3).

mod disagreement;
mod erasing;
mod reminders;
mod requests;
mod snapshot;

use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic, Postbox, TestApp};
use std::sync::Arc;

const TODAY: &str = "2026-11-23";
const TOMORROW: &str = "2026-11-24";

/// An appointment of the patient `P1`, made long ago.
fn appointment(id: &str, start: &str, status: &str) -> Value {
    json!({
        "pmsAppointmentId": id, "pmsPatientId": "P1", "pmsPractitionerId": "D1",
        "pmsAppointmentTypeId": "T1", "pmsAppointmentCreationTime": "2026-11-01 10:00:00",
        "pmsAppointmentTime": start, "pmsAppointmentLength": 15, "pmsAppointmentStatus": status,
        "pmsLocationId": "L1",
    })
}

/// A patient who agreed to SMS and has a mail address too.
fn patient() -> Value {
    json!({
        "pmsPatientId": "P1", "pmsPatientFirstname": "Zora", "pmsPatientLastname": "Quint",
        "pmsPatientPhoneMobile": "0491 570 156", "pmsPatientSmsConsent": true,
        "pmsPatientCreationTime": "2020-01-01 00:00:00", "pmsPatientEmail": "zora@example.com",
    })
}

/// A snapshot of a date with some appointments.
fn snapshot(date: &str, appointments: Vec<Value>) -> Value {
    let mut body = json!({
        "date": date, "dateType": "appt_datetime",
        "locations": [
            {"pmsLocationId": "L1", "pmsLocationName": "Main", "pmsLocationStatus": "active"},
        ],
        "practitioners": [{"pmsPractitionerId": "D1", "pmsPractitionerName": "Dr One",
            "pmsPractitionerStatus": "active"}],
        "appointmentTypes": [{"pmsAppointmentTypeId": "T1", "pmsAppointmentTypeName": "Standard",
            "pmsAppointmentTypeStatus": "active"}],
        "patients": [patient()],
    });
    body["appointments"] = Value::from(appointments);
    body
}

/// A clinic that sends snapshots and uses reminders, with what is sent to people.
async fn reminding() -> (Clinic, Arc<Postbox>) {
    let postbox = Arc::new(Postbox::default());
    let app = TestApp::sending(postbox.outgoing()).await;
    let details = json!({"products": ["reminders"], "phone": "02 9876 5432"});
    let clinic = Clinic::at(app, details).await;
    enable(&clinic).await;
    // So that nobody is told anything but reminders.
    clinic.promise_nothing().await;
    (clinic, postbox)
}

async fn enable(clinic: &Clinic) {
    let path = "/features/clientSnapshots/enable";
    clinic.pms("POST", path, Value::Null).await.expect(200);
}

async fn send(clinic: &Clinic, body: Value) -> Answer {
    clinic.pms("POST", "/clientSnapshot", body).await
}

/// What is asked for: date and type.
async fn asked(clinic: &Clinic) -> Vec<(String, String)> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let list = clinic.list("clientSnapshots").await;
    list.iter()
        .map(|one| (text(one, "date"), text(one, "dateType")))
        .collect()
}
