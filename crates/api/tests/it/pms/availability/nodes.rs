//! Two nodes on one PostgreSQL database (AVAIL-4, BOOK-3). SQLite has one process.

use crate::pms::support::deeds;
use serde_json::{Value, json};
use slotbridge_domain::clock::Random;
use slotbridge_hub::{Hub, Settings};
use slotbridge_testkit::served::Served;
use slotbridge_testkit::{Clinic, TestApp, TestDatabase, TestEngine, TestRandom};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Another node on the database of a hub. What it calls its own database is not used.
fn second_node(app: &TestApp) -> TestApp {
    let random: Arc<dyn Random> = TestRandom::new(1 << 40);
    let store = app.database.open(app.clock.clone(), Arc::clone(&random));
    let hub = Hub::new(
        store,
        random,
        slotbridge_testkit::outgoing(),
        Settings::default(),
    );
    TestApp {
        router: slotbridge_api::router(hub.clone(), slotbridge_api::ApiOptions::default()),
        hub,
        clock: Arc::clone(&app.clock),
        operator_token: app.operator_token.clone(),
        receiver: Arc::clone(&app.receiver),
        charts: Arc::default(),
        served: Served::default(),
        database: TestDatabase::new(),
    }
}

/// A clinic on two nodes; none where there can be only one.
async fn on_two_nodes() -> Option<(Arc<Clinic>, Arc<TestApp>)> {
    if TestEngine::of_this_run() != TestEngine::Postgres {
        return None;
    }
    let clinic = Clinic::new().await;
    let other = second_node(&clinic.app);
    Some((Arc::new(clinic), Arc::new(other)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_on_two_nodes_exactly_one_gets_the_slot_avail_4() {
    let Some((clinic, other)) = on_two_nodes().await else {
        return;
    };
    let mut running = JoinSet::new();
    for number in 0..40 {
        let (clinic, other) = (Arc::clone(&clinic), Arc::clone(&other));
        running.spawn(async move {
            let body = clinic.booking("2026-11-24T09:00");
            let node = if number % 2 == 0 {
                &clinic.app
            } else {
                &*other
            };
            node.patient("POST", "/bookings", body)
                .await
                .status
                .as_u16()
        });
    }
    let statuses = running.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 39);
    assert_eq!(clinic.list("bookings").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_timers_of_two_nodes_confirm_each_booking_once_book_3() {
    let Some((clinic, other)) = on_two_nodes().await else {
        return;
    };
    let mut all = Vec::new();
    for hour in [9, 10, 11, 13, 14, 15, 16] {
        all.push(clinic.book(&format!("2026-11-24T{hour:02}:00")).await);
    }
    clinic.app.clock.advance(20);
    let (one, two) = tokio::join!(clinic.app.advance(0), other.advance(0));
    assert_eq!((one, two), ((), ()));
    for booked in &all {
        assert_eq!(deeds(&clinic, booked).await, ["book", "stand"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opposite_answers_on_two_nodes_end_in_one_state_book_4_book_5() {
    let Some((clinic, other)) = on_two_nodes().await else {
        return;
    };
    for start in ["2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00"] {
        let booked = clinic.book(start).await;
        let ids = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
        let path = format!("/bookings/{}/rejectInsert", booked.id);
        let confirm = clinic.say(&booked, "confirmInsert", ids);
        let reject = other.pms(&clinic.pms, "POST", &path, Value::Null);
        let (confirmed, rejected) = tokio::join!(confirm, reject);
        let both = (confirmed.status.as_u16(), rejected.status.as_u16());
        let status = clinic.status(&booked).await;
        let expected = if both == (200, 400) {
            "confirmed"
        } else {
            "rejected"
        };
        assert!([(200, 400), (400, 200)].contains(&both), "{both:?}");
        assert_eq!(status, expected);
    }
}
