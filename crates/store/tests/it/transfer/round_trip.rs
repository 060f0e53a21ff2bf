//! There and back again.

use super::scene::{Scene, at, book_once, seen, times};
use super::{back_up, directions, restore};
use crate::support::{Fixture, Raw, raw_sqlite};
use serde_json::json;
use slotbridge_testkit::{TestClock, TestDatabase};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_row_of_every_table_comes_back_on_whichever_engine() {
    for (from, to) in directions() {
        let scene = Scene::play(TestDatabase::on(from), TestClock::new()).await;
        let (bytes, there) = back_up(&scene.clinic.app.database);
        let empty: Vec<_> = there
            .tables
            .iter()
            .filter(|(_, rows)| **rows == 0)
            .collect();
        assert!(
            empty.is_empty(),
            "of these nothing is shown here: {empty:?}"
        );

        let restored = restore(&bytes, to);
        let (bytes, moved) = back_up(&restored);
        assert_eq!(moved.tables, there.tables, "{from:?} to {to:?}");
        assert_eq!(moved.content, there.content, "{from:?} to {to:?}");
        let (_, back) = back_up(&restore(&bytes, from));
        assert_eq!(back.content, there.content, "{from:?} to {to:?} and back");
    }
}

#[tokio::test]
async fn another_row_is_another_content() {
    let scene = Scene::play(TestDatabase::new(), TestClock::new()).await;
    let (_, before) = back_up(&scene.clinic.app.database);
    assert_eq!(
        back_up(&scene.clinic.app.database).1.content,
        before.content
    );
    scene.clinic.confirm(&scene.requested).await;
    let (_, after) = back_up(&scene.clinic.app.database);
    assert_ne!(after.content, before.content);
}

#[tokio::test]
async fn a_restored_hub_goes_on_where_the_other_was() {
    for (from, to) in directions() {
        let scene = Scene::play(TestDatabase::on(from), TestClock::new()).await;
        let (bytes, _) = back_up(&scene.clinic.app.database);
        let restored = scene.moved_to(restore(&bytes, to)).await;
        assert_eq!(seen(&restored).await, seen(&scene.clinic).await);
        assert_eq!(book_once(&restored).await, scene.first_answer);

        restored.confirm(&scene.requested).await;
        assert_eq!(restored.status(&scene.requested).await, "confirmed");
        // Numbers go on, nothing collides.
        let next = at(&restored, "16:00").await;
        let known = scene.first_answer["bookingId"].as_i64().unwrap();
        assert!(next.id > known, "{} after {known}", next.id);
        assert_eq!(next.id, at(&scene.clinic, "16:00").await.id);
        let practice = json!({"name": "A third"});
        let (theirs, ours) = (
            restored.app.practice(practice.clone()).await,
            scene.clinic.app.practice(practice).await,
        );
        assert_eq!(theirs, ours);
    }
}

#[tokio::test]
async fn what_falls_due_between_backup_and_restore_is_done_once_book_3() {
    for (from, to) in directions() {
        let scene = Scene::play(TestDatabase::on(from), TestClock::new()).await;
        let (bytes, _) = back_up(&scene.clinic.app.database);
        scene.clinic.app.clock.advance(3600);
        let restored = scene.moved_to(restore(&bytes, to)).await;
        restored.app.advance(0).await;
        assert_eq!(restored.status(&scene.requested).await, "confirmed");
        restored.app.advance(20).await;
        assert_eq!(times(&restored, &scene.requested, "stand").await, 1);
        assert_eq!(times(&restored, &scene.requested, "book").await, 1);
        assert!(
            restored.starts().await.contains(&"13:00".to_owned()),
            "the hold is over"
        );
    }
}

/// A table that is in the store is in its backups: whoever adds one need not think of it.
#[test]
fn every_table_of_the_store_is_in_the_backup() {
    let fixture = Fixture::new();
    let in_store: BTreeSet<String> = if fixture.is_sqlite() {
        let connection = raw_sqlite(&fixture.database);
        let mut names = connection
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        let names = names.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    } else {
        let Raw::Postgres(raw) = Raw::open(&fixture.database) else {
            unreachable!("PostgreSQL")
        };
        let names =
            raw.query("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()");
        names.iter().map(|row| row.get(0)).collect()
    };
    let (_, summary) = back_up(&fixture.database);
    let mut in_backup: BTreeSet<String> = summary.tables.into_keys().collect();
    // The schema's version stands in the header.
    assert!(in_backup.insert("schema_migrations".to_owned()));
    assert_eq!(in_backup, in_store);
    assert!(in_store.len() > 20);
}
