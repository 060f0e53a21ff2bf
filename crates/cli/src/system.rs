//! The system's clock, its randomness, and waiting: made here and nowhere else.

use aws_lc_rs::rand::{SecureRandom, SystemRandom as Source};
use jiff::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use slotbridge_domain::clock::{Clock, Random};
use std::sync::Arc;
use std::time::Duration;

/// The system's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that is passed in elsewhere"
    )]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // The store keeps microseconds: what is written must be equal to what is read.
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The system's randomness.
struct SystemRandom(Source);

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // A key must never be guessable: with no randomness there is nothing left to do.
        if self.0.fill(bytes).is_err() {
            tracing::error!("the system gives no random bytes");
            std::process::abort();
        }
    }
}

/// The system's clock.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The system's randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the randomness that is passed in elsewhere"
)]
pub(crate) fn random() -> Arc<dyn Random> {
    Arc::new(SystemRandom(Source::new()))
}

/// Waits. For workers until their next due row, and for whoever looks again after a while.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the binary waits"
)]
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// How many descriptors this process may have open: as many as it is let, which is often more than it
/// begins with (1,024 on most systems).
pub(crate) fn descriptors() -> u64 {
    const WANTED: u64 = 65_536;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(WANTED, |most| most.min(WANTED));
    let now = current.unwrap_or(u64::MAX);
    let more = Rlimit {
        current: Some(wanted),
        maximum,
    };
    match now < wanted && setrlimit(Resource::Nofile, more).is_ok() {
        true => wanted,
        false => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_tells_whole_microseconds() {
        let now = clock().now();
        assert_eq!(now.subsec_nanosecond() % 1000, 0);
    }

    #[test]
    fn random_bytes_vary() {
        assert_ne!(random().bytes::<32>(), random().bytes::<32>());
    }
}
