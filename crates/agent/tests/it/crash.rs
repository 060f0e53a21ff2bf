//! The agent is gone at any moment, and another begins where it was.

use crate::stage::{Stage, at, settings};
use crate::wrapped::{Verdict, Wrapped};
use serde_json::json;
use slotbridge_testkit::Booked;
use slotbridge_testkit::proxy::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More steps than a scene has: the last ones run to its end.
const MOST_STEPS: usize = 120;

/// Counts steps, and says at which one the agent is cut off.
#[derive(Clone)]
struct Steps {
    made: Arc<AtomicUsize>,
    cut_at: usize,
}

impl Steps {
    fn is_cut(&self) -> bool {
        self.made.fetch_add(1, Ordering::SeqCst) + 1 == self.cut_at
    }
}

/// An agent is cut off at a step of its polls and looks; whether it came so far.
async fn cut_off(stage: &Stage, cut_at: usize) -> bool {
    let made = Arc::default();
    let steps = Steps { made, cut_at };
    let wrapped = Wrapped::new(&stage.book);
    let of_book = steps.clone();
    wrapped.judge(move |_| match of_book.is_cut() {
        true => Verdict::Hang,
        false => Verdict::Go,
    });
    stage.proxy.plan(move |_| {
        // Each call can be cut off before and after the hub has done it.
        if steps.is_cut() {
            Fault::Silent
        } else if steps.is_cut() {
            Fault::SilentAfter
        } else {
            Fault::None
        }
    });
    let agent = stage.agent_with(wrapped.clone(), settings());
    let work = tokio::spawn(async move {
        agent.poll().await.unwrap();
        agent.take_changes().await.unwrap();
        agent.poll().await.unwrap();
    });
    let abort = work.abort_handle();
    let ended = tokio::select! {
        ended = work => { ended.unwrap(); true }
        () = stage.proxy.stuck() => false,
        () = wrapped.stuck() => false,
    };
    abort.abort();
    // The state file is free again when the task is gone.
    while !abort.is_finished() {
        tokio::task::yield_now().await;
    }
    stage.proxy.calm();
    ended
}

async fn finish(stage: &Stage) {
    let agent = stage.agent();
    agent.poll().await.unwrap();
    agent.take_changes().await.unwrap();
    agent.poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

/// Plays a scene once for each step at which the agent can be cut off.
async fn at_every_step<T>(
    set_up: impl AsyncFn(&Stage) -> T,
    meanwhile: impl AsyncFn(&Stage, &T),
    check: impl AsyncFn(&Stage, &T),
) {
    for step in 1..MOST_STEPS {
        let stage = Stage::new().await;
        let scene = set_up(&stage).await;
        let ended = cut_off(&stage, step).await;
        meanwhile(&stage, &scene).await;
        finish(&stage).await;
        check(&stage, &scene).await;
        if ended {
            assert!(step > 10, "{step} steps are too few for the scene");
            return;
        }
    }
    panic!("the scene has more than {MOST_STEPS} steps");
}

async fn nothing<T>(_: &Stage, _: &T) {}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_step_a_booking_is_one_appointment_and_confirmed_book_1_book_4() {
    at_every_step(
        async |stage| stage.hub.book(&at("09:00")).await,
        nothing,
        async |stage, booked| stage.assert_confirmed(booked).await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_step_a_taken_time_is_rejected_book_5() {
    at_every_step(
        async |stage| {
            stage.enter("1", "2026-11-24T09:00:00");
            stage.hub.book(&at("09:00")).await
        },
        nothing,
        async |stage, booked| {
            stage.assert_rejected(booked).await;
            assert_eq!(stage.rows().len(), 1);
        },
    )
    .await;
}

/// A booking that the PMS has and whose patient cancels.
async fn cancelled(stage: &Stage) -> Booked {
    let booked = stage.taken("09:00", &stage.agent()).await;
    stage.hub.cancel(&booked).await;
    booked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_step_a_cancellation_reaches_the_book_book_8() {
    at_every_step(cancelled, nothing, async |stage, booked| {
        assert_eq!(stage.standing(booked), []);
        assert_eq!(stage.hub.status(booked).await, "cancelled");
        assert_eq!(stage.hub.attention().await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_step_the_desks_cancellation_reaches_the_hub_book_9() {
    at_every_step(
        async |stage| {
            let booked = stage.taken("09:00", &stage.agent()).await;
            stage.book.strike(&stage.standing(&booked)[0].id).unwrap();
            booked
        },
        nothing,
        async |stage, booked| {
            assert_eq!(stage.standing(booked), []);
            assert_eq!(stage.hub.status(booked).await, "cancelled");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_step_and_cancelled_meanwhile_there_is_no_ghost_book_7() {
    at_every_step(
        async |stage| stage.hub.book(&at("09:00")).await,
        async |stage, booked| stage.hub.cancel(booked).await,
        async |stage, booked| {
            assert_eq!(stage.standing(booked), []);
            assert_eq!(stage.hub.status(booked).await, "cancelled");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_step_and_rejected_meanwhile_there_is_no_ghost_book_4() {
    at_every_step(
        async |stage| stage.hub.book(&at("09:00")).await,
        async |stage, booked| {
            // Refused where it was confirmed before.
            stage.hub.say(booked, "rejectInsert", json!({})).await;
        },
        async |stage, booked| match stage.view(booked).await["status"].as_str() {
            Some("confirmed") => stage.assert_confirmed(booked).await,
            _ => stage.assert_rejected(booked).await,
        },
    )
    .await;
}
