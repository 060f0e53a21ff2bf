//! Memory for bodies that are not small: one store of it for all calls of a kind.
//!
//! A body asks once, for all that it may still take, and in turn; it holds nothing while it waits.
//! So nobody waits for each other, and who came first is served first. A caller has one such body
//! at a time: whoever sends a hundred at once, or slowly, holds up themselves.

use axum::http::{HeaderMap, header};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The largest body that needs no room, as sent and unpacked.
pub(crate) const SMALL: usize = 64 * 1024;
/// How long a body waits for room. Longer than [`super::SECONDS`], in which whoever has it makes way.
const WAIT: Duration = Duration::from_secs(25);
/// How much room there is beside that for one of the largest.
const BESIDE: usize = 2 * 1024 * 1024;
/// While others wait for room, whoever has it moves so many bytes a second,
const PACE: usize = 64 * 1024;
/// after so many seconds.
const GRACE_SECONDS: u64 = 2;
/// Room is counted in units of so many bytes.
const UNIT: usize = 1024;

/// Who sends: the headers that proved it.
type Caller = [Option<Vec<u8>>; 2];

/// The memory that there is.
pub(crate) struct Room {
    memory: Arc<Semaphore>,
    all: usize,
    /// How many wait for it.
    waiting: Arc<AtomicUsize>,
    /// One is read into its type at a time: its values take more than its bytes.
    reading: Arc<Semaphore>,
    turns: Mutex<HashMap<Caller, Weak<Semaphore>>>,
}

/// A part of it, given back when dropped.
pub(crate) struct Reserved {
    memory: OwnedSemaphorePermit,
    reading: Option<OwnedSemaphorePermit>,
    waiting: Arc<AtomicUsize>,
    _turn: OwnedSemaphorePermit,
}

/// Somebody who waits, until dropped.
struct Waiting<'w>(&'w AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

fn caller(headers: &HeaderMap) -> Caller {
    let bytes = |name| {
        let value: &header::HeaderValue = headers.get(name)?;
        Some(value.as_bytes().to_vec())
    };
    [bytes("practice-id"), bytes("authorization")]
}

impl Reserved {
    /// The body has been read: the next one's turn.
    pub(super) fn is_read(&mut self) {
        self.reading = None;
    }

    /// Gives back all but so many bytes.
    pub(super) fn shrink(&mut self, bytes: usize) {
        let surplus = self.memory.num_permits();
        let surplus = surplus.saturating_sub(bytes.div_ceil(UNIT));
        drop(self.memory.split(surplus));
    }

    /// Whether somebody waits for room.
    pub(super) fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Whether so many bytes in so many seconds are too few while others wait.
    pub(super) fn makes_way(&self, seconds: u64, bytes: usize) -> bool {
        let expected = usize::try_from(seconds).unwrap_or(usize::MAX);
        let is_slow = seconds >= GRACE_SECONDS && bytes < expected.saturating_mul(PACE);
        is_slow && self.is_wanted()
    }
}

impl Room {
    /// Room for one of the largest bodies and some beside it.
    pub(crate) fn new(limit: usize) -> Self {
        let all = limit.saturating_add(BESIDE);
        Self {
            memory: Arc::new(Semaphore::new(all.div_ceil(UNIT))),
            all,
            waiting: Arc::default(),
            reading: Arc::new(Semaphore::new(1)),
            turns: Mutex::default(),
        }
    }

    /// Takes room for so many bytes of a caller's body; `None` if there was none for long.
    pub(super) async fn reserve(&self, headers: &HeaderMap, bytes: usize) -> Option<Reserved> {
        let turn = self.turn(caller(headers));
        let reserve = async {
            let turn = turn.acquire_owned().await.ok()?;
            let memory = Arc::clone(&self.memory);
            // What is packed and hardly smaller for it may need more: then it is alone.
            let units = units(bytes.min(self.all));
            self.waiting.fetch_add(1, Ordering::Relaxed);
            let _waiting = Waiting(&self.waiting);
            let memory = memory.acquire_many_owned(units).await.ok()?;
            Some(Reserved {
                memory,
                reading: None,
                waiting: Arc::clone(&self.waiting),
                _turn: turn,
            })
        };
        timeout(WAIT, reserve).await.ok().flatten()
    }

    fn turn(&self, caller: Caller) -> Arc<Semaphore> {
        let mut turns = self.turns.lock();
        let known = turns.get(&caller).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            turns.retain(|_, turn| turn.strong_count() > 0);
            let turn = Arc::new(Semaphore::new(1));
            turns.insert(caller, Arc::downgrade(&turn));
            turn
        })
    }

    /// Gives back all but so many bytes, and waits for the right to be read.
    pub(super) async fn complete(&self, reserved: &mut Reserved, bytes: usize) {
        reserved.shrink(bytes);
        reserved.reading = Arc::clone(&self.reading).acquire_owned().await.ok();
    }
}
