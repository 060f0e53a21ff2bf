//! The check finds what it is there to find.

use super::facts::{Facts, sabotage};
use super::load::{Client, Stage, days};
use super::{Fate, Ledger, check};
use crate::{TestApp, TestRandom};
use std::sync::Arc;

/// A hub on which clients did this and that, and what was said to them.
async fn used() -> (Arc<TestApp>, Arc<Stage>, Ledger) {
    let app = Arc::new(TestApp::new().await);
    let days = days(2, 25);
    let stage = Stage::set_up(&app, &app.operator_token, app.now(), days, 2).await;
    let mut ledger = Ledger::default();
    for index in 0..2 {
        let seed = u64::try_from(index).unwrap();
        let mut client = Client::new(Arc::clone(&app), &stage, index, TestRandom::new(seed));
        for _ in 0..25 {
            client.step().await.unwrap();
        }
        ledger.extend(client.ledger);
    }
    (app, stage, ledger)
}

async fn facts(app: &TestApp, stage: &Stage) -> Facts {
    let (location, practice) = (app.database.location(), stage.practice);
    tokio::task::spawn_blocking(move || Facts::read(&location, practice))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_hub_does_what_it_says() {
    let (app, stage, ledger) = used().await;
    let before = facts(&app, &stage).await;
    assert_eq!(check(&ledger, &before, false), Vec::<String>::new());
    assert!(!before.deciding.is_empty());
    assert_ne!(
        check(&ledger, &before, true),
        Vec::<String>::new(),
        "not settled"
    );
    app.advance(20).await;
    let after = facts(&app, &stage).await;
    assert_eq!(check(&ledger, &after, true), Vec::<String>::new());
    assert!(after.deciding.is_empty());
    // All that can be told apart was there.
    let some = |of: fn(&super::Attempt) -> Fate| {
        let done = |attempt: &&super::Attempt| of(attempt) == Fate::Done;
        assert!(ledger.attempts.iter().filter(done).count() > 2);
    };
    some(|attempt| attempt.made);
    some(|attempt| attempt.confirmed);
    some(|attempt| attempt.rejected);
    some(|attempt| attempt.cancelled);
    assert!(ledger.days.values().all(|versions| versions.len() > 1));
}

#[tokio::test]
async fn a_store_that_lost_or_doubled_something_is_found_out() {
    let (app, stage, ledger) = used().await;
    let practice = stage.practice;
    app.advance(20).await;
    let first = "(SELECT MIN(booking_id) FROM bookings)";
    let columns = "practitioner_id, appointment_type_id, pms_resource_id, \
        pms_appointment_type_id, comments, start_at, end_at, is_new_patient, status, pms_answer, \
        attendance, handed_out, occupies, created_at, manage_hash, data_key, person, pms_record, \
        phone_index, name_index";
    for wrong in [
        format!("DELETE FROM bookings WHERE booking_id = {first}"),
        format!(
            "INSERT INTO bookings (practice_id, booking_id, {columns})
             SELECT practice_id, booking_id + 50000000, {columns} FROM bookings
             WHERE booking_id = {first}"
        ),
        format!("DELETE FROM requests WHERE booking_id = {first}"),
        format!(
            "INSERT INTO requests (practice_id, request_id, type, target, booking_id, created_at,
             resolved_at) SELECT practice_id, request_id + 50000000, type, target, booking_id,
             created_at, 1 FROM requests WHERE booking_id = {first}"
        ),
        "UPDATE bookings SET status = 'requested', pms_answer = 'none'
         WHERE pms_answer = 'confirmed' AND status = 'confirmed'"
            .into(),
        "UPDATE bookings SET status = 'confirmed' WHERE status = 'cancelled'".into(),
        "UPDATE resource_days SET ranges = '[[1000,1380,300,[]]]'
         WHERE pms_resource_id = 'snapshots'"
            .into(),
        "DELETE FROM resource_days WHERE pms_resource_id = 'snapshots'".into(),
        "INSERT INTO audit (practice_id, audit_id, at, actor, action, booking_id, detail, call_id)
         SELECT practice_id, audit_id + 50000000, at, actor, action, booking_id, detail, call_id
         FROM audit WHERE action = 'stand'"
            .into(),
        format!(
            "INSERT INTO due (practice_id, kind, target, due_at)
             VALUES ({practice}, 'bookingStands', '{practice}00000009', 1)"
        ),
        format!("UPDATE bookings SET start_at = start_at + 1 WHERE booking_id = {first}"),
    ] {
        let (app, stage, ledger) = used().await;
        app.advance(20).await;
        let wrong = wrong.replace(&format!("({practice},"), &format!("({},", stage.practice));
        let location = app.database.location();
        let statement = wrong.clone();
        tokio::task::spawn_blocking(move || sabotage(&location, &statement))
            .await
            .unwrap();
        let facts = facts(&app, &stage).await;
        assert_ne!(
            check(&ledger, &facts, true),
            Vec::<String>::new(),
            "{wrong}"
        );
    }
    let clean = facts(&app, &stage).await;
    assert_eq!(check(&ledger, &clean, true), Vec::<String>::new());
}
