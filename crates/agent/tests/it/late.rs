//! An insertion that was under way when the PMS was last asked, and is done afterwards.

use crate::stage::{Stage, at, settings};
use crate::wrapped::{Verdict, Wrapped, later};
use slotbridge_agent::clinic::Clinic as Agent;
use slotbridge_testkit::Booked;
use slotbridge_testkit::proxy::Fault;

/// An agent that cannot insert.
fn waiting(stage: &Stage) -> Agent {
    let wrapped = Wrapped::new(&stage.book);
    wrapped.judge(|asked| match asked.what {
        "insert" => later(),
        _ => Verdict::Go,
    });
    stage.agent_with(wrapped, settings())
}

/// A booking of which the PMS does not say what became.
async fn under_way(stage: &Stage) -> Booked {
    let booked = stage.hub.book(&at("09:00")).await;
    waiting(stage).poll().await.unwrap_err();
    booked
}

/// The PMS does what it was asked for.
fn arrives(stage: &Stage, booked: &Booked) {
    let book = stage.meddle();
    book.execute("UPDATE counter SET value = value + 1", [])
        .unwrap();
    book.execute(
        "INSERT INTO appointments (id, resource, start, stop, minutes, patient_id, booking_id,
            state, changed)
         VALUES ('late', '1', '2026-11-24T09:00:00', '2026-11-24T09:15:00', 15, 'P1', ?1, 'booked',
            (SELECT value FROM counter))",
        [booked.id],
    )
    .unwrap();
}

async fn assert_taken_out(stage: &Stage, booked: &Booked) {
    stage.agent().take_changes().await.unwrap();
    assert_eq!(stage.standing(booked), []);
    stage.agent().take_changes().await.unwrap();
    assert!(stage.hub.starts().await.contains(&"09:00".to_owned()));
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

#[tokio::test]
async fn what_was_cancelled_meanwhile_is_taken_out_again_book_7() {
    let stage = Stage::new().await;
    let booked = under_way(&stage).await;
    stage.hub.cancel(&booked).await;
    stage.agent().poll().await.unwrap();
    arrives(&stage, &booked);
    assert_taken_out(&stage, &booked).await;
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
}

#[tokio::test]
async fn what_was_rejected_meanwhile_is_taken_out_again_book_5() {
    for lost in [Fault::None, Fault::After(500)] {
        let stage = Stage::new().await;
        let booked = under_way(&stage).await;
        stage.hub.app.advance(9 * 60).await;
        stage
            .proxy
            .plan(move |call| match call.line.ends_with("/rejectInsert") {
                true => lost,
                false => Fault::None,
            });
        let _ = waiting(&stage).poll().await;
        stage.proxy.calm();
        assert_eq!(stage.hub.attention().await.len(), 1, "it was rejected");
        arrives(&stage, &booked);
        stage.agent().poll().await.unwrap();
        stage.agent().take_changes().await.unwrap();
        assert_eq!(stage.standing(&booked), [], "{lost:?}");
    }
}

#[tokio::test]
async fn what_is_still_wanted_is_confirmed_and_not_inserted_again_book_4() {
    let stage = Stage::new().await;
    let booked = under_way(&stage).await;
    arrives(&stage, &booked);
    stage.agent().take_changes().await.unwrap();
    stage.agent().poll().await.unwrap();
    stage.assert_confirmed(&booked).await;
}

#[tokio::test]
async fn what_the_desk_puts_back_is_left_to_the_desk_book_9() {
    for is_known in [true, false] {
        let stage = Stage::new().await;
        let booked = stage.taken("09:00", &stage.agent()).await;
        if !is_known {
            std::fs::remove_file(stage.state_path()).unwrap();
        }
        let id = stage.standing(&booked)[0].id.clone();
        stage.book.strike(&id).unwrap();
        stage.agent().take_changes().await.unwrap();
        assert_eq!(stage.hub.status(&booked).await, "cancelled");
        let book = stage.meddle();
        book.execute_batch(
            "UPDATE counter SET value = value + 1;
             UPDATE appointments SET state = 'booked', changed = (SELECT value FROM counter);",
        )
        .unwrap();
        stage.agent().take_changes().await.unwrap();
        assert_eq!(stage.standing(&booked).len(), 1, "{is_known}");
    }
}
