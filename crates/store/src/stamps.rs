//! What a node may remember of what it has read.
//!
//! A [`Stamp`] taken before a read stands for the state that is read. As long as the practice has
//! the same stamp, nobody has written for it, and what was read can be used again. The stamp
//! changes after the commit and before its caller is answered, so that whoever has been answered
//! sees what was written. On PostgreSQL, what other nodes write changes it at most
//! [`STALENESS`] later; a node that cannot ask what they wrote remembers nothing.

use parking_lot::Mutex;
use slotbridge_domain::ids::PracticeId;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long at most what another node has written is not seen here.
pub const STALENESS: Duration = Duration::from_millis(1500);

/// Practices share counters; two that do only make each other read again.
const COUNTERS: usize = 4096;

/// A state of a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    of_practice: u64,
    of_all: u64,
}

/// The counters behind the stamps.
pub(crate) struct Stamps {
    of_practices: Box<[AtomicU64]>,
    of_all: AtomicU64,
    /// Where there are other nodes: when what they wrote was last known here.
    up_to_date: Option<Mutex<Option<Instant>>>,
}

impl Stamps {
    /// Stamps of the only node.
    pub(crate) fn alone() -> Self {
        Self {
            of_practices: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect(),
            of_all: AtomicU64::new(0),
            up_to_date: None,
        }
    }

    /// Stamps of one node of several; of no use before the first [`Stamps::follow`].
    pub(crate) fn among_others() -> Self {
        Self {
            up_to_date: Some(Mutex::new(None)),
            ..Self::alone()
        }
    }

    fn counter(&self, practice: PracticeId) -> Option<&AtomicU64> {
        let at = usize::try_from(practice.get()).unwrap_or(0) % COUNTERS;
        self.of_practices.get(at)
    }

    /// The present state of a practice; `None` if it cannot be told.
    pub(crate) fn of(&self, practice: PracticeId) -> Option<Stamp> {
        if !self.is_up_to_date() {
            return None;
        }
        Some(Stamp {
            of_practice: self.counter(practice)?.load(Ordering::Acquire),
            of_all: self.of_all.load(Ordering::Acquire),
        })
    }

    /// The present state of what belongs to no practice; `None` if it cannot be told.
    pub(crate) fn of_all(&self) -> Option<Stamp> {
        self.is_up_to_date().then(|| Stamp {
            of_practice: 0,
            of_all: self.of_all.load(Ordering::Acquire),
        })
    }

    fn is_up_to_date(&self) -> bool {
        let Some(up_to_date) = &self.up_to_date else {
            return true;
        };
        let at = *up_to_date.lock();
        at.is_some_and(|at| at.elapsed() <= STALENESS)
    }

    /// The present state of a practice, if nobody else can change it.
    pub(crate) const fn are_ours_alone(&self) -> bool {
        self.up_to_date.is_none()
    }

    pub(crate) fn exact(&self, practice: PracticeId) -> Option<Stamp> {
        match self.up_to_date {
            None => self.of(practice),
            Some(_) => None,
        }
    }

    /// Something was written: for a practice, or for none and so perhaps for all.
    pub(crate) fn change(&self, practice: Option<PracticeId>) {
        let counter = match practice {
            Some(practice) => self.counter(practice),
            None => Some(&self.of_all),
        };
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// All that others wrote before `instant` has been taken into account.
    pub(crate) fn follow(&self, instant: Instant) {
        if let Some(up_to_date) = &self.up_to_date {
            *up_to_date.lock() = Some(instant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "staleness is of real time")]
    fn now() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_write_changes_the_stamp_of_its_practice_alone_and_a_global_one_all() {
        let stamps = Stamps::alone();
        let [first, second] = [1, 2].map(|id| PracticeId::new(id).unwrap());
        let before = [stamps.of(first), stamps.of(second)];
        stamps.change(Some(first));
        assert_ne!(stamps.of(first), before[0]);
        assert_eq!(stamps.of(second), before[1]);
        stamps.change(None);
        assert_ne!(stamps.of(second), before[1]);
    }

    #[test]
    fn a_node_that_does_not_know_what_others_wrote_remembers_nothing() {
        let stamps = Stamps::among_others();
        let practice = PracticeId::new(1).unwrap();
        assert_eq!(stamps.of(practice), None, "not asked yet");
        stamps.follow(now());
        assert!(stamps.of(practice).is_some());
        assert_eq!(
            stamps.exact(practice),
            None,
            "another node may have written"
        );
        stamps.follow(now().checked_sub(STALENESS * 2).unwrap());
        assert_eq!(stamps.of(practice), None, "asked too long ago");
    }
}
