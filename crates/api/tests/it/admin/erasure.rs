//! Erasing patients and practices, and the daily forgetting of what is no longer kept.

use super::problem;
use serde_json::{Value, json};
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_hub::rows::Booking;
use slotbridge_store::bookings;
use slotbridge_testkit::{Booked, Clinic};

const DAY_SECONDS: i64 = 24 * 3600;

async fn book_as(clinic: &Clinic, start: &str, lastname: &str) -> Booked {
    let mut body = clinic.booking(start);
    body["patient"]["lastname"] = json!(lastname);
    let made = clinic.app.patient("POST", "/bookings", body).await;
    let made = made.expect(201);
    Booked {
        id: made["bookingId"].as_i64().unwrap(),
        token: made["manageToken"].as_str().unwrap().to_owned(),
    }
}

/// The booking as it lies in the store.
async fn stored(clinic: &Clinic, booked: &Booked) -> Booking {
    let id = BookingId::new(booked.id).unwrap();
    let practice = PracticeId::new(clinic.pms.practice_id).unwrap();
    let read = clinic
        .app
        .hub
        .read(practice, move |tx| Ok(bookings::get(tx, id)?));
    read.await.unwrap().unwrap()
}

async fn is_erased(clinic: &Clinic, booked: &Booked) -> bool {
    let booking = stored(clinic, booked).await;
    let parts = [booking.data_key, booking.person, booking.pms_record];
    assert!(
        parts.iter().all(Option::is_some) || parts.iter().all(Option::is_none),
        "half a person is left"
    );
    parts.iter().all(Option::is_none)
}

async fn erase(clinic: &Clinic, whose: Value) -> slotbridge_testkit::Answer {
    clinic.admin("POST", "/erasePatient", whose).await
}

/// A booking that the PMS has confirmed and whose day is over.
async fn past(clinic: &Clinic, start: &str, lastname: &str) -> Booked {
    let booked = book_as(clinic, start, lastname).await;
    clinic.confirm(&booked).await;
    booked
}

async fn over(clinic: &Clinic) {
    clinic.app.advance(3 * DAY_SECONDS).await;
}

