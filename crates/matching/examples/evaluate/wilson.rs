//! Shares with the interval in which the true one lies.

use std::fmt;

/// So many of so many.
pub(crate) struct Share {
    pub(crate) of: usize,
    pub(crate) hits: usize,
}

/// The normal distribution's 97.5th percentile: 95 % lie between it and its opposite.
const Z: f64 = 1.959_964;

impl Share {
    fn value(&self) -> f64 {
        self.hits as f64 / self.of as f64
    }

    /// Wilson's 95 % interval.
    fn interval(&self) -> (f64, f64) {
        let (n, p) = (self.of as f64, self.value());
        let middle = p + Z * Z / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        ((middle - half) / scale, (middle + half) / scale)
    }

    /// With the aim beside it, and whether it is reached.
    pub(crate) fn against(&self, aim: f64) -> String {
        let reached = if self.value() >= aim {
            "reached"
        } else {
            "MISSED"
        };
        format!("{self}  aim {aim}: {reached}")
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.interval();
        write!(
            f,
            "{:.5} ({}/{}, 95 % {low:.5}..{high:.5})",
            self.value(),
            self.hits,
            self.of
        )
    }
}
