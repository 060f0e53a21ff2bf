//! A clock that stands still until a test moves it.

use jiff::Timestamp;
use slotbridge_domain::clock::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-11-23T00:00:00Z, in microseconds.
const START: i64 = 1_795_392_000_000_000;

/// A clock that stands still until a test moves it, in whole microseconds. It starts at
/// 2026-11-23T00:00:00Z.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock at its start.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START)))
    }

    /// Moves it to an instant, which may lie behind it.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves it forward.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_at_its_start_and_moves_when_told() {
        let clock = TestClock::new();
        assert_eq!(clock.now(), "2026-11-23T00:00:00Z".parse().unwrap());
        clock.advance(90);
        assert_eq!(clock.now(), "2026-11-23T00:01:30Z".parse().unwrap());
        clock.set("2027-04-04T03:00:00.123456789Z".parse().unwrap());
        assert_eq!(
            clock.now(),
            "2027-04-04T03:00:00.123456Z".parse().unwrap(),
            "whole microseconds"
        );
    }
}
