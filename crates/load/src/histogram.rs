//! Times counted in buckets that grow with them: bounded memory however long a run is.

use std::time::Duration;

/// Up to here each microsecond has its bucket.
const EXACT: u64 = 128;
/// Beyond, each doubling has so many, so a time is known to 1.6 per cent.
const PER_DOUBLING: u64 = 64;

/// How often each time was seen, in whole microseconds.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

/// Shares of all times, in thousandths of a per cent.
pub mod share {
    /// The median.
    pub const P50: u64 = 50_000;
    /// Nine of ten.
    pub const P90: u64 = 90_000;
    /// 99 of a hundred.
    pub const P99: u64 = 99_000;
    /// 999 of a thousand.
    pub const P99_9: u64 = 99_900;
    /// All of them.
    pub const ALL: u64 = 100_000;
}

fn bucket(micros: u64) -> usize {
    let bucket = if micros < EXACT {
        micros
    } else {
        let shift = micros.ilog2() - PER_DOUBLING.ilog2();
        EXACT + u64::from(shift - 1) * PER_DOUBLING + (micros >> shift) - PER_DOUBLING
    };
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

/// The longest time of a bucket.
fn longest(bucket: usize) -> u64 {
    let bucket = u64::try_from(bucket).unwrap_or(u64::MAX);
    let Some(beyond) = bucket.checked_sub(EXACT) else {
        return bucket;
    };
    let shift = beyond / PER_DOUBLING + 1;
    ((beyond % PER_DOUBLING + PER_DOUBLING + 1) << shift) - 1
}

impl Histogram {
    /// Counts a time.
    pub fn note(&mut self, time: Duration) {
        let bucket = bucket(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
        self.total += 1;
        self.longest = self.longest.max(time);
    }

    /// Adds what another has counted.
    pub fn add(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// How many times were counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// What a share of all times does not exceed ([`share`]); zero if there are none.
    #[must_use]
    pub fn percentile(&self, share: u64) -> Duration {
        let wanted = u128::from(self.total) * u128::from(share);
        let wanted = wanted.div_ceil(u128::from(share::ALL)).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += u128::from(*count);
            if seen >= wanted {
                return Duration::from_micros(longest(bucket)).min(self.longest);
            }
        }
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(millis: impl IntoIterator<Item = u64>) -> Histogram {
        let mut histogram = Histogram::default();
        for millis in millis {
            histogram.note(Duration::from_millis(millis));
        }
        histogram
    }

    fn is_about(time: Duration, millis: u64) -> bool {
        let (time, wanted) = (time.as_secs_f64() * 1e3, Duration::from_millis(millis));
        (time / (wanted.as_secs_f64() * 1e3) - 1.0).abs() < 0.016
    }

    #[test]
    fn every_time_lies_in_a_bucket_that_is_near_it() {
        for micros in (0..1_000).chain((0..50).map(|power| (1 << power) + 12_345)) {
            let end = longest(bucket(micros));
            assert!(end >= micros, "{micros}");
            assert!(end - micros <= micros / 64, "{micros}: {end}");
        }
    }

    #[test]
    fn percentiles_are_those_of_all_times() {
        let histogram = of(1..=1000);
        for (share, millis) in [(share::P50, 500), (share::P90, 900), (share::P99_9, 999)] {
            let found = histogram.percentile(share);
            assert!(is_about(found, millis), "{share}: {found:?}");
        }
        assert_eq!(histogram.percentile(share::ALL), Duration::from_secs(1));
        assert_eq!(Histogram::default().percentile(share::P99), Duration::ZERO);
    }

    #[test]
    fn two_together_are_as_one_of_both() {
        let mut one = of(1..=500);
        one.add(&of(501..=1000));
        assert_eq!(one.counts, of(1..=1000).counts);
        assert_eq!(one.total(), 1000);
    }
}
