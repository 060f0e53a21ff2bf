//! Figures of the last hour and of the last day, in memory that does not grow: what is counted
//! anyway is read every ten seconds, and of that a part is kept for longer.

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use slotbridge_domain::outcome::Outcome;
use slotbridge_hub::Hub;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How often a sample is to be taken.
pub const EVERY: Duration = Duration::from_secs(10);

/// What has been answered since the start, by face: how many calls took at most as long as each of
/// the bounds and longer than the one before, and last how many took longer than all.
pub type ReadCalls = Arc<dyn Fn() -> Vec<(&'static str, Vec<u64>)> + Send + Sync>;

/// How many samples a ring holds, how far they are apart, and every how many of them are drawn.
struct Shape {
    most: usize,
    apart: SignedDuration,
    drawn: usize,
}

/// A ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// A sample each ten seconds; a minute is drawn as one.
    Hour,
    /// A sample each five minutes; half an hour is drawn as one.
    Day,
}

impl Span {
    const fn shape(self) -> Shape {
        match self {
            Self::Hour => Shape {
                most: 361,
                apart: SignedDuration::from_secs(10),
                drawn: 6,
            },
            Self::Day => Shape {
                most: 289,
                apart: SignedDuration::from_mins(5),
                drawn: 6,
            },
        }
    }
}

/// What waits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Queues {
    pub(super) due: i64,
    pub(super) deliveries: i64,
    pub(super) outstanding: i64,
}

/// The figures at an instant.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at: Timestamp,
    pub(super) calls: Vec<(&'static str, Vec<u64>)>,
    /// How many bookings have been made.
    pub(super) bookings: u64,
    /// What waits, if the store said so.
    pub(super) queues: Option<Queues>,
}

#[derive(Default)]
struct Rings {
    hour: VecDeque<Sample>,
    day: VecDeque<Sample>,
}

/// Keeps a sample if enough time has passed, and lets the oldest go.
fn keep(ring: &mut VecDeque<Sample>, span: Span, sample: &Sample) {
    let shape = span.shape();
    // Timers are not exact: what is nearly enough is.
    let apart = shape.apart * 9 / 10;
    let is_due = |last: &Sample| sample.at.duration_since(last.at) >= apart;
    if ring.back().is_none_or(is_due) {
        ring.push_back(sample.clone());
    }
    while ring.len() > shape.most {
        ring.pop_front();
    }
}

/// The figures that the console draws.
#[derive(Default)]
pub struct Charts {
    rings: Mutex<Rings>,
    calls: Option<(&'static [f64], ReadCalls)>,
}

impl fmt::Debug for Charts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Charts")
    }
}

impl Charts {
    /// Figures with those of the calls; `bounds` are the buckets of their durations, in seconds.
    #[must_use]
    pub fn new(bounds: &'static [f64], calls: ReadCalls) -> Self {
        Self {
            rings: Mutex::default(),
            calls: Some((bounds, calls)),
        }
    }

    /// Takes a sample. To be called each [`EVERY`].
    pub async fn sample(&self, hub: &Hub) {
        let overview = hub.recent_overview().await;
        let queues = overview.map(|overview| Queues {
            due: overview.overdue.count,
            deliveries: overview.deliveries.count,
            outstanding: overview.outstanding.iter().map(|(_, of)| of.count).sum(),
        });
        let calls = self.calls.as_ref().map(|(_, read)| read());
        let sample = Sample {
            at: hub.now(),
            calls: calls.unwrap_or_default(),
            bookings: hub.store().figures().counted(Outcome::Created),
            queues,
        };
        let mut rings = self.rings.lock();
        keep(&mut rings.hour, Span::Hour, &sample);
        keep(&mut rings.day, Span::Day, &sample);
    }

    pub(super) fn bounds(&self) -> &'static [f64] {
        self.calls.as_ref().map_or(&[], |(bounds, _)| bounds)
    }

    /// The samples that are drawn, oldest first: of each stretch the last, with the most that waited
    /// in it.
    pub(super) fn samples(&self, span: Span) -> Vec<Sample> {
        let rings = self.rings.lock();
        let ring = match span {
            Span::Hour => &rings.hour,
            Span::Day => &rings.day,
        };
        let all: Vec<&Sample> = ring.iter().collect();
        let stretches = all.rchunks(span.shape().drawn).rev();
        let last = |stretch: &[&Sample]| {
            let mut sample = (*stretch.last()?).clone();
            let queues = stretch.iter().filter_map(|one| one.queues);
            sample.queues = queues.reduce(|a, b| Queues {
                due: a.due.max(b.due),
                deliveries: a.deliveries.max(b.deliveries),
                outstanding: a.outstanding.max(b.outstanding),
            });
            Some(sample)
        };
        stretches.filter_map(last).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_never_holds_more_than_its_time() {
        let mut rings = Rings::default();
        for second in (0..3 * 86_400).step_by(10) {
            let sample = Sample {
                at: Timestamp::from_second(second).unwrap(),
                calls: Vec::new(),
                bookings: 0,
                queues: None,
            };
            keep(&mut rings.hour, Span::Hour, &sample);
            keep(&mut rings.day, Span::Day, &sample);
        }
        for (ring, most, seconds) in [(&rings.hour, 361, 3600), (&rings.day, 289, 86_400)] {
            assert_eq!(ring.len(), most);
            let first = ring.front().unwrap().at;
            let covered = ring.back().unwrap().at.duration_since(first).as_secs();
            assert!((seconds * 9 / 10..=seconds).contains(&covered), "{covered}");
        }
    }
}
