//! Every change is written with its cause, time and actor (BOOK-2).

use crate::pms::support::{at, audit, audit_total, booked, reject, staff, the_update};
use serde_json::{Value, json};
use slotbridge_testkit::{Booked, Clinic};

/// A call with a request id, which must succeed.
async fn call(clinic: &Clinic, headers: Vec<(String, String)>, path: &str, id: &str, body: Value) {
    let mut headers = headers;
    headers.push(("x-request-id".into(), id.into()));
    let answer = clinic.app.call("POST", path, &headers, &body).await;
    assert_eq!(answer.headers["x-request-id"], id);
    assert!(answer.status.is_success(), "{path}: {}", answer.error());
}

async fn by_pms(clinic: &Clinic, booked: &Booked, what: &str, id: &str, body: Value) {
    let path = format!("/pms-api/v1/bookings/{}/{what}", booked.id);
    call(clinic, clinic.pms.headers(), &path, id, body).await;
}

async fn by_patient(clinic: &Clinic, booked: &Booked, what: &str, id: &str, body: Value) {
    let bearer = ("authorization".into(), format!("Bearer {}", booked.token));
    let path = format!("/booking-api/v1/bookings/{}/{what}", booked.id);
    call(clinic, vec![bearer], &path, id, body).await;
}

async fn by_staff(clinic: &Clinic, booked: &Booked, what: &str, id: &str, body: Value) {
    let token = format!("Bearer {}", clinic.app.operator_token);
    let practice = clinic.pms.practice_id;
    let path = format!(
        "/admin-api/v1/practices/{practice}/bookings/{}/{what}",
        booked.id
    );
    call(
        clinic,
        vec![("authorization".into(), token)],
        &path,
        id,
        body,
    )
    .await;
}

/// Action, actor, time, request id and note of each entry.
async fn trail(clinic: &Clinic, booked: &Booked) -> Vec<[String; 5]> {
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or("-").to_owned();
    let entries = audit(clinic, booked).await;
    let ids: Vec<i64> = entries
        .iter()
        .map(|e| e["auditId"].as_i64().unwrap())
        .collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "they are in order: {ids:?}");
    let row = |e: &Value| ["action", "actor", "at", "requestId", "note"].map(|name| text(e, name));
    entries.iter().map(row).collect()
}

#[tokio::test]
async fn every_change_has_its_actor_time_and_request_id_book_2() {
    let clinic = Clinic::new().await;
    let pms = format!("pms:{}", clinic.pms.consumer_id);
    let second = clinic.booking("2026-11-24T09:00");
    let headers = vec![("x-request-id".to_owned(), "book-1".to_owned())];
    let path = "/booking-api/v1/bookings";
    let made = clinic
        .app
        .call("POST", path, &headers, &second)
        .await
        .expect(201);
    let booked = booked(&made);
    let no_why = || json!({});
    let why = |text: &str| json!({"reason": text});
    clinic.app.advance(21).await;
    by_pms(
        &clinic,
        &booked,
        "rejectInsert",
        "reject-1",
        why("too late"),
    )
    .await;
    clinic.app.clock.advance(1);
    by_staff(
        &clinic,
        &booked,
        "enteredByHand",
        "hand-1",
        why("typed it in"),
    )
    .await;
    let ids = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
    by_pms(&clinic, &booked, "confirmInsert", "confirm-1", ids).await;
    clinic.app.clock.advance(1);
    by_patient(&clinic, &booked, "cancel", "cancel-1", why("Feeling well")).await;
    let update = format!("rejectUpdate/{}", the_update(&clinic).await);
    by_pms(&clinic, &booked, &update, "update-1", why("billed")).await;
    by_pms(&clinic, &booked, "cancel", "pms-cancel-1", no_why()).await;
    let operator = trail(&clinic, &booked).await[3][1].clone();
    assert!(operator.starts_with("operator:"), "{operator}");
    let expected = [
        ["book", "patient", "2026-11-23T00:00:00Z", "book-1", "-"],
        ["stand", "hub", "2026-11-23T00:00:21Z", "", "-"],
        [
            "rejectInsert",
            &pms,
            "2026-11-23T00:00:21Z",
            "reject-1",
            "too late",
        ],
        [
            "enteredByHand",
            &operator,
            "2026-11-23T00:00:22Z",
            "hand-1",
            "typed it in",
        ],
        [
            "confirmInsert",
            &pms,
            "2026-11-23T00:00:22Z",
            "confirm-1",
            "-",
        ],
        [
            "cancel",
            "patient",
            "2026-11-23T00:00:23Z",
            "cancel-1",
            "Feeling well",
        ],
        [
            "rejectUpdate",
            &pms,
            "2026-11-23T00:00:23Z",
            "update-1",
            "billed",
        ],
    ];
    assert_eq!(trail(&clinic, &booked).await, expected);
}

#[tokio::test]
async fn the_practice_s_own_deeds_name_the_operator_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    at(&clinic, "2026-11-24T12:00:00+11:00").await;
    by_staff(&clinic, &booked, "attended", "came-1", json!({})).await;
    by_pms(
        &clinic,
        &booked,
        "didNotAttend",
        "dna-1",
        json!({"reason": "no show"}),
    )
    .await;
    by_staff(
        &clinic,
        &booked,
        "cancel",
        "undo-1",
        json!({"reason": "mistake"}),
    )
    .await;
    let trail = trail(&clinic, &booked).await;
    let told: Vec<[&str; 3]> = trail[2..]
        .iter()
        .map(|[action, _, _, id, note]| [action.as_str(), id, note])
        .collect();
    assert_eq!(
        told,
        [
            ["attended", "came-1", "-"],
            ["didNotAttend", "dna-1", "no show"],
            ["cancel", "undo-1", "mistake"],
        ]
    );
    assert!(trail[2][1].starts_with("operator:"));
    assert_eq!(trail[3][1], format!("pms:{}", clinic.pms.consumer_id));
    assert_eq!(trail[2][1], trail[4][1]);
}

#[tokio::test]
async fn what_is_refused_or_changes_nothing_leaves_no_entry_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    let before = audit_total(&clinic).await;
    clinic.confirm(&booked).await;
    reject(&clinic, &booked).await.expect(400);
    clinic
        .say(&booked, "didNotAttend", json!({}))
        .await
        .expect(400);
    staff(&clinic, &booked, "enteredByHand").await.expect(200);
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    assert_eq!(audit_total(&clinic).await, before);
}
