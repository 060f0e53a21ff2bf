//! What patients enter, checked.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic};

const START: &str = "2026-11-24T09:00";

/// Books with one field of the patient changed.
async fn with(clinic: &Clinic, field: &str, value: Value) -> Answer {
    let mut body = clinic.booking(START);
    let patient = body["patient"].as_object_mut().unwrap();
    match value {
        Value::Null => drop(patient.remove(field)),
        value => drop(patient.insert(field.into(), value)),
    }
    clinic.app.patient("POST", "/bookings", body).await
}

#[tokio::test]
async fn each_field_of_the_patient_is_checked_and_named() {
    let clinic = Clinic::new().await;
    let too_long = json!("x".repeat(201));
    for (field, values) in [
        (
            "firstname",
            vec![
                json!(""),
                json!("  "),
                json!("x".repeat(101)),
                json!("A\nB"),
                Value::Null,
            ],
        ),
        (
            "lastname",
            vec![json!(""), json!("\t"), json!({}), Value::Null],
        ),
        (
            "dob",
            vec![
                json!("29-02-1984"),
                json!("2027-01-01"),
                json!("1850-01-01"),
                json!("2001-02-29"),
                json!(""),
                Value::Null,
            ],
        ),
        (
            "phone",
            vec![
                json!("123"),
                json!("0412 345 67"),
                json!("hello"),
                json!(""),
                json!("+0412345678"),
                Value::Null,
            ],
        ),
        (
            "email",
            vec![
                json!("anna"),
                json!("anna@"),
                json!("a@b"),
                json!("a b@example.com"),
                json!(""),
                Value::Null,
            ],
        ),
        ("address", vec![too_long.clone(), json!("a\u{7}")]),
        ("suburb", vec![too_long, json!(["Newtown"])]),
        ("state", vec![json!("XX"), json!("New South Wales")]),
        (
            "postcode",
            vec![
                json!("204"),
                json!("20420"),
                json!("20a2"),
                json!("\u{ff12}042"),
            ],
        ),
        ("gender", vec![json!("F"), json!("female")]),
        (
            "medicareNumber",
            vec![
                json!("2123456711"),
                json!("212345670"),
                json!("21234567011"),
                json!("7123456701"),
                json!("abc"),
            ],
        ),
        ("medicareIrn", vec![json!("0"), json!("10"), json!("x")]),
        (
            "medicareExpiry",
            vec![json!("13/2028"), json!("2028-03"), json!("3/28x")],
        ),
    ] {
        for value in values {
            let answer = with(&clinic, field, value.clone()).await;
            let faults = problem(&answer, 400);
            assert_eq!(faults.len(), 1, "{field} {value}: {faults:?}");
            assert!(
                faults[0].starts_with(&format!("patient.{field}: ")),
                "{value}: {faults:?}"
            );
        }
    }
    assert!(
        clinic.starts().await.contains(&"09:00".to_owned()),
        "nothing is booked"
    );
    assert_eq!(clinic.poll().await, Vec::<String>::new());
}

#[tokio::test]
async fn all_faults_of_a_form_come_at_once() {
    let clinic = Clinic::new().await;
    let mut body = clinic.booking(START);
    body["patient"] = json!({
        "firstname": " ", "lastname": "N", "dob": "1984-02-30", "phone": "1", "email": "x",
        "medicareNumber": "2123456711",
    });
    body["reason"] = json!("x".repeat(2_001));
    let answer = clinic.app.patient("POST", "/bookings", body).await;
    problem(&answer, 400);
    let fields: Vec<String> = answer
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let expected =
        ["firstname", "dob", "phone", "email", "medicareNumber"].map(|f| format!("patient.{f}"));
    assert_eq!(fields[..5], expected);
    assert_eq!(fields[5..], ["reason"]);
    let empty = clinic.app.patient("POST", "/bookings", Value::Null).await;
    assert_eq!(problem(&empty, 400).len(), 5);
    let mut body = clinic.booking(START);
    body["patient"] = json!({});
    let fields: Vec<String> = clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .faults()
        .into_iter()
        .map(|f| f.0)
        .collect();
    assert_eq!(
        fields,
        ["firstname", "lastname", "dob", "phone", "email"].map(|f| format!("patient.{f}"))
    );
}

#[tokio::test]
async fn optional_fields_may_be_null_blank_or_absent() {
    let clinic = Clinic::new().await;
    let mut body = clinic.booking(START);
    for (field, value) in [
        ("address", json!("")),
        ("suburb", json!("  ")),
        ("state", Value::Null),
        ("postcode", json!("")),
        ("gender", json!("")),
        ("medicareNumber", json!("")),
        ("medicareIrn", Value::Null),
        ("medicareExpiry", json!("")),
    ] {
        body["patient"][field] = value;
    }
    body["reason"] = json!("");
    body["isNewPatient"] = Value::Null;
    clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    let booking = clinic.list("bookings").await[0].clone();
    assert_eq!(
        (&booking["reason"], &booking["isNewPatient"]),
        (&json!(""), &json!(false))
    );
    for field in ["address", "suburb", "state", "postcode"] {
        assert_eq!(booking["patient"].get(field), None, "{field}");
    }
}

#[tokio::test]
async fn lines_of_a_reason_are_joined_by_newlines() {
    let clinic = Clinic::new().await;
    let mut body = clinic.booking(START);
    body["reason"] = json!("one\r\ntwo\rthree");
    clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    assert_eq!(
        clinic.list("bookings").await[0]["reason"],
        "one\ntwo\nthree"
    );
}
