//! One picture, taken beside a store that goes on.

use super::scene::{Scene, at};
use super::{back_up, back_up_to, restore};
use crate::support::gate;
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine};
use std::io::Write;

/// Passes a gate before it takes its first bytes.
struct Gated<P> {
    pass: Option<P>,
    bytes: Vec<u8>,
}

impl<P: FnMut()> Write for Gated<P> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(mut pass) = self.pass.take() {
            pass();
        }
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_shows_the_moment_of_its_beginning_and_holds_up_no_booking() {
    let scene = Scene::play(TestDatabase::new(), TestClock::new()).await;
    let database = &scene.clinic.app.database;
    let (_, before) = back_up(database);
    let (gate, pass) = gate();
    let mut out = Gated {
        pass: Some(pass),
        bytes: Vec::new(),
    };
    let (location, now) = (database.location(), scene.clinic.app.now());
    let summary = std::thread::scope(|scope| {
        let backup = scope
            .spawn(|| slotbridge_store::transfer::backup(&location, now, &mut out, None).unwrap());
        gate.reached();
        // The backup has begun and stands still; the hub does all that it ever does. If anything
        // here waited for the backup, the test would never end.
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                at(&scene.clinic, "16:00").await;
                scene.clinic.confirm(&scene.requested).await;
                scene
                    .clinic
                    .app
                    .practice(serde_json::json!({"name": "Later"}))
                    .await;
                scene.clinic.app.advance(20).await;
            });
        });
        gate.open();
        backup.join().unwrap()
    });
    assert_eq!(
        summary.content, before.content,
        "the moment of the beginning"
    );
    assert_ne!(back_up(database).1.content, before.content);
    let (_, restored) = back_up(&restore(&out.bytes, database.engine()));
    assert_eq!(restored.content, before.content);
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_the_backup_and_nothing_else() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let left = self.0.min(bytes.len());
            self.0 -= left;
            if left == 0 {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            Ok(left)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let scene = Scene::play(TestDatabase::new(), TestClock::new()).await;
    let (bytes, _) = back_up(&scene.clinic.app.database);
    for room in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        let told = super::words(back_up_to(&scene.clinic.app.database, Full(room)));
        assert!(told.contains("cannot be written"), "{told}");
    }
    at(&scene.clinic, "16:00").await;
}

#[tokio::test]
async fn a_stopped_store_is_read_and_left_as_it_was() {
    let scene = Scene::play(TestDatabase::on(TestEngine::Sqlite), TestClock::new()).await;
    let Scene { clinic, .. } = scene;
    let slotbridge_testkit::TestApp {
        database,
        hub,
        router,
        ..
    } = clinic.app;
    drop((router, hub));
    let list = || {
        let folder = std::fs::read_dir(database.folder().unwrap()).unwrap();
        let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let store = || std::fs::read(database.folder().unwrap().join("slotbridge.sqlite")).unwrap();
    let (before, bytes) = (list(), store());
    back_up(&database);
    assert_eq!(store(), bytes);
    // An empty log is left beside it, which goes with the next stop.
    drop(database.open(TestClock::new(), slotbridge_testkit::TestRandom::new(9)));
    assert_eq!(list(), before);
}
