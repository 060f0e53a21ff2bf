//! Bookings: each becomes exactly one appointment, or is rejected.

use crate::stage::{Stage, at, settings, whole_round};
use crate::wrapped::Wrapped;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::json;
use slotbridge_testkit::proxy::Fault;

#[tokio::test]
async fn a_booking_becomes_exactly_one_appointment_and_is_confirmed_book_1_book_4() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    let agent = stage.agent();
    for _ in 0..3 {
        agent.poll().await.unwrap();
        stage.assert_confirmed(&booked).await;
    }
    let row = &stage.standing(&booked)[0];
    assert_eq!(row.start, "2026-11-24T09:00:00");
    assert_eq!(row.resource, "1");
    assert_eq!(stage.view(&booked).await["pmsPatientId"], row.patient);
    assert_eq!(
        stage.hub.list("bookings").await,
        [] as [serde_json::Value; 0]
    );
}

#[tokio::test]
async fn a_taken_time_is_rejected_and_the_desks_appointment_stays_book_5() {
    let stage = Stage::new().await;
    let desk = stage.enter("1", "2026-11-24T09:00:00");
    let booked = stage.hub.book(&at("09:00")).await;
    let agent = stage.agent();
    agent.poll().await.unwrap();
    stage.assert_rejected(&booked).await;
    let rows = stage.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].id.as_str(), rows[0].state.as_str()),
        (desk.as_str(), "booked")
    );
    // The hub's picture was stale: it asks for the day, and gets it.
    agent.poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, [""; 0]);
    assert!(!stage.hub.starts().await.contains(&"09:00".to_owned()));
}

#[tokio::test]
async fn a_booking_of_a_practitioner_who_is_gone_is_rejected_book_6() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    let only = json!([{"pmsResourceId": "2", "pmsResourceName": "Dr Ben Walker"}]);
    let sent = stage.hub.pms("POST", "/config/pmsResources/snapshot", only);
    sent.await.expect(200);
    stage.agent().poll().await.unwrap();
    stage.assert_rejected(&booked).await;
    assert_eq!(stage.rows(), []);
}

#[tokio::test]
async fn what_the_integration_before_left_outstanding_is_answered_at_linking_auth_0() {
    let mut stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    let old = stage.hub.pms.clone();
    // Another vendor's agent takes over, with a state file of its own.
    let consumer = json!({"name": "Other", "contactEmail": "dev@other.example"});
    let consumer = stage
        .hub
        .app
        .admin("POST", "/consumers", consumer)
        .await
        .expect(201);
    let (id, key) = (
        consumer["consumerId"].as_i64().unwrap(),
        consumer["apiKey"].as_str().unwrap(),
    );
    stage.hub.pms = stage.hub.app.consent(old.practice_id, id, key).await;
    std::fs::remove_file(stage.state_path()).unwrap();
    whole_round(&stage.agent()).await.unwrap();
    stage.assert_confirmed(&booked).await;
}

#[tokio::test]
async fn bookings_are_answered_before_what_else_is_asked_req_1() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let first = stage.taken("09:00", &agent).await;
    stage.hub.cancel(&first).await;
    stage.hub.book(&at("09:15")).await;
    stage
        .hub
        .admin("POST", "/requests", json!({"type": "pmsResources"}))
        .await
        .expect(201);
    stage.proxy.take();
    agent.poll().await.unwrap();
    let lines = stage.proxy.lines();
    let place = |end: &str| lines.iter().position(|line| line.ends_with(end)).unwrap();
    assert_eq!(lines[0], "GET /requests");
    let inserted = place("/confirmInsert");
    assert!(
        inserted < place("GET /requests/bookingUpdates"),
        "{lines:?}"
    );
    assert!(
        inserted < place("/config/pmsResources/snapshot"),
        "{lines:?}"
    );
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

/// Turns the list of what is outstanding around.
async fn backwards(request: Request, next: Next) -> Response {
    let is_list = request.uri().path().ends_with("/v1/requests");
    let (mut parts, body) = next.run(request).await.into_parts();
    if !is_list {
        return Response::from_parts(parts, body);
    }
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut names: Vec<String> = serde_json::from_slice(&body).unwrap();
    names.reverse();
    parts.headers.remove("content-length");
    Response::from_parts(parts, json!(names).to_string().into())
}

