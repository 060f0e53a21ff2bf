//! The present: load comes in real time, and real time is what is measured.

use std::time::Instant;

/// The present.
#[expect(clippy::disallowed_methods, reason = "real time is what is measured")]
#[must_use]
pub fn now() -> Instant {
    Instant::now()
}
