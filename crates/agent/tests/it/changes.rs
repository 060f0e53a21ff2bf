//! What happens to appointments at the desk.

use crate::stage::Stage;

#[tokio::test]
async fn an_appointment_cancelled_at_the_desk_is_off_for_the_patient_book_9() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    agent.take_changes().await.unwrap();
    stage.book.strike(&stage.standing(&booked)[0].id).unwrap();
    agent.take_changes().await.unwrap();
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
    assert!(stage.hub.starts().await.contains(&"09:00".to_owned()));
    // It is told once, however often the PMS tells of it.
    stage.proxy.take();
    let again = "UPDATE counter SET value = value + 1;
        UPDATE appointments SET changed = (SELECT value FROM counter);";
    stage.meddle().execute_batch(again).unwrap();
    agent.take_changes().await.unwrap();
    assert_eq!(stage.proxy.count(), 0);
}

#[tokio::test]
async fn an_appointment_moved_at_the_desk_is_off_and_its_new_time_is_taken_book_9() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    let id = stage.standing(&booked)[0].id.clone();
    let time = "2026-11-24T10:30:00".parse().unwrap();
    stage.book.move_to(&id, time).unwrap();
    agent.take_changes().await.unwrap();
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
    let starts = stage.hub.starts().await;
    assert!(starts.contains(&"09:00".to_owned()), "{starts:?}");
    assert!(!starts.contains(&"10:30".to_owned()), "{starts:?}");
}

#[tokio::test]
async fn a_patient_who_did_not_come_is_told_of_book_10() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    // Tuesday, 10:00 in Sydney.
    stage.hub.app.clock.advance(23 * 3600);
    stage
        .book
        .did_not_attend(&stage.standing(&booked)[0].id)
        .unwrap();
    agent.take_changes().await.unwrap();
    assert_eq!(stage.hub.status(&booked).await, "didNotAttend");
    // It is told once.
    stage.proxy.take();
    agent.take_changes().await.unwrap();
    assert_eq!(stage.proxy.count(), 0);
}

#[tokio::test]
async fn a_cancellation_that_came_from_the_hub_is_not_told_back_book_8() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    stage.hub.cancel(&booked).await;
    agent.poll().await.unwrap();
    stage.proxy.take();
    agent.take_changes().await.unwrap();
    let lines = stage.proxy.lines();
    assert!(
        !lines.iter().any(|line| line.ends_with("/cancel")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_change_is_dealt_with_again_until_the_hub_has_taken_it_book_9() {
    let stage = Stage::new().await;
    let agent = stage.agent();
    let booked = stage.taken("09:00", &agent).await;
    stage.book.strike(&stage.standing(&booked)[0].id).unwrap();
    stage
        .proxy
        .plan(|_| slotbridge_testkit::proxy::Fault::Instead(500));
    agent.take_changes().await.unwrap_err();
    stage.proxy.calm();
    agent.take_changes().await.unwrap();
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
}

#[tokio::test]
async fn a_booking_struck_at_the_desk_before_it_was_confirmed_is_off_for_both_book_9() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&crate::stage::at("09:00")).await;
    stage
        .proxy
        .plan(|call| match call.line.ends_with("/confirmInsert") {
            true => slotbridge_testkit::proxy::Fault::Instead(502),
            false => slotbridge_testkit::proxy::Fault::None,
        });
    let agent = stage.agent();
    agent.poll().await.unwrap_err();
    stage.proxy.calm();
    stage.book.strike(&stage.standing(&booked)[0].id).unwrap();
    agent.poll().await.unwrap();
    agent.take_changes().await.unwrap();
    agent.poll().await.unwrap();
    assert_eq!(stage.standing(&booked), []);
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
    assert_eq!(stage.hub.poll().await, [""; 0]);
}
