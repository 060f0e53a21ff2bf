//! Practices.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

#[tokio::test]
async fn a_practice_is_made_with_defaults_read_and_listed() {
    let app = TestApp::new().await;
    let body = json!({"name": "Newtown", "timezone": "australia/sydney"});
    let made = app.admin("POST", "/practices", body).await.expect(201);
    let id = made["practiceId"].as_i64().unwrap();
    assert_eq!(
        made,
        json!({
            "practiceId": id, "name": "Newtown", "timezone": "Australia/Sydney", "state": null,
            "address": null, "suburb": null, "postcode": null, "phone": null, "email": null,
            "specialties": [], "products": [], "test": false, "autoPublish": false,
            "hideWhenUnhealthy": true, "hideWhenFeatureLate": false,
            "askAfterAppointments": false, "minimumNoticeMinutes": 0, "defaultLengthMinutes": 15,
            "reminderHours": 24, "active": true, "createdAt": "2026-11-23T00:00:00Z",
        })
    );
    let path = format!("/practices/{id}");
    assert_eq!(app.admin("GET", &path, Value::Null).await.expect(200), made);
    let list = app
        .admin("GET", "/practices", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"], json!([made]));
}

#[tokio::test]
async fn a_practice_is_changed_field_by_field() {
    let app = TestApp::new().await;
    let id = app
        .practice(json!({"phone": "0298765432", "suburb": "Newtown"}))
        .await;
    let path = format!("/practices/{id}");
    let before = app.admin("GET", &path, Value::Null).await.expect(200);
    assert_eq!(
        app.admin("PATCH", &path, json!({})).await.expect(200),
        before
    );
    let changed = json!({
        "name": "New", "timezone": "Australia/Perth", "state": "wa", "address": " 1 High St ",
        "suburb": null, "postcode": "6000", "phone": "", "email": "a@b.example",
        "specialties": ["GP"], "products": ["newPatientForm"], "autoPublish": false, "hideWhenUnhealthy": "false",
        "minimumNoticeMinutes": "30", "defaultLengthMinutes": 20, "reminderHours": "48",
    });
    let after = app.admin("PATCH", &path, changed).await.expect(200);
    for (field, value) in [
        ("name", json!("New")),
        ("timezone", json!("Australia/Perth")),
        ("state", json!("WA")),
        ("address", json!("1 High St")),
        ("suburb", Value::Null),
        ("postcode", json!("6000")),
        ("phone", Value::Null),
        ("email", json!("a@b.example")),
        ("specialties", json!(["gp"])),
        ("products", json!(["newPatientForm"])),
        ("autoPublish", json!(false)),
        ("hideWhenUnhealthy", json!(false)),
        ("minimumNoticeMinutes", json!(30)),
        ("defaultLengthMinutes", json!(20)),
        ("reminderHours", json!(48)),
        ("createdAt", before["createdAt"].clone()),
        ("active", json!(true)),
        ("test", json!(false)),
    ] {
        assert_eq!(after[field], value, "{field}");
    }
    assert_eq!(
        app.admin("GET", &path, Value::Null).await.expect(200),
        after
    );
}

#[tokio::test]
async fn faults_of_a_practice_are_named_all_at_once() {
    let app = TestApp::new().await;
    let bad = json!({
        "timezone": "Mars/Olympus", "state": "XX", "postcode": "1", "phone": "1", "email": "x",
        "specialties": ["GP", ""], "autoPublish": "maybe", "minimumNoticeMinutes": -1,
        "defaultLengthMinutes": 0, "test": 7, "suburb": "x".repeat(256),
    });
    let fields = |faults: Vec<String>| -> Vec<String> {
        let mut fields: Vec<String> = faults
            .iter()
            .map(|fault| fault.split(':').next().unwrap().to_owned())
            .collect();
        fields.sort_unstable();
        fields
    };
    let mut expected = vec![
        "autoPublish",
        "defaultLengthMinutes",
        "email",
        "minimumNoticeMinutes",
        "name",
        "phone",
        "postcode",
        "specialties[1]",
        "state",
        "suburb",
        "test",
        "timezone",
    ];
    let answer = app.admin("POST", "/practices", bad.clone()).await;
    assert_eq!(fields(problem(&answer, 400)), expected);
    let id = app.practice(json!({})).await;
    let path = format!("/practices/{id}");
    let before = app.admin("GET", &path, Value::Null).await.expect(200);
    // A change need not have a name, and cannot make a test practice of it.
    expected.retain(|field| !["name", "test"].contains(field));
    assert_eq!(
        fields(problem(&app.admin("PATCH", &path, bad).await, 400)),
        expected
    );
    assert_eq!(
        app.admin("GET", &path, Value::Null).await.expect(200),
        before
    );
    for zone in [
        "Mars/Olympus",
        "+10:00",
        "../../etc/passwd",
        "Australia",
        "",
        "EST5EDT,M3.2.0,M11.1.0",
        "Etc/Unknown",
    ] {
        let body = json!({"name": "N", "timezone": zone});
        let faults = problem(&app.admin("POST", "/practices", body).await, 400);
        assert!(faults[0].starts_with("timezone: "), "{zone}: {faults:?}");
    }
}

#[tokio::test]
async fn a_fault_is_named_once() {
    let app = TestApp::new().await;
    let body = json!({"name": true, "timezone": []});
    let practice = problem(&app.admin("POST", "/practices", body.clone()).await, 400);
    assert_eq!(practice.len(), 2, "{practice:?}");
    let path = format!("/practices/{}", app.practice(json!({})).await);
    assert_eq!(
        problem(&app.admin("PATCH", &path, body).await, 400),
        practice
    );
    for list in ["practitioners", "appointmentTypes"] {
        let answer = app
            .admin("POST", &format!("{path}/{list}"), json!({"name": true}))
            .await;
        assert_eq!(problem(&answer, 400), ["name: must be a text, not true"]);
    }
}

#[tokio::test]
async fn a_zone_is_fixed_once_there_is_availability_avail_5() {
    let clinic = Clinic::new().await;
    let perth = json!({"timezone": "Australia/Perth", "name": "Moved"});
    problem(&clinic.admin("PATCH", "", perth.clone()).await, 409);
    let shown = clinic.admin("GET", "", Value::Null).await.expect(200);
    assert_eq!(
        (&shown["timezone"], &shown["name"]),
        (&json!("Australia/Sydney"), &json!("Test Practice"))
    );
    let same = json!({"timezone": "AUSTRALIA/SYDNEY", "name": "Same"});
    clinic.admin("PATCH", "", same).await.expect(200);
    let other = clinic.app.practice(json!({})).await;
    clinic
        .app
        .admin("PATCH", &format!("/practices/{other}"), perth)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_practice_is_deactivated_and_comes_back() {
    let clinic = Clinic::new().await;
    clinic.admin("DELETE", "", Value::Null).await.expect(204);
    clinic.admin("DELETE", "", Value::Null).await.expect(204);
    let shown = clinic.admin("GET", "", Value::Null).await.expect(200);
    assert_eq!(shown["active"], false);
    assert_eq!(
        clinic.pms("GET", "/requests", Value::Null).await.status,
        403
    );
    clinic
        .admin("PATCH", "", json!({"active": true}))
        .await
        .expect(200);
    assert!(clinic.poll().await.is_empty());
    assert_eq!(clinic.starts().await.len(), 14);
}