#[tokio::test]
async fn bookings_come_first_in_whichever_order_they_are_named_req_1() {
    let mut stage = Stage::new().await;
    let first = stage.taken("09:00", &stage.agent()).await;
    stage.hub.cancel(&first).await;
    stage.hub.book(&at("09:15")).await;
    let router = stage.hub.app.router.clone();
    stage.serve(router.layer(from_fn(backwards))).await;
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    agent.poll().await.unwrap();
    let asked = wrapped.take();
    let place = |what: &str| asked.iter().position(|one| one.what == what).unwrap();
    assert!(place("insert") < place("cancel"), "{asked:?}");
}

#[tokio::test]
async fn the_confirmations_answer_got_lost_and_it_is_found_again_not_inserted_twice_book_4() {
    for lost in [
        Fault::CutAnswer(0),
        Fault::CutAnswer(20),
        Fault::CutRequest(30),
        Fault::After(500),
        Fault::Instead(502),
    ] {
        let stage = Stage::new().await;
        let booked = stage.hub.book(&at("09:00")).await;
        stage
            .proxy
            .plan(move |call| match call.line.ends_with("/confirmInsert") {
                true => lost,
                false => Fault::None,
            });
        let agent = stage.agent();
        agent.poll().await.unwrap_err();
        assert_eq!(stage.standing(&booked).len(), 1, "{lost:?}");
        stage.proxy.calm();
        // The agent that goes on knows of it; the one with a new state file has to find it.
        drop(agent);
        if lost == Fault::CutAnswer(20) {
            std::fs::remove_file(stage.state_path()).unwrap();
        }
        stage.agent().poll().await.unwrap();
        stage.assert_confirmed(&booked).await;
    }
}

#[tokio::test]
async fn a_new_agent_without_state_asks_for_what_the_one_before_inserted_book_4() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    stage
        .proxy
        .plan(|call| match call.line.ends_with("/confirmInsert") {
            true => Fault::Instead(502),
            false => Fault::None,
        });
    stage.agent().poll().await.unwrap_err();
    stage.proxy.calm();
    std::fs::remove_file(stage.state_path()).unwrap();
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    agent.poll().await.unwrap();
    stage.assert_confirmed(&booked).await;
    // Not every PMS would notice that it is told to insert it again.
    let asked: Vec<&str> = wrapped.take().iter().map(|one| one.what).collect();
    assert!(asked.contains(&"find"), "{asked:?}");
    assert!(!asked.contains(&"insert"), "{asked:?}");
}

#[tokio::test]
async fn a_confirmation_that_the_hub_refuses_takes_the_appointment_out_again_book_4() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    // The agent read the list, and is about to confirm; somebody rejects.
    stage
        .proxy
        .plan(|call| match call.line.ends_with("/confirmInsert") {
            true => Fault::Instead(502),
            false => Fault::None,
        });
    let agent = stage.agent();
    agent.poll().await.unwrap_err();
    stage
        .hub
        .say(&booked, "rejectInsert", json!({}))
        .await
        .expect(200);
    assert_eq!(stage.standing(&booked).len(), 1);
    stage.proxy.calm();
    // The booking has left the list; the agent has to think of it by itself.
    agent.poll().await.unwrap();
    stage.assert_rejected(&booked).await;
    // What was taken out by the agent itself is no news for the hub.
    stage.proxy.take();
    agent.take_changes().await.unwrap();
    let lines = stage.proxy.lines();
    assert!(
        !lines.iter().any(|line| line.ends_with("/cancel")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_booking_cancelled_while_it_is_confirmed_leaves_no_ghost_book_7() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    stage
        .proxy
        .plan(|call| match call.line.ends_with("/confirmInsert") {
            true => Fault::Instead(502),
            false => Fault::None,
        });
    let agent = stage.agent();
    agent.poll().await.unwrap_err();
    stage.hub.cancel(&booked).await;
    stage.proxy.calm();
    for _ in 0..2 {
        agent.poll().await.unwrap();
    }
    assert_eq!(stage.standing(&booked), []);
    assert_eq!(stage.hub.poll().await, [""; 0]);
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
}
