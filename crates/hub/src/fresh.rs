//! A value that costs something to read: read at most every few seconds, by one at a time, and
//! never waited for long.

use crate::Stopwatch;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a value is good.
const KEPT: Duration = Duration::from_secs(5);
/// Reading takes at most this part of the time, however long it takes.
const PART: u32 = 20;
/// How long whoever asks waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known, and what is being read.
pub(crate) struct Fresh<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    known: Option<Known<T>>,
    reading: Option<JoinHandle<Known<T>>>,
}

struct Known<T> {
    /// `None`: it could not be read.
    value: Option<T>,
    at: Stopwatch,
    took: Duration,
}

impl<T: Clone + Send + 'static> Fresh<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                known: None,
                reading: None,
            }),
        }
    }

    /// The value; `None` if it cannot be read, or not in time.
    pub(crate) async fn get<F>(&self, read: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        let mut state = timeout(PATIENCE, self.state.lock()).await.ok()?;
        if let Some(known) = &state.known
            && known.at.elapsed() < KEPT.max(known.took * PART)
        {
            return known.value.clone();
        }
        // One that did not end in time goes on, and no other is begun beside it. The embedded
        // store reads on the thread that asks: it must be none that serves calls.
        let reading = state.reading.get_or_insert_with(|| {
            let (runtime, value) = (Handle::current(), read());
            tokio::task::spawn_blocking(move || {
                let since = Stopwatch::start();
                let value = runtime.block_on(value);
                Known {
                    value,
                    took: since.elapsed(),
                    at: Stopwatch::start(),
                }
            })
        });
        let ended = timeout(PATIENCE, reading).await.ok()?;
        state.reading = None;
        state.known = ended.ok();
        state.known.as_ref().and_then(|known| known.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn what_was_read_is_kept_for_a_while() {
        let (fresh, reads) = (Fresh::new(), Arc::new(AtomicU32::new(0)));
        for _ in 0..10 {
            let reads = Arc::clone(&reads);
            let read = || async move { Some(reads.fetch_add(1, Ordering::SeqCst)) };
            assert_eq!(fresh.get(read).await, Some(0));
        }
        assert_eq!(reads.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn what_does_not_answer_is_not_waited_for_and_not_asked_twice() {
        let (fresh, reads) = (Fresh::<()>::new(), Arc::new(AtomicU32::new(0)));
        let (release, released) = tokio::sync::watch::channel(());
        let since = Stopwatch::start();
        for _ in 0..2 {
            let (reads, mut released) = (Arc::clone(&reads), released.clone());
            let read = || async move {
                reads.fetch_add(1, Ordering::SeqCst);
                let _ = released.changed().await;
                None
            };
            assert_eq!(fresh.get(read).await, None);
        }
        assert!(since.elapsed() < PATIENCE * 4);
        assert_eq!(reads.load(Ordering::SeqCst), 1);
        drop(release);
    }
}
