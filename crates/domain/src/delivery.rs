//! The life of a delivery: attempts, retries, and what becomes of it (SUB-3).

use jiff::{SignedDuration, Timestamp};
use std::str::FromStr;

/// How long after each failure the next attempt comes, in seconds.
const AFTER_FAILURE: [i64; 3] = [10, 100, 1000];

/// When the attempt after a failed one is due; `None`: there is none. `failed` counts the failed
/// ones, this included, from 1.
#[must_use]
pub fn next_attempt(failed: i64, failed_at: Timestamp) -> Option<Timestamp> {
    let after = usize::try_from(failed - 1).ok()?;
    let seconds = AFTER_FAILURE.get(after)?;
    failed_at
        .checked_add(SignedDuration::from_secs(*seconds))
        .ok()
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It is to be attempted, for the first time or again.
    Waiting,
    /// It was answered with success.
    Delivered,
    /// Its last attempt failed.
    Failed,
    /// The request was resolved before it was delivered.
    Resolved,
    /// Its subscription ended, or the practice's consent, before it was delivered.
    Cancelled,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Delivered,
        Self::Failed,
        Self::Resolved,
        Self::Cancelled,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Resolved => "resolved",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_more_attempts_come_10_100_and_1000_seconds_after_a_failure_sub_3() {
        let at: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let after = |failed| next_attempt(failed, at).map(|next| next.duration_since(at).as_secs());
        assert_eq!(
            [1, 2, 3, 4, 5].map(after),
            [Some(10), Some(100), Some(1000), None, None]
        );
        assert_eq!(after(0), None);
    }
}
