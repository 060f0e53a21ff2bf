//! A PMS that cannot at the moment.

use crate::stage::{Stage, at, settings};
use crate::wrapped::{Verdict, Wrapped, later};
use serde_json::json;
use slotbridge_testkit::Booked;
use slotbridge_testkit::proxy::Fault;

/// Whether the moment is one of these questions about the booking.
fn fails(wrapped: &Wrapped, booked: &Booked, what: &'static [&'static str], done: bool) {
    let of = booked.id.to_string();
    wrapped.judge(move |asked| {
        let is_it = asked.of == of && what.contains(&asked.what) && asked.done == done;
        if is_it { later() } else { Verdict::Go }
    });
}

/// The hub hears of no rejection.
fn rejections_are_lost(stage: &Stage) {
    stage
        .proxy
        .plan(|call| match call.line.ends_with("/rejectInsert") {
            true => Fault::Instead(500),
            false => Fault::None,
        });
}

#[tokio::test]
async fn a_pms_that_cannot_take_one_booking_takes_all_others_book_1() {
    for (what, done) in [
        ("find", false),
        ("create", false),
        ("insert", false),
        ("insert", true),
    ] {
        let stage = Stage::new().await;
        let wrapped = Wrapped::new(&stage.book);
        let agent = stage.agent_with(wrapped.clone(), settings());
        let slow = stage.hub.book(&at("09:00")).await;
        let others = [
            stage.hub.book(&at("09:15")).await,
            stage.hub.book(&at("09:30")).await,
        ];
        let what: &'static [&'static str] = Box::leak(vec![what].into_boxed_slice());
        fails(&wrapped, &slow, what, done);
        agent.poll().await.unwrap_err();
        for other in &others {
            stage.assert_confirmed(other).await;
        }
        assert_eq!(stage.hub.list("bookings").await.len(), 1, "{what:?} {done}");
        wrapped.judge(|_| Verdict::Go);
        agent.poll().await.unwrap();
        stage.assert_confirmed(&slow).await;
    }
}

#[tokio::test]
async fn after_nine_minutes_it_is_rejected_and_nothing_stays_in_the_pms_book_5_health_1() {
    for (what, done) in [
        ("find", false),
        ("find", true),
        ("insert", false),
        ("insert", true),
    ] {
        let stage = Stage::new().await;
        let wrapped = Wrapped::new(&stage.book);
        let agent = stage.agent_with(wrapped.clone(), settings());
        let slow = stage.hub.book(&at("09:00")).await;
        let both: &'static [&'static str] = if what == "find" {
            &["find"]
        } else {
            &["insert"]
        };
        fails(&wrapped, &slow, both, done);
        stage.hub.app.advance(9 * 60 - 1).await;
        agent.poll().await.unwrap_err();
        assert_eq!(stage.hub.list("bookings").await.len(), 1, "not yet");
        stage.hub.app.advance(1).await;
        // The PMS may have done it all the same; then it is found, or taken out.
        let _ = agent.poll().await;
        let _ = agent.poll().await;
        assert_eq!(stage.hub.list("bookings").await.len(), 0, "{what} {done}");
        if stage.view(&slow).await["pmsAnswer"] == "confirmed" {
            stage.assert_confirmed(&slow).await;
        } else {
            assert_eq!(stage.standing(&slow), [], "{what} {done}");
            assert_eq!(stage.hub.attention().await.len(), 1);
            // What was taken out is no cancellation by the practice.
            wrapped.judge(|_| Verdict::Go);
            agent.take_changes().await.unwrap();
            agent.poll().await.unwrap();
            assert_eq!(stage.hub.status(&slow).await, "confirmed", "{what} {done}");
        }
    }
}

#[tokio::test]
async fn a_late_booking_whose_day_cannot_be_read_stays_confirmed_book_4() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    let booked = stage.hub.book(&at("09:00")).await;
    stage.hub.app.advance(3600).await;
    wrapped.judge(|asked| {
        if asked.what == "free" {
            later()
        } else {
            Verdict::Go
        }
    });
    agent.poll().await.unwrap_err();
    stage.assert_confirmed(&booked).await;
}

#[tokio::test]
async fn while_it_cannot_say_whether_it_has_a_booking_nothing_is_rejected_book_5() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    let booked = stage.hub.book(&at("09:00")).await;
    fails(&wrapped, &booked, &["find", "insert", "cancel"], false);
    stage.hub.app.advance(3600).await;
    agent.poll().await.unwrap_err();
    assert_eq!(stage.hub.list("bookings").await.len(), 1);
    wrapped.judge(|_| Verdict::Go);
    agent.poll().await.unwrap();
    stage.assert_confirmed(&booked).await;
}

#[tokio::test]
async fn what_was_in_the_pms_for_a_moment_and_is_rejected_is_no_cancellation_book_5() {
    for is_lost in [false, true] {
        let stage = Stage::new().await;
        let wrapped = Wrapped::new(&stage.book);
        let agent = stage.agent_with(wrapped.clone(), settings());
        let slow = stage.hub.book(&at("09:00")).await;
        // It is inserted, but the PMS says that it cannot; after that it cannot say anything.
        fails(&wrapped, &slow, &["insert"], true);
        agent.poll().await.unwrap_err();
        assert_eq!(stage.standing(&slow).len(), 1);
        fails(&wrapped, &slow, &["find"], false);
        stage.hub.app.advance(9 * 60).await;
        if is_lost {
            rejections_are_lost(&stage);
        }
        assert_eq!(agent.poll().await.is_err(), is_lost);
        assert_eq!(stage.standing(&slow), []);
        stage.proxy.calm();
        wrapped.judge(|_| Verdict::Go);
        agent.take_changes().await.unwrap();
        agent.poll().await.unwrap();
        assert_eq!(stage.hub.list("bookings").await.len(), 0);
        // It stands for the patient, and staff are told to see to it.
        assert_eq!(stage.hub.status(&slow).await, "confirmed");
        assert_eq!(stage.hub.attention().await.len(), 1);
    }
}

#[tokio::test]
async fn what_one_kind_of_request_runs_into_holds_up_no_other_req_1() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let agent = stage.agent_with(wrapped.clone(), settings());
    let booked = stage.taken("09:00", &agent).await;
    stage.hub.cancel(&booked).await;
    let day = json!({"type": "availability", "date": "2026-11-25"});
    stage.hub.admin("POST", "/requests", day).await.expect(201);
    fails(&wrapped, &booked, &["cancel"], false);
    agent.poll().await.unwrap_err();
    assert_eq!(stage.hub.poll().await, ["bookingUpdates"]);
}

#[tokio::test]
async fn a_rejection_that_got_lost_is_told_again_though_the_time_is_free_again_book_5() {
    let stage = Stage::new().await;
    let desk = stage.enter("1", "2026-11-24T09:00:00");
    let booked = stage.hub.book(&at("09:00")).await;
    rejections_are_lost(&stage);
    let agent = stage.agent();
    agent.poll().await.unwrap_err();
    stage.proxy.calm();
    stage.book.strike(&desk).unwrap();
    agent.poll().await.unwrap();
    stage.assert_rejected(&booked).await;
}
