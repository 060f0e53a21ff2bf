//! The sandbox's clock and faults.

mod faults;
mod live;

use jiff::Timestamp;
use serde_json::{Value, json};
use slotbridge_api::ApiOptions;
use slotbridge_domain::clock::Clock;
use slotbridge_hub::clock::MovableClock;
use slotbridge_hub::{Hub, Settings};
use slotbridge_testkit::{Answer, Clinic, TestApp, TestDatabase, TestRandom};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

async fn post(app: &TestApp, body: Value) -> Answer {
    app.call("POST", "/sandbox-api/v1/clock", &[], &body).await
}

async fn now(app: &TestApp) -> String {
    let shown = app
        .call("GET", "/sandbox-api/v1/clock", &[], &Value::Null)
        .await
        .expect(200);
    assert_eq!(shown.as_object().unwrap().len(), 1);
    shown["now"].as_str().unwrap().to_owned()
}

async fn clinic() -> Clinic {
    Clinic::on(TestApp::sandbox().await).await
}

/// The trail of the hub's own doings: action and time, oldest first.
async fn hub_did(clinic: &Clinic) -> Vec<(i64, String)> {
    let trail = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    let rows = trail["data"].as_array().unwrap().iter().rev();
    rows.filter(|row| row["actor"] == "hub")
        .map(|row| {
            (
                row["bookingId"].as_i64().unwrap(),
                row["at"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn the_clock_is_advanced_and_set() {
    let app = TestApp::sandbox().await;
    assert_eq!(now(&app).await, "2026-11-23T00:00:00Z");
    let moved = post(&app, json!({"advanceSeconds": 90})).await.expect(200);
    assert_eq!(moved, json!({"now": "2026-11-23T00:01:30Z"}));
    assert_eq!(now(&app).await, "2026-11-23T00:01:30Z");
    for set in ["2026-11-24T11:00:00+11:00", "2026-11-24T00:00:00Z"] {
        let moved = post(&app, json!({"set": set})).await.expect(200);
        assert_eq!(moved["now"], "2026-11-24T00:00:00Z", "{set}");
    }
    let moved = post(&app, json!({"advanceSeconds": "0"})).await.expect(200);
    assert_eq!(moved["now"], "2026-11-24T00:00:00Z");
    // Time goes on by itself.
    app.clock.advance(7);
    assert_eq!(now(&app).await, "2026-11-24T00:00:07Z");
}

#[tokio::test]
async fn everything_follows_the_sandbox_s_clock() {
    let clinic = clinic().await;
    post(&clinic.app, json!({"set": "2026-11-23T22:10:00Z"}))
        .await
        .expect(200);
    assert_eq!(
        clinic.starts().await[0],
        "09:30",
        "what has passed there is not offered"
    );
    let booked = clinic.book("2026-11-24T09:30").await;
    assert_eq!(
        clinic.list("bookings").await[0]["bookedTime"],
        "2026-11-23 22:10:00"
    );
    post(&clinic.app, json!({"advanceSeconds": 20}))
        .await
        .expect(200);
    assert_eq!(clinic.status(&booked).await, "confirmed");
}

#[tokio::test]
async fn the_clock_does_not_go_back_or_too_far() {
    let app = TestApp::sandbox().await;
    post(&app, json!({"advanceSeconds": 10})).await.expect(200);
    for body in [
        json!({"set": "2026-11-23T00:00:09Z"}),
        json!({"advanceSeconds": -1}),
        json!({"advanceSeconds": "x"}),
        json!({"advanceSeconds": i64::MAX}),
        json!({"advanceSeconds": 1e300}),
        json!({"advanceSeconds": 31_622_401}),
        json!({"set": "2027-11-25T00:00:11Z"}),
        json!({"set": "2100-01-01T00:00:00Z"}),
        json!({"set": "9999-12-30T00:00:00Z"}),
        json!({"set": "tomorrow"}),
        json!({"set": "2026-11-24"}),
        json!({"set": "2026-11-24T00:00:00"}),
        json!({}),
        json!({"advanceSeconds": null}),
        json!({"advanceSeconds": 1, "set": "2026-11-24T00:00:00Z"}),
        json!([]),
        Value::Null,
    ] {
        let answer = post(&app, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert!(!answer.faults().is_empty(), "{body}");
    }
    assert_eq!(now(&app).await, "2026-11-23T00:00:10Z");
}

#[tokio::test]
async fn there_is_no_clock_outside_a_sandbox() {
    let app = TestApp::new().await;
    for method in ["GET", "POST", "PUT"] {
        let body = json!({"advanceSeconds": 10});
        let answer = app.call(method, "/sandbox-api/v1/clock", &[], &body).await;
        assert_eq!(answer.status, 404, "{method}");
    }
}

#[tokio::test]
async fn the_offset_survives_a_restart() {
    let app = TestApp::sandbox().await;
    post(&app, json!({"advanceSeconds": 86_400}))
        .await
        .expect(200);
    app.clock.advance(5);
    let app = app.restart_as(true).await;
    assert_eq!(now(&app).await, "2026-11-24T00:00:05Z");
    post(&app, json!({"advanceSeconds": 60})).await.expect(200);
    let app = app.restart_as(true).await;
    assert_eq!(now(&app).await, "2026-11-24T00:01:05Z");
}

#[tokio::test]
async fn each_timer_runs_at_its_own_time_and_in_order_book_3() {
    let clinic = clinic().await;
    let one = clinic.book("2026-11-24T09:00").await;
    post(&clinic.app, json!({"advanceSeconds": 5}))
        .await
        .expect(200);
    let two = clinic.book("2026-11-24T09:30").await;
    let moved = post(&clinic.app, json!({"advanceSeconds": 60}))
        .await
        .expect(200);
    assert_eq!(moved["now"], "2026-11-23T00:01:05Z");
    assert_eq!(
        hub_did(&clinic).await,
        [
            (one.id, "2026-11-23T00:00:20Z".to_owned()),
            (two.id, "2026-11-23T00:00:25Z".to_owned())
        ]
    );
}

#[tokio::test]
async fn the_answer_comes_when_all_that_fell_due_is_done() {
    let clinic = clinic().await;
    let mut booked = Vec::new();
    for start in ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"] {
        booked.push(clinic.book(&format!("2026-11-24T{start}")).await.id);
        post(&clinic.app, json!({"advanceSeconds": 1}))
            .await
            .expect(200);
    }
    for day in ["2026-11-23", "2026-11-24", "2026-11-25"] {
        let body = json!({"type": "availability", "date": day});
        clinic.admin("POST", "/requests", body).await.expect(201);
    }
    clinic
        .app
        .patient("POST", "/holds", clinic.booking("2026-11-24T13:00"))
        .await
        .expect(201);
    post(&clinic.app, json!({"set": "2026-11-24T13:00:00Z"}))
        .await
        .expect(200);
    let stood: Vec<i64> = hub_did(&clinic)
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(stood, booked);
    // Two of the three days have ended at the practice: nobody can answer them any more.
    assert_eq!(
        clinic.list("availability").await,
        [json!({"day": "2026-11-25"})]
    );
}

#[tokio::test]
async fn a_timer_that_fell_due_while_the_hub_was_down_runs_once_book_3() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let Clinic {
        app,
        pms,
        practitioners,
        appointment_type,
    } = clinic;
    app.clock.advance(100);
    let app = app.restart_as(true).await;
    let clinic = Clinic {
        app,
        pms,
        practitioners,
        appointment_type,
    };
    for _ in 0..2 {
        post(&clinic.app, json!({"advanceSeconds": 0}))
            .await
            .expect(200);
    }
    let did = hub_did(&clinic).await;
    assert_eq!(did, [(booked.id, "2026-11-23T00:01:40Z".to_owned())]);
}

#[tokio::test]
async fn moves_at_once_add_up() {
    let app = TestApp::sandbox().await;
    let by = |seconds: i64| post(&app, json!({"advanceSeconds": seconds}));
    let (a, b, c) = tokio::join!(by(10), by(20), by(30));
    for answer in [a, b, c] {
        answer.expect(200);
    }
    assert_eq!(now(&app).await, "2026-11-23T00:01:00Z");
}

/// A clock that goes on by a second whenever it is read, as a real one does between two readings.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.fetch_add(1, Ordering::SeqCst)).unwrap()
    }
}

#[tokio::test]
async fn a_short_advance_is_taken_though_time_goes_on_meanwhile() {
    let clock = MovableClock::new(Arc::new(Ticking(1_795_392_000.into())));
    let (database, random) = (TestDatabase::new(), TestRandom::new(9));
    let store = database.open(clock.clone(), random.clone());
    let options = ApiOptions {
        sandbox: Some(clock),
        ..ApiOptions::default()
    };
    let hub = Hub::new(
        store,
        random,
        slotbridge_testkit::outgoing(),
        Settings::default(),
    );
    let mut app = TestApp::sandbox().await;
    app.router = slotbridge_api::router(hub, options);
    for seconds in [0, 1, 2, 3] {
        post(&app, json!({"advanceSeconds": seconds}))
            .await
            .expect(200);
    }
    let too_far = post(&app, json!({"advanceSeconds": 31_600_000}))
        .await
        .expect(200);
    assert!(too_far["now"].as_str().unwrap() > "2027-11");
    for _ in 0..80 {
        let answer = post(&app, json!({"advanceSeconds": 31_600_000})).await;
        if answer.status == 400 {
            assert_eq!(answer.faults()[0].0, "advanceSeconds");
            return;
        }
    }
    panic!("the clock went on for ever");
}
