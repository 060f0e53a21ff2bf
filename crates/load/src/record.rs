//! What came of each kind, counted as it happens, in memory that does not grow with the run.

use crate::histogram::Histogram;
use crate::kind::Kind;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How many intervals the course of a run is told in at most; then two become one.
const MOST_INTERVALS: usize = 120;
/// The first length of an interval.
const INTERVAL: Duration = Duration::from_secs(1);

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Good,
    /// The time was taken by somebody else meanwhile: no fault of the hub's.
    Taken,
    /// A status that is not the one of a good answer, or what broke.
    Bad(String),
}

/// What came of a kind in some time.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How much was to come.
    pub intended: u64,
    /// How much of it could not be sent, as too much was in the air.
    pub unsent: u64,
    /// How much was sent.
    pub sent: u64,
    /// How often a time was taken.
    pub taken: u64,
    /// How often it went wrong, by what went wrong.
    pub errors: BTreeMap<String, u64>,
    /// How long good answers took, from the intended start on.
    pub times: Histogram,
}

impl Tally {
    /// How often it went wrong.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// How much of what was sent was never answered.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        let answered = self.times.total() + self.taken + self.failed();
        self.sent.saturating_sub(answered)
    }

    fn add(&mut self, other: &Self) {
        self.intended += other.intended;
        self.unsent += other.unsent;
        self.sent += other.sent;
        self.taken += other.taken;
        for (what, count) in &other.errors {
            *self.errors.entry(what.clone()).or_default() += count;
        }
        self.times.add(&other.times);
    }
}

/// The record of a run.
#[derive(Clone, Debug)]
pub struct Record {
    /// From when on it counts.
    began: Instant,
    interval: Duration,
    kinds: BTreeMap<Kind, Course>,
    /// How late calls were sent.
    late: Histogram,
}

#[derive(Clone, Debug, Default)]
struct Course {
    whole: Tally,
    intervals: Vec<Tally>,
}

impl Record {
    /// An empty one; what was intended before `began` does not count.
    #[must_use]
    pub fn new(began: Instant) -> Self {
        Self {
            began,
            interval: INTERVAL,
            kinds: BTreeMap::new(),
            late: Histogram::default(),
        }
    }

    /// The tallies that something belongs to which was intended at a time.
    fn note(&mut self, kind: Kind, intended: Instant, note: impl Fn(&mut Tally)) {
        let Some(after) = intended.checked_duration_since(self.began) else {
            return;
        };
        let place = |interval: Duration| {
            usize::try_from(after.as_nanos() / interval.as_nanos().max(1)).unwrap_or(usize::MAX)
        };
        while place(self.interval) >= MOST_INTERVALS {
            self.interval *= 2;
            for course in self.kinds.values_mut() {
                course.halve();
            }
        }
        let at = place(self.interval);
        let course = self.kinds.entry(kind).or_default();
        if course.intervals.len() <= at {
            course.intervals.resize_with(at + 1, Tally::default);
        }
        note(&mut course.whole);
        course.intervals.get_mut(at).into_iter().for_each(note);
    }

    /// Something was to come.
    pub fn intend(&mut self, kind: Kind, intended: Instant) {
        self.note(kind, intended, |tally| tally.intended += 1);
    }

    /// It could not be sent.
    pub fn leave_out(&mut self, kind: Kind, intended: Instant) {
        self.note(kind, intended, |tally| tally.unsent += 1);
    }

    /// It was sent at a time.
    pub fn send(&mut self, kind: Kind, intended: Instant, sent: Instant) {
        self.note(kind, intended, |tally| tally.sent += 1);
        if intended >= self.began {
            self.late.note(sent.saturating_duration_since(intended));
        }
    }

    /// It ended at a time.
    pub fn end(&mut self, kind: Kind, intended: Instant, ended: Instant, outcome: &Outcome) {
        let time = ended.saturating_duration_since(intended);
        self.note(kind, intended, |tally| match outcome {
            Outcome::Good => tally.times.note(time),
            Outcome::Taken => tally.taken += 1,
            Outcome::Bad(what) => *tally.errors.entry(what.clone()).or_default() += 1,
        });
    }

