//! What a snapshot must hold, its warnings, and the catalogue (SNAP-2).

use super::{TODAY, TOMORROW, appointment, asked, patient, reminding, send, snapshot};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;
use std::sync::Arc;
use tokio::task::JoinSet;

async fn kept(clinic: &Clinic) -> Vec<Value> {
    let page = clinic
        .admin("GET", "/clientSnapshots", Value::Null)
        .await
        .expect(200);
    page["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn without_the_feature_a_snapshot_is_403_and_not_kept_snap_1() {
    let clinic = Clinic::new().await;
    let before = clinic.app.database.content();
    let refused = send(&clinic, snapshot(TOMORROW, vec![])).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.error().contains("clientSnapshots"),
        "{}",
        refused.error()
    );
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn every_fault_is_named_and_nothing_is_kept_snap_2() {
    let (clinic, _) = reminding().await;
    let before = clinic.app.database.content();
    let mut body = snapshot(TOMORROW, vec![appointment("A1", "2026-11-24", "booked")]);
    body["appointments"][0]["pmsAppointmentStatus"] = json!("seen");
    body["patients"][0]["pmsPatientLastname"] = Value::Null;
    body["locations"] = Value::Null;
    let refused = send(&clinic, body).await;
    assert_eq!(refused.status, 400);
    for path in [
        "locations: is required, not null",
        "appointments[0].pmsAppointmentTime: must be",
        "appointments[0].pmsAppointmentStatus: must be one of booked, patient-dna, patient-arrived",
        "patients[0].pmsPatientLastname: is required",
    ] {
        assert!(
            refused.error().contains(path),
            "{path}: {}",
            refused.error()
        );
    }
    assert_eq!(clinic.app.database.content(), before);
    assert_eq!(asked(&clinic).await.len(), 5, "nothing is resolved");
}

#[tokio::test]
async fn what_refers_to_nothing_or_lies_elsewhere_is_taken_with_a_warning_snap_2() {
    let (clinic, _) = reminding().await;
    let mut body = snapshot(
        TOMORROW,
        vec![
            appointment("A1", "2026-11-24 09:00:00", "booked"),
            appointment("A2", "2026-11-25 09:00:00", "booked"),
            appointment("A1", "2026-11-24 10:00:00", "booked"),
        ],
    );
    body["appointments"][0]["pmsPatientId"] = json!("P9");
    body["appointments"][0]["pmsPractitionerId"] = json!("D9");
    body["appointments"][0]["pmsAppointmentTypeId"] = json!("T9");
    body["appointments"][0]["pmsLocationId"] = json!("L9");
    send(&clinic, body).await.expect(200);
    let kept = kept(&clinic).await;
    assert_eq!(
        kept,
        [json!({
            "date": TOMORROW, "dateType": "appt_datetime", "receivedAt": "2026-11-23T00:00:00Z",
            "appointments": 3, "patients": 1,
            "warnings": [
                "appointments[0].pmsPatientId: \"P9\" is not in the snapshot",
                "appointments[0].pmsPractitionerId: \"D9\" is not in the snapshot",
                "appointments[0].pmsAppointmentTypeId: \"T9\" is not in the snapshot",
                "appointments[0].pmsLocationId: \"L9\" is not in the snapshot",
                "appointments[1].pmsAppointmentTime: lies on 2026-11-25, not on 2026-11-24",
                "appointments[2].pmsAppointmentId: \"A1\" stands there twice",
            ],
        })]
    );
}

#[tokio::test]
async fn a_snapshot_by_creation_is_held_to_the_day_of_creation_snap_2() {
    let (clinic, _) = reminding().await;
    let mut body = snapshot(
        TODAY,
        vec![appointment("A1", "2027-01-15 09:00:00", "booked")],
    );
    body["dateType"] = json!("appt_creation_datetime");
    send(&clinic, body.clone()).await.expect(200);
    let warnings = kept(&clinic).await[0]["warnings"].clone();
    assert_eq!(
        warnings,
        json!([
            "appointments[0].pmsAppointmentCreationTime: lies on 2026-11-01, not on 2026-11-23"
        ])
    );
    body["appointments"][0]["pmsAppointmentCreationTime"] = json!("2026-11-23 08:00:00");
    send(&clinic, body).await.expect(200);
    let kept = kept(&clinic).await;
    assert_eq!(kept.len(), 1, "the last one counts");
    assert_eq!(kept[0]["warnings"], json!([]));
}

#[tokio::test]
async fn what_is_missing_from_a_snapshot_is_marked_deleted_until_it_returns_snap_2() {
    let (clinic, _) = reminding().await;
    let catalogue = async || {
        clinic
            .admin("GET", "/clientCatalogue", Value::Null)
            .await
            .expect(200)
    };
    let mut body = snapshot(TOMORROW, vec![]);
    let second = json!({"pmsPractitionerId": "D2", "pmsPractitionerName": "Dr Two",
        "pmsPractitionerStatus": "inactive"});
    body["practitioners"].as_array_mut().unwrap().push(second);
    send(&clinic, body.clone()).await.expect(200);
    clinic.app.advance(60).await;
    // Of whatever date and type the next one is.
    send(&clinic, snapshot(TODAY, vec![])).await.expect(200);
    let found = catalogue().await;
    assert_eq!(
        found["practitioners"],
        json!([
            {"id": "D1", "name": "Dr One", "active": true, "deletedAt": null},
            {"id": "D2", "name": "Dr Two", "active": false, "deletedAt": "2026-11-23T00:01:00Z"},
        ])
    );
    assert_eq!(found["locations"][0]["deletedAt"], Value::Null);
    body["locations"] = json!([]);
    body["appointmentTypes"] = json!([]);
    send(&clinic, body).await.expect(200);
    let found = catalogue().await;
    assert_eq!(
        found["practitioners"][1]["deletedAt"],
        Value::Null,
        "it returned"
    );
    for gone in ["locations", "appointmentTypes"] {
        assert_eq!(
            found[gone][0]["deletedAt"], "2026-11-23T00:01:00Z",
            "{gone}"
        );
    }
}

#[tokio::test]
async fn snapshots_are_forgotten_after_their_days_and_with_the_practice() {
    let (clinic, _) = reminding().await;
    send(&clinic, snapshot(TOMORROW, vec![])).await.expect(200);
    clinic.app.advance(29 * 86_400).await;
    assert_eq!(kept(&clinic).await.len(), 1);
    clinic.app.advance(3 * 86_400).await;
    assert_eq!(kept(&clinic).await.len(), 0);
    send(&clinic, snapshot(TOMORROW, vec![])).await.expect(200);
    let name = json!({"name": "Test Practice"});
    clinic.admin("POST", "/erase", name).await.expect(200);
    assert_eq!(kept(&clinic).await.len(), 0);
    let found = clinic.admin("GET", "/clientCatalogue", Value::Null).await;
    assert_eq!(found.expect(200)["locations"], json!([]));
}

#[tokio::test]
async fn nothing_of_a_snapshot_lies_in_the_store_in_plain_snap_2() {
    let (clinic, _) = reminding().await;
    let mut body = snapshot(
        TOMORROW,
        vec![appointment("A1", "2026-11-24 09:00:00", "booked")],
    );
    // A word of its own in every text of it.
    fn mark(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let free = ["Name", "name", "Email", "Phone", "Id"];
                    if free.iter().any(|part| name.contains(part)) && value.is_string() {
                        *value = json!("Zqcanary");
                    } else {
                        mark(value);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(mark),
            _ => {}
        }
    }
    mark(&mut body);
    body["patients"][0]["notes"] = json!({"deep": ["Zqcanary"]});
    body["patients"][0]["pmsPatientPhoneMobile"] = json!("0491570156");
    body["patients"][0]["pmsPatientEmail"] = json!("zqcanary@example.com");
    send(&clinic, body).await.expect(200);
    clinic.app.advance(0).await;
    let Some(folder) = clinic.app.database.folder() else {
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for word in ["Zqcanary", "zqcanary", "0491570156"] {
            let found = bytes.windows(word.len()).any(|at| at == word.as_bytes());
            assert!(!found, "{word}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_snapshot_many_times_at_once_is_one_with_one_reminder_snap_2_snap_3() {
    let clinic = Clinic::raced().await;
    let products = json!({"products": ["reminders"]});
    clinic.admin("PATCH", "", products).await.expect(200);
    super::enable(&clinic).await;
    let clinic = Arc::new(clinic);
    let body = snapshot(
        TODAY,
        vec![appointment("A1", "2026-11-23 15:00:00", "booked")],
    );
    let mut running = JoinSet::new();
    for _ in 0..40 {
        let (clinic, body) = (Arc::clone(&clinic), body.clone());
        running.spawn(async move { send(&clinic, body).await.status.as_u16() });
    }
    let statuses = running.join_all().await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(kept(&clinic).await.len(), 1);
    assert_eq!(asked(&clinic).await.len(), 4);
    clinic.app.advance(0).await;
    let messages = clinic
        .admin("GET", "/messages", Value::Null)
        .await
        .expect(200);
    assert_eq!(messages["data"].as_array().unwrap().len(), 1);
    assert_eq!(patient()["pmsPatientId"], "P1");
}
