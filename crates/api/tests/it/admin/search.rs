//! Bookings found by who they are for.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

/// Books for somebody.
async fn book_for(clinic: &Clinic, start: &str, patient: Value) -> i64 {
    let mut body = clinic.booking(start);
    body["patient"]
        .as_object_mut()
        .unwrap()
        .extend(patient.as_object().unwrap().clone());
    let made = clinic
        .app
        .patient("POST", "/bookings", body)
        .await
        .expect(201);
    made["bookingId"].as_i64().unwrap()
}

async fn search(clinic: &Clinic, body: Value) -> Vec<i64> {
    let found = clinic
        .admin("POST", "/bookings/search", body)
        .await
        .expect(200);
    let id = |row: &Value| row["bookingId"].as_i64().unwrap();
    found["data"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn bookings_are_found_by_phone_in_any_form() {
    let clinic = Clinic::new().await;
    let one = book_for(
        &clinic,
        "2026-11-24T09:00",
        json!({"phone": "+61 412 345 678"}),
    )
    .await;
    let two = book_for(
        &clinic,
        "2026-11-24T09:30",
        json!({"phone": "0412345678", "lastname": "Other"}),
    )
    .await;
    book_for(&clinic, "2026-11-24T10:00", json!({"phone": "0412345679"})).await;
    for phone in [
        "0412345678",
        "0412 345 678",
        "(04) 1234-5678",
        "+61412345678",
        "61 412 345 678",
        "+61 (0)412 345 678",
    ] {
        let mut found = search(&clinic, json!({"phone": phone})).await;
        found.sort_unstable();
        assert_eq!(found, [one, two], "{phone}");
    }
    assert_eq!(
        search(&clinic, json!({"phone": 131450})).await,
        Vec::<i64>::new()
    );
}

#[tokio::test]
async fn bookings_are_found_by_last_name_and_day_of_birth() {
    let clinic = Clinic::new().await;
    let one = book_for(
        &clinic,
        "2026-11-24T09:00",
        json!({"lastname": "M\u{fc}ller-O'Brien", "dob": "1990-01-02"}),
    )
    .await;
    book_for(
        &clinic,
        "2026-11-24T09:30",
        json!({"lastname": "M\u{fc}ller-O'Brien", "dob": "1990-01-03"}),
    )
    .await;
    for name in ["M\u{fc}ller-O'Brien", "  m\u{dc}LLER-o'brien "] {
        assert_eq!(
            search(&clinic, json!({"lastname": name, "dob": "1990-01-02"})).await,
            [one],
            "{name}"
        );
    }
    assert_eq!(
        search(
            &clinic,
            json!({"lastname": "M\u{fc}ller", "dob": "1990-01-02"})
        )
        .await,
        Vec::<i64>::new()
    );
    for (body, field) in [
        (json!({}), "phone"),
        (json!({"lastname": "N"}), "phone"),
        (json!({"dob": "1990-01-02"}), "phone"),
        (
            json!({"phone": "0412345678", "lastname": "N", "dob": "1990-01-02"}),
            "phone",
        ),
        (json!({"phone": "12"}), "phone"),
        (json!({"lastname": "N", "dob": "02-01-1990"}), "dob"),
    ] {
        let answer = clinic.admin("POST", "/bookings/search", body.clone()).await;
        let faults = problem(&answer, 400);
        assert!(
            faults.len() == 1 && faults[0].starts_with(&format!("{field}: ")),
            "{body}: {faults:?}"
        );
    }
}

#[tokio::test]
async fn a_search_finds_no_other_practice_s_bookings_auth_3() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    assert_eq!(
        search(&clinic, json!({"phone": "0412345678"})).await,
        [booked.id]
    );
    let other = clinic.app.practice(json!({"name": "Other"})).await;
    let path = format!("/practices/{other}/bookings/search");
    for body in [
        json!({"phone": "0412345678"}),
        json!({"lastname": "Nguyen", "dob": "1984-02-29"}),
    ] {
        let found = clinic.app.admin("POST", &path, body).await.expect(200);
        assert_eq!(found["data"], json!([]));
    }
}