    /// What came of a kind in the whole run.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<&Tally> {
        self.kinds.get(&kind).map(|course| &course.whole)
    }

    /// The kinds of which something came.
    pub fn all(&self) -> impl Iterator<Item = (Kind, &Tally)> {
        self.kinds
            .iter()
            .map(|(kind, course)| (*kind, &course.whole))
    }

    /// What came of a kind, interval by interval.
    #[must_use]
    pub fn course(&self, kind: Kind) -> &[Tally] {
        self.kinds
            .get(&kind)
            .map_or(&[], |course| course.intervals.as_slice())
    }

    /// How long an interval of a course is.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        self.interval
    }

    /// How late calls were sent: what the generator itself adds to their times.
    #[must_use]
    pub const fn late(&self) -> &Histogram {
        &self.late
    }
}

impl Course {
    fn halve(&mut self) {
        let pairs = self.intervals.chunks(2).map(|pair| {
            let mut both = Tally::default();
            pair.iter().for_each(|tally| both.add(tally));
            both
        });
        self.intervals = pairs.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::now;
    use crate::histogram::share;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_server_that_stalls_for_a_second_shows_it_in_the_percentiles() {
        // A call each millisecond for ten seconds. The server answers at once, but for one second in
        // which it answers nothing: a caller that waits for its answers would see one slow call.
        let began = now();
        let mut record = Record::new(began);
        let stall = (began + seconds(4), began + seconds(5));
        for n in 0..10_000 {
            let intended = began + Duration::from_millis(n);
            let ended = if (stall.0..stall.1).contains(&intended) {
                stall.1
            } else {
                intended
            };
            record.intend(Kind::Poll, intended);
            record.send(Kind::Poll, intended, intended);
            record.end(Kind::Poll, intended, ended, &Outcome::Good);
        }
        let times = &record.of(Kind::Poll).unwrap().times;
        assert!(times.percentile(share::P50) < Duration::from_millis(1));
        // One call in ten came in the stall, one in a hundred in its first tenth.
        assert!(times.percentile(95_000) >= Duration::from_millis(490));
        assert!(times.percentile(share::P99) >= Duration::from_millis(890));
        assert_eq!(times.percentile(share::ALL), seconds(1));
        let slow = record.course(Kind::Poll)[4].times.percentile(share::P50);
        assert!(slow >= Duration::from_millis(490), "{slow:?}");
    }

    #[test]
    fn the_course_keeps_its_size_and_loses_nothing() {
        let began = now();
        let mut record = Record::new(began);
        for n in 0..10_000 {
            record.intend(Kind::Poll, began + seconds(n));
        }
        assert!(record.course(Kind::Poll).len() <= MOST_INTERVALS);
        assert_eq!(record.interval(), seconds(128));
        let intended = record.course(Kind::Poll).iter().map(|tally| tally.intended);
        assert_eq!(intended.sum::<u64>(), 10_000);
        assert_eq!(record.course(Kind::Poll)[0].intended, 128);
    }

    #[test]
    fn what_was_intended_before_it_counts_does_not() {
        let began = now();
        let mut record = Record::new(began + seconds(5));
        record.intend(Kind::Poll, began + seconds(4));
        record.send(Kind::Poll, began + seconds(4), began + seconds(6));
        assert!(record.of(Kind::Poll).is_none());
        assert_eq!(record.late().total(), 0);
    }

    #[test]
    fn what_is_never_answered_is_counted() {
        let began = now();
        let mut record = Record::new(began);
        for outcome in [Outcome::Good, Outcome::Taken, Outcome::Bad("500".into())] {
            record.send(Kind::Hold, began, began);
            record.end(Kind::Hold, began, began, &outcome);
        }
        record.send(Kind::Hold, began, began);
        let tally = record.of(Kind::Hold).unwrap();
        assert_eq!((tally.sent, tally.failed(), tally.unanswered()), (4, 1, 1));
    }
}
