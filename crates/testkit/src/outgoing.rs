//! The ways out of a hub in a test.

use crate::MemoryObjects;
use parking_lot::Mutex;
use slotbridge_hub::outgoing::{Channel, Message, Messages, NotSent, Outgoing, Sending};
use slotbridge_outbound::Closed;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Ways out that lead nowhere, but for objects, which are kept in memory.
#[must_use]
pub fn outgoing() -> Outgoing {
    Outgoing {
        callbacks: Arc::new(Closed),
        messages: Arc::new(Closed),
        objects: Arc::new(MemoryObjects::default()),
    }
}

/// A way for messages that fails as it is told to, and keeps what it was handed.
#[derive(Default)]
pub struct Postbox {
    /// What the next attempts come to; after that all succeed.
    answers: Mutex<VecDeque<NotSent>>,
    taken: Mutex<Vec<Message>>,
    /// Whether it never comes to an end with what it is handed.
    hangs: AtomicBool,
    handed: Notify,
}

impl Postbox {
    /// Ways out of which only this one leads anywhere.
    #[must_use]
    pub fn outgoing(self: &Arc<Self>) -> Outgoing {
        Outgoing {
            messages: Arc::<Self>::clone(self),
            ..outgoing()
        }
    }

    /// Lets so many attempts fail, for now or for good.
    pub fn fail(&self, times: usize, again: bool) {
        let why = "the post is closed".to_owned();
        let failures = std::iter::repeat_n(NotSent { again, why }, times);
        self.answers.lock().extend(failures);
    }

    /// Never comes to an end with a message from now on, or does again.
    pub fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }

    /// Is done when a message was handed over while it hangs.
    pub async fn handed(&self) {
        self.handed.notified().await;
    }

    /// What was sent since this was asked last.
    #[must_use]
    pub fn taken(&self) -> Vec<Message> {
        std::mem::take(&mut self.taken.lock())
    }
}

impl Messages for Postbox {
    fn sends(&self, _: Channel) -> bool {
        true
    }

    fn send(&self, message: Message) -> Sending<'_, NotSent> {
        Box::pin(async move {
            if self.hangs.load(Ordering::SeqCst) {
                self.handed.notify_one();
                std::future::pending::<()>().await;
            }
            if let Some(not_sent) = self.answers.lock().pop_front() {
                return Err(not_sent);
            }
            self.taken.lock().push(message);
            Ok(())
        })
    }
}
