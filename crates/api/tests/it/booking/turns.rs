//! What is done for many practices at once waits for none that another node writes for, and leaves it out.

use super::remembered::{Seen, watched};
use crate::auth::nodes::second_node;
use serde_json::Value;
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::Hub;
use slotbridge_store::{Result, Tx};
use slotbridge_testkit::{Clinic, Pms, TestEngine};
use std::mem::take;
use std::sync::mpsc::{Sender, channel};
use tokio::task::{JoinHandle, spawn_blocking, yield_now};

/// Two practices on two nodes.
struct Scene {
    clinic: Clinic,
    theirs: Pms,
    seen: Seen,
    other: Hub,
}

impl Scene {
    /// `None` where there is one node. Each practice has as many bookings.
    async fn new(bookings: usize) -> Option<Self> {
        if TestEngine::of_this_run() != TestEngine::Postgres {
            return None;
        }
        let book = async |clinic: &Clinic| {
            for hour in 9..9 + bookings {
                clinic.book(&format!("2026-11-24T{hour:02}:00")).await;
            }
        };
        let first = Clinic::new().await;
        book(&first).await;
        let clinic = Clinic::on(first.app).await;
        book(&clinic).await;
        let (other, _) = second_node(&clinic.app).await;
        Some(Self {
            seen: watched(&clinic.app.hub),
            theirs: first.pms,
            clinic,
            other,
        })
    }

    /// The other node is in the midst of writing for the first practice, until it is told to end.
    async fn writes(&self) -> (Sender<()>, JoinHandle<Result<()>>) {
        let ((begins, begun), (ends, end)) = (channel(), channel());
        let other = self.other.clone();
        let practice = PracticeId::new(self.theirs.practice_id).unwrap();
        let writing = tokio::spawn(async move {
            let write = move |_: &mut Tx<'_>| {
                let _ = begins.send(());
                let _ = end.recv();
                Ok(())
            };
            other.store().begin(practice).write(write).await
        });
        spawn_blocking(move || begun.recv()).await.unwrap().unwrap();
        (ends, writing)
    }

    /// Both integrations poll, time passes, and what falls due is done: at once, which runs this statement,
    /// and whether something also by itself.
    async fn pass(&self, seconds: i64, at_once: &str, until_then: impl FnOnce()) -> bool {
        let app = &self.clinic.app;
        for pms in [&self.theirs, &self.clinic.pms] {
            let polled = app.pms(pms, "GET", "/requests", Value::Null).await;
            polled.expect(200);
        }
        take(&mut *self.seen.lock());
        let did = |statement: &str| self.seen.lock().contains_key(statement);
        let done_at_once = async {
            while !did(at_once) {
                yield_now().await;
            }
            until_then();
        };
        tokio::join!(app.advance(seconds), done_at_once);
        did("due::TAKE")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_booking_stands_after_what_another_node_writes_for_its_practice_book_3() {
    let Some(scene) = Scene::new(1).await else {
        return;
    };
    // What else is due.
    scene.clinic.app.advance(0).await;
    let (end, writing) = scene.writes().await;
    let end = || end.send(()).unwrap();
    assert!(scene.pass(20, "due::CANCEL", end).await);
    writing.await.unwrap().unwrap();

    let scene = Scene::new(1).await.unwrap();
    scene.clinic.app.advance(0).await;
    assert!(!scene.pass(20, "due::CANCEL", || ()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_integration_is_judged_after_what_another_node_writes_for_its_practice_health_1() {
    let Some(scene) = Scene::new(0).await else {
        return;
    };
    // Nothing is news from then on.
    scene.clinic.app.advance(0).await;
    scene.clinic.app.advance(300).await;
    assert!(!scene.pass(300, "due::PUT_OFF", || ()).await);
    scene.clinic.app.advance(300).await;
    let (end, writing) = scene.writes().await;
    assert!(
        scene
            .pass(300, "due::PUT_OFF", || end.send(()).unwrap())
            .await
    );
    writing.await.unwrap().unwrap();
}
