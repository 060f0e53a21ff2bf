//! When an attempt at a call is given up.

use crate::operations::Operation;
use std::time::Duration;

/// When an attempt at a call is given up. Whether it is made again is another question: see
/// [`Repeat`](crate::operations::Repeat).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The longest that it may take to connect: 5 seconds.
    pub connect: Duration,
    /// The longest that it may take in all, until the answer is whole: 10 seconds.
    pub call: Duration,
    /// The same for documents and client snapshots, which may be many megabytes: 5 minutes.
    pub bulky_call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(10),
            bulky_call: Duration::from_secs(300),
        }
    }
}

impl Timeouts {
    /// The longest that an attempt at this operation may take.
    pub(crate) const fn of(&self, operation: &Operation) -> Duration {
        if operation.bulky {
            self.bulky_call
        } else {
            self.call
        }
    }
}
