//! Two live bookings never overlap on one resource, whoever comes at once (AVAIL-4).

use crate::pms::support::{answer, booked, range, restarted, send, send_types, type_id, updates};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::dose::rounds;
use slotbridge_testkit::{Answer, Clinic};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Sends booking bodies all at once.
async fn all_at_once(clinic: &Arc<Clinic>, path: &'static str, bodies: Vec<Value>) -> Vec<Answer> {
    let mut running = JoinSet::new();
    for body in bodies {
        let clinic = Arc::clone(clinic);
        running.spawn(async move { clinic.app.patient("POST", path, body).await });
    }
    running.join_all().await
}

fn count(answers: &[Answer], status: u16) -> usize {
    let same = |answer: &&Answer| answer.status.as_u16() == status;
    answers.iter().filter(same).count()
}

/// The live bookings of the day as start and end.
async fn live(clinic: &Clinic) -> Vec<(String, String)> {
    let path = format!("/bookings?from={DAY}&to={DAY}");
    let found = clinic.admin("GET", &path, Value::Null).await.expect(200);
    let bookings = found["data"].as_array().unwrap().iter();
    let text = |booking: &Value, name: &str| booking[name].as_str().unwrap().to_owned();
    bookings
        .filter(|b| ["requested", "confirmed"].contains(&b["status"].as_str().unwrap()))
        .filter(|b| b["pmsResourceId"] == "12345")
        .map(|b| (text(b, "start"), text(b, "end")))
        .collect()
}

