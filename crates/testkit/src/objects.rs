//! Objects in the memory of a test.

use parking_lot::Mutex;
use slotbridge_hub::outgoing::{Doing, ObjectFailure, Objects};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Objects in memory, which a test can look at and make fail.
#[derive(Debug, Default)]
pub struct MemoryObjects {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    fails: AtomicBool,
    /// Whether what is put is kept, and nobody hears of it.
    hangs: AtomicBool,
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

    /// Keeps what is put from now on, and never says so: as in a crash right after.
    pub fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
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
        let done = self.done(|kept| drop(kept.insert(name, bytes)));
        if self.hangs.load(Ordering::SeqCst) {
            return Box::pin(std::future::pending());
        }
        done
    }

    fn get(&self, name: String) -> Doing<'_, Option<Vec<u8>>, ObjectFailure> {
        self.done(|kept| kept.get(&name).cloned())
    }

    fn remove(&self, name: String) -> Doing<'_, (), ObjectFailure> {
        self.done(|kept| drop(kept.remove(&name)))
    }
}
