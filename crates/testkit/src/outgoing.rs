//! The ways out of a hub in a test.

use parking_lot::Mutex;
use slotbridge_hub::outgoing::{Doing, ObjectFailure, Objects, Outgoing};
use slotbridge_outbound::Closed;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ways out that lead nowhere, but for objects, which are kept in memory of their own.
#[must_use]
pub fn outgoing() -> Outgoing {
    outgoing_to(Arc::default())
}

/// The same, with the objects of another hub.
#[must_use]
pub fn outgoing_to(objects: Arc<MemoryObjects>) -> Outgoing {
    Outgoing {
        callbacks: Arc::new(Closed),
        messages: Arc::new(Closed),
        objects,
    }
}

/// Objects in memory, which a test can look at and make fail.
#[derive(Debug, Default)]
pub struct MemoryObjects {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    fails: AtomicBool,
}

impl MemoryObjects {
    /// What is kept, by name.
    #[must_use]
    pub fn kept(&self) -> BTreeMap<String, Vec<u8>> {
        self.kept.lock().clone()
    }

    /// Whether whatever is tried from now on fails.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    fn done<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T,
    ) -> Doing<'_, T, ObjectFailure> {
        let done = if self.fails.load(Ordering::SeqCst) {
            Err(ObjectFailure("the test says so".to_owned()))
        } else {
            Ok(work(&mut self.kept.lock()))
        };
        Box::pin(async { done })
    }
}

impl Objects for MemoryObjects {
    fn put(&self, name: String, bytes: Vec<u8>) -> Doing<'_, (), ObjectFailure> {
        self.done(|kept| drop(kept.insert(name, bytes)))
    }

    fn get(&self, name: String) -> Doing<'_, Option<Vec<u8>>, ObjectFailure> {
        self.done(|kept| kept.get(&name).cloned())
    }

    fn remove(&self, name: String) -> Doing<'_, (), ObjectFailure> {
        self.done(|kept| drop(kept.remove(&name)))
    }
}
