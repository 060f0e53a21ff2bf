//! The two kinds of clients (WIRE-9).

use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

async fn profile(clinic: &Clinic, name: &str) {
    let path = format!("/consumers/{}", clinic.pms.consumer_id);
    let body = json!({"wireProfile": name});
    let shown = clinic.app.admin("PATCH", &path, body).await.expect(200);
    assert_eq!(shown["wireProfile"], name);
}

#[tokio::test]
async fn a_generated_client_gets_no_undeclared_null_and_iso_days_of_birth_wire_9() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    let documented = clinic.list("bookings").await[0].clone();
    for field in ["gender", "medicareNumber", "medicareIrn", "medicareExpiry"] {
        assert_eq!(
            documented["patient"].get(field),
            Some(&Value::Null),
            "{field}"
        );
    }
    assert_eq!(documented.get("pmsPatientId"), Some(&Value::Null));
    assert_eq!(documented["patient"]["dob"], "29-02-1984");
    profile(&clinic, "generated").await;
    let generated = clinic.list("bookings").await[0].clone();
    fn nulls(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Object(map) => map.values().any(nulls),
            Value::Array(items) => items.iter().any(nulls),
            _ => false,
        }
    }
    assert!(!nulls(&generated), "{generated}");
    assert_eq!(generated["patient"]["dob"], "1984-02-29");
    assert_eq!(generated["pmsAppointmentIds"], json!([]));
    // Nothing else differs.
    let mut same = documented;
    same["patient"]["dob"] = json!("1984-02-29");
    let patient = same["patient"].as_object_mut().unwrap();
    patient.retain(|_, value| !value.is_null());
    same.as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    assert_eq!(same, generated);
    profile(&clinic, "documented").await;
    assert_eq!(
        clinic.list("bookings").await[0]["patient"]["dob"],
        "29-02-1984"
    );
}

#[tokio::test]
async fn a_resource_that_is_gone_is_null_or_left_out_wire_9_book_6() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    clinic
        .pms("POST", "/config/pmsResources/snapshot", json!([]))
        .await
        .expect(200);
    assert_eq!(
        clinic.list("bookings").await[0].get("pmsResourceId"),
        Some(&Value::Null)
    );
    profile(&clinic, "generated").await;
    assert_eq!(clinic.list("bookings").await[0].get("pmsResourceId"), None);
}

#[tokio::test]
async fn a_consumer_is_made_with_its_profile_wire_9() {
    let clinic = Clinic::new().await;
    let new = |profile: Value| json!({"name": "V", "contactEmail": "a@b.example", "wireProfile": profile});
    let made = clinic
        .app
        .admin("POST", "/consumers", new(json!("generated")))
        .await
        .expect(201);
    assert_eq!(made["wireProfile"], "generated");
    let made = clinic
        .app
        .admin("POST", "/consumers", new(Value::Null))
        .await
        .expect(201);
    assert_eq!(made["wireProfile"], "documented");
    let refused = clinic
        .app
        .admin("POST", "/consumers", new(json!("Generated")))
        .await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.faults(),
        [(
            "wireProfile".into(),
            "must be documented or generated".into()
        )]
    );
}
