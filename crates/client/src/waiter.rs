//! The two things a client does that are not pure: waiting, and being a little random about it.

use std::{
    collections::hash_map::RandomState,
    future::Future,
    hash::{BuildHasher, Hasher},
    pin::Pin,
    time::Duration,
};

/// How a client waits before it makes a call again. Passed in, so that tests and a sandbox do not
/// have to wait.
pub trait Waiter: Send + Sync + 'static {
    /// A number in 0.0..1.0 that varies from call to call and from client to client.
    fn jitter(&self) -> f64;

    /// Is done when `pause` is over.
    fn wait(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Waits for real, on tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timer;

impl Waiter for Timer {
    fn jitter(&self) -> f64 {
        // Every hasher of a new `RandomState` has its own keys; that is random enough to spread
        // clients out, and needs nothing else.
        let random = u32::try_from(RandomState::new().build_hasher().finish() >> 32);
        f64::from(random.unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the pause before a call is made again"
    )]
    fn wait(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_varies_between_nought_and_one() {
        let numbers: Vec<f64> = (0..100).map(|_| Timer.jitter()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        assert!(numbers.iter().any(|number| *number < 0.5));
        assert!(numbers.iter().any(|number| *number >= 0.5));
    }
}
