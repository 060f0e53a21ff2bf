//! The workers' queue: first come, first served, but one writer of a practice at a time.
//!
//! PostgreSQL lets a second one wait for the practice's counter row as well. But that one would
//! wait with a worker and its connection, and a practice with much to write, or one that another
//! node holds up, would soon have them all.

use crate::engine::Job;
use crate::{Result, StoreError};
use parking_lot::{Condvar, Mutex};
use slotbridge_domain::ids::PracticeId;
use std::collections::{HashSet, VecDeque};
use tokio::sync::Semaphore;

pub(super) struct Queue {
    state: Mutex<State>,
    /// One for each worker.
    called: Box<[Condvar]>,
    places: Semaphore,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Job>>,
    /// The practices that somebody writes for.
    taken: HashSet<PracticeId>,
    /// The workers that wait. The last to come is called first: what its connection's process needs
    /// is still in the processor's caches, and the fewer work, the fewer have to bring it there.
    idle: Vec<usize>,
    closed: bool,
}

impl Queue {
    /// A queue in which so many may wait, for so many workers.
    pub(super) fn new(places: usize, workers: usize) -> Self {
        Self {
            state: Mutex::default(),
            called: (0..workers).map(|_| Condvar::new()).collect(),
            places: Semaphore::new(places),
        }
    }

    fn call_one(&self, state: &mut State) {
        if let Some(called) = state.idle.pop().and_then(|last| self.called.get(last)) {
            called.notify_one();
        }
    }

    fn call_all(&self) {
        for called in &self.called {
            called.notify_one();
        }
    }

    /// Waits for a place and takes it.
    pub(super) async fn push(&self, job: Box<dyn Job>) -> Result<()> {
        let place = self.places.acquire().await;
        place
            .map_err(|_| StoreError::Unavailable("the workers have stopped".into()))?
            .forget();
        let mut state = self.state.lock();
        state.waiting.push_back(job);
        self.call_one(&mut state);
        Ok(())
    }

    /// Lets others write for a practice that a worker wrote for until now.
    pub(super) fn release(&self, done: Option<PracticeId>) {
        if let Some(practice) = done {
            let mut state = self.state.lock();
            state.taken.remove(&practice);
            self.call_one(&mut state);
        }
    }

    /// Takes the first job that can run now and waits until there is one; `None` when the queue is
    /// closed and empty. `done` is the practice that this worker wrote for until now.
    pub(super) fn next(&self, worker: usize, done: Option<PracticeId>) -> Option<Box<dyn Job>> {
        let called = self.called.get(worker)?;
        let mut state = self.state.lock();
        if let Some(practice) = done {
            // Whoever waits for it is found below, by this same worker.
            state.taken.remove(&practice);
        }
        loop {
            let first = state.waiting.iter().position(|job| {
                writes_for(job.as_ref()).is_none_or(|practice| !state.taken.contains(&practice))
            });
            if let Some(job) = first.and_then(|first| state.waiting.remove(first)) {
                state.taken.extend(writes_for(job.as_ref()));
                self.places.add_permits(1);
                return Some(job);
            }
            if state.closed && state.waiting.is_empty() {
                self.call_all();
                return None;
            }
            state.idle.push(worker);
            called.wait(&mut state);
            state.idle.retain(|idle| *idle != worker);
        }
    }

    /// Gives back a job that was not begun, for another worker.
    pub(super) fn put_back(&self, job: Box<dyn Job>) {
        let mut state = self.state.lock();
        if let Some(practice) = writes_for(job.as_ref()) {
            state.taken.remove(&practice);
        }
        state.waiting.push_front(job);
        self.places.forget_permits(1);
        self.call_one(&mut state);
    }

    /// Lets the workers end once nobody waits any more.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.call_all();
    }
}

/// The practice that a job has to have for itself.
pub(super) fn writes_for(job: &dyn Job) -> Option<PracticeId> {
    job.practice().filter(|_| !job.reads_only())
}