#[tokio::test]
async fn a_patient_is_erased_from_all_their_bookings_and_nobody_else_is() {
    let clinic = Clinic::new().await;
    let one = past(&clinic, "2026-11-24T09:00", "Gone").await;
    let two = past(&clinic, "2026-11-24T10:00", "Gone").await;
    let other = past(&clinic, "2026-11-24T11:00", "Stays").await;
    over(&clinic).await;
    let reason = json!({"reason": "Waited in vain"});
    clinic.say(&one, "didNotAttend", reason).await.expect(200);
    let whose = json!({"lastname": "gone", "dob": "1984-02-29"});
    let done = erase(&clinic, whose.clone()).await.expect(200);
    assert_eq!(done, json!({"bookings": 2}));
    assert!(is_erased(&clinic, &one).await && is_erased(&clinic, &two).await);
    assert!(!is_erased(&clinic, &other).await);

    let messages = clinic.admin("GET", "/messages", Value::Null).await;
    let of = |id: i64| json!(id);
    let messages = messages.expect(200)["data"].clone();
    let about: Vec<&Value> = messages
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["bookingId"])
        .collect();
    assert!(
        about.contains(&&of(other.id)) && !about.contains(&&of(one.id)),
        "{about:?}"
    );

    let path = format!("/bookings/{}", one.id);
    let seen = clinic.admin("GET", &path, Value::Null).await.expect(200);
    assert_eq!(
        (&seen["patient"], &seen["reason"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(seen["pmsPatientId"], Value::Null);
    assert_eq!(seen["start"], "2026-11-24T09:00:00+11:00", "times stay");
    let audit = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    let audit = audit["data"].as_array().unwrap();
    assert!(
        audit.iter().all(|entry| entry["note"].is_null()),
        "{audit:?}"
    );
    assert_eq!(
        audit
            .iter()
            .filter(|entry| entry["action"] == "erase")
            .count(),
        2
    );

    assert_eq!(
        erase(&clinic, whose).await.expect(200),
        json!({"bookings": 0})
    );
    let whose = json!({"bookingId": other.id});
    assert_eq!(
        erase(&clinic, whose).await.expect(200),
        json!({"bookings": 1})
    );
    assert!(is_erased(&clinic, &other).await);
}

#[tokio::test]
async fn who_is_still_to_come_is_not_erased() {
    let clinic = Clinic::new().await;
    let whose = json!({"lastname": "Gone", "dob": "1984-02-29"});
    let booked = past(&clinic, "2026-11-24T09:00", "Gone").await;
    problem(&erase(&clinic, whose.clone()).await, 409);
    clinic.cancel(&booked).await;
    // The PMS still has it and needs its ids.
    problem(&erase(&clinic, whose.clone()).await, 409);
    assert!(!is_erased(&clinic, &booked).await);
    let update = clinic.list("bookingUpdates").await[0]["requestId"].clone();
    clinic
        .say(&booked, &format!("confirmUpdate/{update}"), json!({}))
        .await
        .expect(200);
    assert_eq!(
        erase(&clinic, whose).await.expect(200),
        json!({"bookings": 1})
    );
}

#[tokio::test]
async fn nothing_is_asked_about_who_is_erased() {
    let clinic = Clinic::new().await;
    let booked = book_as(&clinic, "2026-11-24T09:00", "Gone").await;
    over(&clinic).await;
    assert_eq!(clinic.poll().await, ["bookings"]);
    erase(&clinic, json!({"bookingId": booked.id}))
        .await
        .expect(200);
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.list("bookings").await.is_empty());
}

#[tokio::test]
async fn a_person_is_named_in_one_way() {
    let clinic = Clinic::new().await;
    for (whose, field) in [
        (json!({}), "phone"),
        (json!({"bookingId": "x"}), "bookingId"),
        (json!({"bookingId": 1, "phone": "0412345678"}), "phone"),
        (json!({"phone": "12"}), "phone"),
        (json!({"lastname": "Gone", "dob": "1984-02-30"}), "dob"),
    ] {
        let faults = problem(&erase(&clinic, whose.clone()).await, 400);
        assert!(faults[0].starts_with(field), "{whose}: {faults:?}");
    }
    let unknown = json!({"bookingId": clinic.pms.practice_id * 100_000_000 + 77});
    problem(&erase(&clinic, unknown).await, 404);
}

#[tokio::test]
async fn an_erased_practice_is_closed_and_nothing_in_it_can_be_read() {
    let clinic = Clinic::new().await;
    let booked = past(&clinic, "2026-11-24T09:00", "Gone").await;
    let waiting = book_as(&clinic, "2026-11-24T10:00", "Gone").await;
    let practice = clinic.admin("GET", "", Value::Null).await.expect(200);
    let named = json!({"name": practice["name"]});
    let faults = problem(
        &clinic.admin("POST", "/erase", json!({"name": "x"})).await,
        400,
    );
    assert!(faults[0].starts_with("name"), "{faults:?}");
    problem(&clinic.admin("POST", "/erase", named.clone()).await, 409);
    over(&clinic).await;
    let done = clinic
        .admin("POST", "/erase", named.clone())
        .await
        .expect(200);
    assert_eq!(done, json!({"bookings": 2}));
    assert!(is_erased(&clinic, &booked).await && is_erased(&clinic, &waiting).await);

    let poll = clinic.pms("GET", "/requests", Value::Null).await;
    assert_eq!(poll.status, 403, "the consent has ended");
    let page = format!("/practices/{}", clinic.pms.practice_id);
    let page = clinic.app.patient("GET", &page, Value::Null).await;
    assert_eq!(page.status, 404);
    problem(
        &clinic.admin("PATCH", "", json!({"active": true})).await,
        409,
    );
    // What staff look at goes on answering.
    for path in ["/bookings", "/audit", "/attention", "/requests"] {
        clinic.admin("GET", path, Value::Null).await.expect(200);
    }
    let search = json!({"phone": "0412 345 678"});
    let found = clinic.admin("POST", "/bookings/search", search).await;
    assert_eq!(found.expect(200)["data"], json!([]));
    let path = format!("/bookings/{}/attended", booked.id);
    let note = json!({"reason": "a note that cannot be sealed"});
    clinic.admin("POST", &path, note).await.expect(200);
    assert_eq!(
        clinic.admin("POST", "/erase", named).await.expect(200)["bookings"],
        0
    );
}

#[tokio::test]
async fn a_person_is_kept_for_two_years_and_no_longer() {
    let clinic = Clinic::new().await;
    let booked = past(&clinic, "2026-11-24T09:00", "Gone").await;
    clinic.app.advance(729 * DAY_SECONDS).await;
    assert!(!is_erased(&clinic, &booked).await);
    // The night after.
    clinic.app.advance(2 * DAY_SECONDS).await;
    clinic.app.advance(2 * DAY_SECONDS).await;
    assert!(is_erased(&clinic, &booked).await);
}

#[tokio::test]
async fn the_audit_trail_is_kept_for_seven_years_and_goes_on() {
    let clinic = Clinic::new().await;
    past(&clinic, "2026-11-24T09:00", "Gone").await;
    let total = async || {
        let page = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
        page["page"]["total"].as_i64().unwrap()
    };
    let before = total().await;
    assert!(before > 2);
    clinic.app.advance(2556 * DAY_SECONDS).await;
    assert_eq!(total().await, before);
    clinic.app.advance(5 * DAY_SECONDS).await;
    clinic.app.advance(2 * DAY_SECONDS).await;
    assert_eq!(total().await, 1, "the newest stays");
}
