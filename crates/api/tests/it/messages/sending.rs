//! How messages are sent: once, again after a failure, kept where there is no way, deleted in the
//! end.

use super::{posting, shown};
use jiff::SignedDuration;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, Postbox, TestApp, behind};
use std::sync::Arc;

const DAY: i64 = 86_400;

/// State and attempts of the one message.
async fn state(clinic: &Clinic) -> (String, i64) {
    let shown = shown(clinic).await;
    assert_eq!(shown.len(), 1, "{shown:?}");
    let state = shown[0]["state"].as_str().unwrap().to_owned();
    (state, shown[0]["attempts"].as_i64().unwrap())
}

/// A clinic with one message waiting: a booking was confirmed.
async fn with_one() -> (Clinic, Arc<Postbox>) {
    let (clinic, postbox) = posting().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    (clinic, postbox)
}

#[tokio::test]
async fn a_message_is_sent_once_and_stays_readable_for_operators() {
    let (clinic, postbox) = with_one().await;
    assert_eq!(state(&clinic).await, ("waiting".into(), 0));
    for _ in 0..3 {
        clinic.app.advance(600).await;
    }
    assert_eq!(postbox.taken().len(), 1);
    assert_eq!(state(&clinic).await, ("sent".into(), 1));
    let message = &shown(&clinic).await[0];
    assert_eq!(message["to"], "anna@example.com");
    assert_eq!(message["kind"], "bookingConfirmed");
    assert!(message["text"].as_str().unwrap().contains("confirmed"));
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_is_tried_again_after_1_5_and_15_minutes() {
    let (clinic, postbox) = with_one().await;
    postbox.fail(3, true);
    clinic.app.advance(0).await;
    for (minutes, attempts) in [(1, 1), (5, 2), (15, 3)] {
        assert_eq!(state(&clinic).await, ("waiting".into(), attempts));
        assert_eq!(shown(&clinic).await[0]["why"], "the post is closed");
        clinic.app.advance(minutes * 60 - 1).await;
        assert_eq!(state(&clinic).await.1, attempts, "not before");
        clinic.app.advance(1).await;
    }
    assert_eq!(state(&clinic).await, ("sent".into(), 4));
    assert_eq!(postbox.taken().len(), 1);
}

#[tokio::test]
async fn after_a_day_or_a_refusal_for_good_it_is_given_up() {
    let (clinic, postbox) = with_one().await;
    postbox.fail(1000, true);
    for _ in 0..25 {
        clinic.app.advance(3600).await;
    }
    assert_eq!(state(&clinic).await.0, "failed");
    let (clinic, postbox) = with_one().await;
    postbox.fail(1, false);
    clinic.app.advance(0).await;
    assert_eq!(state(&clinic).await, ("failed".into(), 1));
}

#[tokio::test]
async fn a_message_that_nobody_could_send_in_time_is_not_sent_late() {
    let (clinic, postbox) = with_one().await;
    // No hub runs for two days.
    clinic.app.clock.advance(2 * DAY);
    clinic.app.advance(0).await;
    assert_eq!(postbox.taken(), []);
    assert_eq!(state(&clinic).await, ("failed".into(), 1));
}

#[tokio::test]
async fn without_a_way_messages_are_kept_and_so_are_those_of_test_practices() {
    let kept = Clinic::new().await;
    let postbox = Arc::new(Postbox::default());
    let app = TestApp::sending(postbox.outgoing()).await;
    let test = Clinic::at(app, json!({"test": true})).await;
    for clinic in [kept, test] {
        let booked = clinic.book("2026-11-24T09:00").await;
        clinic.confirm(&booked).await;
        clinic.app.advance(0).await;
        assert_eq!(state(&clinic).await, ("kept".into(), 1));
        let message = &shown(&clinic).await[0];
        assert_eq!(message["to"], "anna@example.com");
    }
    assert_eq!(postbox.taken(), []);
}

#[tokio::test]
async fn a_message_is_deleted_after_its_days() {
    let (clinic, _) = with_one().await;
    clinic.app.advance(0).await;
    clinic.app.advance(29 * DAY).await;
    assert_eq!(shown(&clinic).await.len(), 1);
    // It is forgotten in the night.
    clinic.app.advance(2 * DAY).await;
    assert_eq!(shown(&clinic).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_messages_of_an_erased_patient_are_gone_and_not_sent() {
    let (clinic, postbox) = posting().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic
        .say(&booked, "rejectInsert", json!({}))
        .await
        .expect(200);
    let whom = json!({"bookingId": booked.id});
    clinic
        .admin("POST", "/erasePatient", whom)
        .await
        .expect(200);
    assert_eq!(shown(&clinic).await, Vec::<Value>::new());
    clinic.app.advance(60).await;
    assert_eq!(postbox.taken(), []);
}

#[tokio::test]
async fn a_message_that_a_crashed_hub_had_taken_is_sent_after_the_lease() {
    let (clinic, postbox) = with_one().await;
    postbox.hang(true);
    {
        let messenger = clinic.app.hub.messenger().await;
        // Taken, and then nothing more is heard of whoever took it.
        tokio::select! {
            _ = messenger.run() => panic!("it hangs"),
            () = postbox.handed() => {}
        }
    }
    postbox.hang(false);
    clinic.app.advance(119).await;
    assert_eq!(postbox.taken(), [], "somebody may still be at it");
    clinic.app.advance(1).await;
    assert_eq!(postbox.taken().len(), 1);
    assert_eq!(state(&clinic).await, ("sent".into(), 2));
}

#[tokio::test]
async fn one_that_cannot_be_opened_keeps_no_other_from_being_sent() {
    let (clinic, postbox) = with_one().await;
    behind::spoil_messages(&clinic.app).await;
    let booked = clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&booked).await;
    let sent = clinic.app.hub.messenger().await.run().await;
    assert!(sent.is_err());
    assert_eq!(postbox.taken().len(), 1);
}

#[tokio::test]
async fn what_another_node_has_written_is_left_to_it_for_a_second() {
    let (clinic, postbox) = with_one().await;
    behind::give_messages_to_another_node(&clinic.app).await;
    let minute = SignedDuration::from_secs(60);
    let run = async || clinic.app.hub.messenger().await.run_own(minute).await;
    assert_eq!(run().await.unwrap(), None);
    assert_eq!(postbox.taken(), []);
    clinic.app.clock.advance(1);
    assert_eq!(run().await.unwrap(), Some(clinic.app.now()), "it did");
    assert_eq!(postbox.taken().len(), 1);
    assert_eq!(run().await.unwrap(), None);
    let own = clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&own).await;
    postbox.fail(1, true);
    assert_eq!(run().await.unwrap(), Some(clinic.app.now()), "it tried");
    let again = run().await.unwrap();
    assert_eq!(again, Some(clinic.app.now() + minute), "its own");
    assert_eq!(postbox.taken(), []);
}

#[tokio::test]
async fn the_patients_words_are_in_no_message_in_plain() {
    let (clinic, _) = with_one().await;
    let shown = shown(&clinic).await;
    let text = shown[0]["text"].as_str().unwrap();
    assert!(text.contains("appointment"));
    for file in files_of_the_store(&clinic) {
        let bytes = std::fs::read(&file).unwrap();
        for word in ["anna@example.com", "Your appointment at"] {
            let found = bytes.windows(word.len()).any(|at| at == word.as_bytes());
            assert!(!found, "{word} in {}", file.display());
        }
    }
}

/// The files of the embedded store; on PostgreSQL the binary's own test looks.
fn files_of_the_store(clinic: &Clinic) -> Vec<std::path::PathBuf> {
    let Some(folder) = clinic.app.database.folder() else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