async fn nothing_overlaps(clinic: &Clinic) {
    let live = live(clinic).await;
    for pair in live.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "{pair:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_who_want_one_slot_exactly_one_gets_it_avail_4() {
    let clinic = Arc::new(Clinic::raced().await);
    let bodies = vec![clinic.booking("2026-11-24T09:00"); 1_000];
    let answers = all_at_once(&clinic, "/bookings", bodies).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 999));
    for refused in answers
        .iter()
        .filter(|answer| answer.status.as_u16() == 409)
    {
        let other = refused.json();
        let other = other["alternatives"].as_array().expect("alternatives");
        assert_eq!(other.len(), 5);
        assert_ne!(other[0]["start"], "2026-11-24T09:00:00+11:00");
    }
    assert_eq!(clinic.list("bookings").await.len(), 1, "one request");
    assert_eq!(live(&clinic).await.len(), 1);
    let clinic = Arc::into_inner(clinic).expect("nobody else has it");
    let clinic = restarted(clinic).await;
    assert_eq!(live(&clinic).await.len(), 1);
    clinic.try_book("2026-11-24T09:00").await.expect(409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_hold_one_slot_exactly_one_gets_it_avail_4() {
    let clinic = Arc::new(Clinic::raced().await);
    let bodies = vec![clinic.booking("2026-11-24T09:00"); 20];
    let answers = all_at_once(&clinic, "/holds", bodies).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 19));
    // The one who has it and twenty without: it is theirs.
    let held = answers.iter().find(|answer| answer.status.as_u16() == 201);
    let hold = held.expect("a hold").json()["holdId"].clone();
    let mut bodies = vec![clinic.booking("2026-11-24T09:00"); 20];
    bodies[10]["holdId"] = hold.clone();
    let answers = all_at_once(&clinic, "/bookings", bodies).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 19));
    assert_eq!(
        answers.iter().filter(|a| a.status.as_u16() == 201).count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn overlapping_starts_of_different_lengths_never_overlap_avail_4() {
    let clinic = Clinic::raced().await;
    let types = json!([
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "A",
         "pmsAppointmentLength": 30},
        {"pmsAppointmentTypeId": "B", "pmsAppointmentTypeName": "B", "pmsAppointmentLength": 45},
        {"pmsAppointmentTypeId": "C", "pmsAppointmentTypeName": "C", "pmsAppointmentLength": 90},
    ]);
    send_types(&clinic, types).await;
    send(
        &clinic,
        "12345",
        DAY,
        &[range("09:00", "12:00", 900), range("09:05", "12:05", 600)],
    )
    .await;
    let kinds = [
        clinic.appointment_type,
        type_id(&clinic, "B").await,
        type_id(&clinic, "C").await,
    ];
    let mut bodies = Vec::new();
    for minute in (0..60).step_by(5) {
        for (place, kind) in kinds.iter().enumerate() {
            let hour = 9 + (minute / 5 + place) % 3;
            let mut body = clinic.booking(&format!("2026-11-24T{hour:02}:{minute:02}"));
            body["appointmentTypeId"] = json!(kind);
            bodies.push(body);
        }
    }
    let clinic = Arc::new(clinic);
    let answers = all_at_once(&clinic, "/bookings", bodies).await;
    let made = count(&answers, 201);
    assert_eq!(made + count(&answers, 409), 36);
    assert!(made >= 2, "{made}");
    assert_eq!(live(&clinic).await.len(), made);
    nothing_overlaps(&clinic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_time_that_is_given_up_again_and_again_never_has_two_avail_4() {
    let clinic = Arc::new(Clinic::raced().await);
    let mut running = JoinSet::new();
    for _ in 0..16 {
        let clinic = Arc::clone(&clinic);
        running.spawn(async move {
            let mut had = 0;
            while had < rounds(2, 100) {
                let tried = clinic.try_book("2026-11-24T09:00").await;
                if tried.status.as_u16() == 409 {
                    continue;
                }
                let mine = booked(&tried.expect(201));
                had += 1;
                assert_eq!(live(&clinic).await.len(), 1);
                clinic.cancel(&mine).await;
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    assert!(live(&clinic).await.is_empty());
    let path = format!("/bookings?from={DAY}&to={DAY}");
    let found = clinic.admin("GET", &path, Value::Null).await.expect(200);
    let made = found["page"]["total"].as_u64().expect("a total");
    assert_eq!(made, u64::from(16 * rounds(2, 100)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn snapshots_cancellations_and_bookings_at_once_never_overlap_avail_4() {
    let clinic = Arc::new(Clinic::raced().await);
    let first = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&first).await;
    let mut running = JoinSet::new();
    for round in 0..24 {
        let (clinic, first) = (Arc::clone(&clinic), first.clone());
        running.spawn(async move {
            match round % 4 {
                0 => {
                    let ranges = [range("09:00", "10:00", 600 * (1 + round / 4))];
                    send(&clinic, "12345", DAY, &ranges).await;
                }
                1 => clinic.cancel(&first).await,
                2 => {
                    for (request, _) in updates(&clinic).await {
                        answer(&clinic, &first, "confirmUpdate", request)
                            .await
                            .expect(200);
                    }
                }
                _ => {
                    for start in ["2026-11-24T09:00", "2026-11-24T09:20"] {
                        let status = clinic.try_book(start).await.status.as_u16();
                        assert!([201, 409].contains(&status), "{status}");
                    }
                }
            }
        });
    }
    running.join_all().await;
    nothing_overlaps(&clinic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ids_are_unique_and_requests_grow_in_the_order_of_commits_req_2() {
    let clinic = Arc::new(Clinic::raced().await);
    let starts = (9..12)
        .chain(13..17)
        .flat_map(|hour| [(hour, 0), (hour, 30)]);
    let bodies = starts.map(|(h, m)| clinic.booking(&format!("2026-11-24T{h:02}:{m:02}")));
    let bodies: Vec<Value> = bodies.collect();
    let answers = all_at_once(&clinic, "/bookings", bodies).await;
    assert_eq!(count(&answers, 201), 14);
    let requests = clinic
        .admin("GET", "/requests", Value::Null)
        .await
        .expect(200);
    let requests = requests["data"].as_array().unwrap();
    let number = |request: &Value, name: &str| request[name].as_i64().unwrap();
    let base = clinic.pms.practice_id * 100_000_000;
    let mut ids: Vec<i64> = Vec::new();
    for request in requests {
        let (request, booking) = (number(request, "requestId"), number(request, "bookingId"));
        assert!((base..base + 100_000_000).contains(&request));
        assert!((base..base + 100_000_000).contains(&booking));
        ids.extend([booking, request]);
    }
    assert_eq!(requests.len(), 14);
    // Listed in the order of request ids, each with the booking made in the same transaction.
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}
