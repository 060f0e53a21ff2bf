//! What a node may remember of what it has read.
//!
//! A [`Stamp`] taken before a read stands for the state that is read. As long as the practice has
//! the same stamp, nobody has written for it, and what was read can be used again. The stamp
//! changes after the commit and before its caller is answered, so that whoever has been answered
//! sees what was written. On PostgreSQL, what other nodes write changes it at most
//! [`STALENESS`] later; a node that cannot ask what they wrote remembers nothing.
//!
//! There are two kinds: one changes with whatever is written for the practice, the other only when
//! the practice is configured otherwise (see `configuration.rs`).
//!
//! What may be read on a standby follows from the same: see `engine/postgres/replica.rs`.

use parking_lot::Mutex;
use slotbridge_domain::ids::PracticeId;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How long at most what another node has written is not seen here.
pub const STALENESS: Duration = Duration::from_millis(1500);

/// More than there are practices on a node. Two that share one make each other read again what they
/// would still know, so that the more practices there were, the less each write left remembered.
const COUNTERS: usize = 65_536;

/// A state of a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    of_practice: u64,
    of_all: u64,
}

/// Both of a practice: where `written` is new because it was configured otherwise, so is `configured`.
#[derive(Clone, Copy, Debug)]
pub struct BothStamps {
    /// Changes with whatever is written for it.
    pub written: Stamp,
    /// Changes when it is configured otherwise.
    pub configured: Stamp,
}

/// The counters behind the stamps.
pub(crate) struct Stamps {
    of_practices: Box<[OfPractice]>,
    of_all: Counter,
    /// When this node last wrote what practices are listed by.
    listed: Moment,
    /// Where there are other nodes: the last questions after what they wrote, oldest first.
    questions: Option<Mutex<VecDeque<Question>>>,
    news: News,
    origin: Instant,
}

#[derive(Default)]
struct OfPractice {
    written: Counter,
    configured: Counter,
}

/// For which practices others have written, until somebody wants to know.
#[derive(Default)]
struct News {
    practices: Mutex<Vec<PracticeId>>,
    told: Notify,
}

/// Of how many practices there is news at most. Whoever does not hear of one finds it old.
const MOST_NEWS: usize = 1_000;

impl News {
    fn tell(&self, of: impl Iterator<Item = PracticeId>) {
        let mut practices = self.practices.lock();
        let room = MOST_NEWS.saturating_sub(practices.len());
        practices.extend(of.take(room));
        if !practices.is_empty() {
            self.told.notify_one();
        }
    }
}

/// Changes, and when the last of them was known to be durable. That moment is written before the
/// count, so that whoever sees the count sees the moment too.
#[derive(Default)]
struct Counter {
    count: AtomicU64,
    changed: Moment,
    /// The transaction after whose commit that was, if it is known: the database need not tell of it
    /// again.
    by: AtomicI64,
}

impl Counter {
    fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }
}

/// The nanoseconds from the origin of the stamps; only ever later.
#[derive(Default)]
struct Moment(AtomicU64);

impl Moment {
    fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    fn is_now(&self, nanoseconds: u64) {
        self.0.fetch_max(nanoseconds, Ordering::AcqRel);
    }
}

/// That somebody has written for a practice, or for none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) practice: Option<PracticeId>,
    /// Which transaction did last.
    pub(crate) by: i64,
    /// Which was the last that changed how it is configured, if one did.
    pub(crate) configured_by: Option<i64>,
}

/// A question after what others wrote, whose answer has been taken into account.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// When it was asked: all that was durable then is in the answer.
    pub(crate) asked: Instant,
    /// Where the primary's log ended, if standbys are read.
    pub(crate) position: Option<Position>,
}

/// A place in a log of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Which log it is: positions in two of them cannot be compared.
    pub(crate) log: Arc<str>,
    /// How far in it.
    pub(crate) lsn: u64,
}

/// Where a standby has to be so that it can be read.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// The position that it must have replayed.
    pub(crate) position: Position,
    /// When others were last asked after.
    pub(crate) newest: Instant,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how old one's knowledge is, whatever the clock of the rules says"
)]
pub(crate) fn present() -> Instant {
    Instant::now()
}

impl Stamps {
    /// Stamps of the only node.
    pub(crate) fn alone() -> Self {
        Self {
            of_practices: (0..COUNTERS).map(|_| OfPractice::default()).collect(),
            of_all: Counter::default(),
            listed: Moment::default(),
            questions: None,
            news: News::default(),
            origin: present(),
        }
    }

    /// Stamps of one node of several; of no use before the first [`Stamps::follow`].
    pub(crate) fn among_others() -> Self {
        Self {
            questions: Some(Mutex::default()),
            ..Self::alone()
        }
    }

    fn of_practice(&self, practice: PracticeId) -> Option<&OfPractice> {
        let at = usize::try_from(practice.get()).unwrap_or(0) % COUNTERS;
        self.of_practices.get(at)
    }

    /// The present state of a practice; `None` if it cannot be told.
    pub(crate) fn of(&self, practice: PracticeId) -> Option<Stamp> {
        self.stamp(self.of_practice(practice)?.written.count())
    }

    /// How a practice is configured at present; `None` if it cannot be told.
    pub(crate) fn of_configuration(&self, practice: PracticeId) -> Option<Stamp> {
        self.stamp(self.of_practice(practice)?.configured.count())
    }

    /// Both; `None` if they cannot be told.
    pub(crate) fn both(&self, practice: PracticeId) -> Option<BothStamps> {
        // In this order: of a write that configures, the second changes first.
        let written = self.of(practice)?;
        let configured = self.of_configuration(practice)?;
        Some(BothStamps {
            written,
            configured,
        })
    }

    /// The present state of what belongs to no practice; `None` if it cannot be told.
    pub(crate) fn of_all(&self) -> Option<Stamp> {
        self.stamp(0)
    }

    fn stamp(&self, of_practice: u64) -> Option<Stamp> {
        self.is_up_to_date().then(|| Stamp {
            of_practice,
            of_all: self.of_all.count(),
        })
    }

    fn is_up_to_date(&self) -> bool {
        let Some(questions) = &self.questions else {
            return true;
        };
        let newest = questions.lock().back().map(|question| question.asked);
        newest.is_some_and(|asked| asked.elapsed() <= STALENESS)
    }

    /// The present state of a practice, if nobody else can change it.
    pub(crate) const fn are_ours_alone(&self) -> bool {
        self.questions.is_none()
    }

    pub(crate) fn exact(&self, practice: PracticeId) -> Option<Stamp> {
        match self.questions {
            None => self.of(practice),
            Some(_) => None,
        }
    }

    /// This node has written, or perhaps has: for a practice, whose configuration that may have
    /// changed, or for none and so perhaps for all. `by` is the number of the transaction, if it is
    /// known to have been committed.
    pub(crate) fn change(&self, practice: Option<PracticeId>, configures: bool, by: Option<i64>) {
        let Some(practice) = practice else {
            return self.change_at(&self.of_all, present(), by);
        };
        if let Some(of_practice) = self.of_practice(practice) {
            // First: see [`Stamps::both`].
            if configures {
                self.change_at(&of_practice.configured, present(), by);
            }
            self.change_at(&of_practice.written, present(), by);
        }
    }

    fn change_at(&self, counter: &Counter, instant: Instant, by: Option<i64>) {
        counter.changed.is_now(self.nanoseconds(instant));
        counter.count.fetch_add(1, Ordering::AcqRel);
        // Last: whoever sees it knows that what was remembered before that transaction is gone.
        counter.by.store(by.unwrap_or(0), Ordering::Release);
    }

    /// This node has written what practices are listed by.
    pub(crate) fn change_list(&self) {
        self.listed.is_now(self.nanoseconds(present()));
    }

    fn nanoseconds(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.origin);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    /// Anything may have been written, in another database even: its numbers say nothing.
    pub(crate) fn forget(&self) {
        self.change(None, true, None);
        for of_practice in &self.of_practices {
            for counter in [&of_practice.written, &of_practice.configured] {
                counter.by.store(0, Ordering::Release);
            }
        }
    }

    /// Somebody has written for these practices, and nobody for any other, as the answer to a question
    /// says.
    pub(crate) fn follow(&self, question: Question, changed: &[Written]) {
        if let Some(questions) = &self.questions {
            // Whoever sees a change finds the question that saw it.
            let mut questions = questions.lock();
            // Writers of a practice take turns, so that the last of them has seen all others.
            let hear = |counter: &Counter, by: i64| {
                let is_news = counter.by.load(Ordering::Acquire) != by;
                if is_news {
                    self.change_at(counter, question.asked, Some(by));
                }
                is_news
            };
            let news = changed.iter().filter_map(|written| {
                let Some(practice) = written.practice else {
                    hear(&self.of_all, written.by);
                    return None;
                };
                let of_practice = self.of_practice(practice)?;
                // First: see [`Stamps::both`].
                if let Some(by) = written.configured_by {
                    hear(&of_practice.configured, by);
                }
                hear(&of_practice.written, written.by).then_some(practice)
            });
            let news: Vec<PracticeId> = news.collect();
            let log = |of: &Question| {
                of.position
                    .as_ref()
                    .map(|position| Arc::clone(&position.log))
            };
            let same = log(&question);
            questions.retain(|one| one.asked.elapsed() <= STALENESS && log(one) == same);
            questions.push_back(question);
            drop(questions);
            self.news.tell(news.into_iter());
        }
    }

    /// Waits until others have written for practices, and for which since this was last waited for: not
    /// for all, if those are many. One waits at a time.
    pub(crate) async fn news(&self) -> Vec<PracticeId> {
        self.news.told.notified().await;
        std::mem::take(&mut *self.news.practices.lock())
    }

    /// Where a standby has to be so that all is read there that this node has written for the
    /// practice (without one: of what practices are listed by) and all that others wrote
    /// [`STALENESS`] ago. `None`: only the primary will do.
    pub(crate) fn reach(&self, practice: Option<PracticeId>) -> Option<Reach> {
        let own = match practice {
            Some(practice) => self.of_practice(practice)?.written.changed.get(),
            None => self.listed.get(),
        };
        let changed = own.max(self.of_all.changed.get());
        let questions = self.questions.as_ref()?.lock();
        let newest = questions.back()?.asked;
        // The oldest that will do asks least of the standby.
        let mut will_do = questions.iter().filter(|question| {
            question.asked.elapsed() <= STALENESS && self.nanoseconds(question.asked) >= changed
        });
        let position = will_do.next()?.position.clone()?;
        Some(Reach { position, newest })
    }

    /// The log of the primary, as far as it is known.
    pub(crate) fn log(&self) -> Option<Arc<str>> {
        let questions = self.questions.as_ref()?.lock();
        let position = questions.back()?.position.as_ref()?;
        Some(Arc::clone(&position.log))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn question(ago: Duration, lsn: u64) -> Question {
        let log = Arc::from("a log");
        Question {
            asked: present().checked_sub(ago).unwrap(),
            position: Some(Position { log, lsn }),
        }
    }

    fn written(practice: PracticeId, by: i64, configured_by: Option<i64>) -> Written {
        Written {
            practice: Some(practice),
            by,
            configured_by,
        }
    }

    /// Stamps that are older than whatever a test says.
    fn old() -> Stamps {
        let origin = present().checked_sub(STALENESS * 10).unwrap();
        Stamps {
            origin,
            ..Stamps::among_others()
        }
    }

    fn lsn(stamps: &Stamps, practice: Option<PracticeId>) -> Option<u64> {
        stamps.reach(practice).map(|reach| reach.position.lsn)
    }

    #[test]
    fn a_write_changes_the_stamp_of_its_practice_alone_and_a_global_one_all() {
        let stamps = Stamps::alone();
        let [first, second] = [1, 2].map(|id| PracticeId::new(id).unwrap());
        let before = [stamps.of(first), stamps.of(second)];
        stamps.change(Some(first), false, None);
        assert_ne!(stamps.of(first), before[0]);
        assert_eq!(stamps.of(second), before[1]);
        stamps.change(None, false, None);
        assert_ne!(stamps.of(second), before[1]);
    }

    #[test]
    fn the_practices_of_a_country_have_a_stamp_each() {
        let stamps = Stamps::alone();
        let all = || (1..=20_000).map(|id| stamps.of(PracticeId::new(id).unwrap()));
        let before: Vec<_> = all().collect();
        stamps.change(PracticeId::new(1), false, None);
        let after = all().zip(before);
        assert_eq!(after.filter(|(now, before)| now != before).count(), 1);
    }

    #[test]
    fn whoever_sees_that_something_was_written_sees_that_it_was_configuration() {
        let (stamps, practice) = (Stamps::alone(), PracticeId::new(1).unwrap());
        std::thread::scope(|scope| {
            let writes = scope.spawn(|| {
                for _ in 0..200_000 {
                    stamps.change(Some(practice), true, None);
                }
            });
            while !writes.is_finished() {
                let both = stamps.both(practice).unwrap();
                assert!(both.configured.of_practice >= both.written.of_practice);
            }
        });
    }

    #[test]
    fn a_write_that_was_heard_of_is_no_news() {
        let (stamps, practice) = (Stamps::among_others(), PracticeId::new(1).unwrap());
        let hears = |by| stamps.follow(question(Duration::ZERO, 1), &[written(practice, by, None)]);
        let changes = |what: &dyn Fn()| {
            let before = stamps.of(practice);
            what();
            stamps.of(practice) != before
        };
        stamps.follow(question(Duration::ZERO, 1), &[]);
        stamps.change(Some(practice), false, Some(7));
        assert!(!changes(&|| hears(7)), "it is this node's own");
        assert!(changes(&|| hears(9)), "somebody else has written since");
        assert!(!changes(&|| hears(9)), "it is told a second time");
        assert!(
            changes(&|| stamps.change(Some(practice), false, None)),
            "or not"
        );
        assert!(changes(&|| hears(9)), "who wrote last is not known");
        stamps.forget();
        assert!(changes(&|| hears(9)), "a 9 of another database");
    }

    #[test]
    fn what_others_have_written_is_news_once() {
        let stamps = Stamps::among_others();
        let news = || stamps.news().now_or_never();
        let of = |id| PracticeId::new(id).unwrap();
        let hears = |changed: &[Written]| stamps.follow(question(Duration::ZERO, 1), changed);
        stamps.change(Some(of(1)), true, Some(7));
        hears(&[written(of(1), 7, Some(7))]);
        assert_eq!(news(), None, "it is this node's own");
        hears(&[written(of(1), 8, None), written(of(2), 9, None)]);
        hears(&[written(of(2), 9, None)]);
        hears(&[written(of(3), 10, None)]);
        assert_eq!(news(), Some(vec![of(1), of(2), of(3)]));
        assert_eq!(news(), None);
        let many: Vec<_> = (1..=2_000).map(|id| written(of(id), 11, None)).collect();
        hears(&many);
        hears(&many);
        assert_eq!(news().map(|of| of.len()), Some(MOST_NEWS));
        hears(&[written(of(1), 12, None)]);
        assert_eq!(news(), Some(vec![of(1)]));
    }

    #[test]
    fn what_is_configured_holds_until_somebody_configures() {
        let (stamps, practice) = (Stamps::among_others(), PracticeId::new(1).unwrap());
        let hears = |by, configured_by| {
            let written = written(practice, by, configured_by);
            stamps.follow(question(Duration::ZERO, 1), &[written]);
        };
        let writes = |configures, by| stamps.change(Some(practice), configures, Some(by));
        let changes = |what: &dyn Fn()| {
            let before = stamps.of_configuration(practice);
            what();
            stamps.of_configuration(practice) != before
        };
        stamps.follow(question(Duration::ZERO, 1), &[]);
        assert!(!changes(&|| writes(false, 5)));
        assert!(!changes(&|| hears(6, None)));
        assert!(changes(&|| writes(true, 7)));
        assert!(!changes(&|| hears(7, Some(7))), "it is this node's own");
        assert!(changes(&|| hears(9, Some(8))), "another node configured");
        writes(false, 11);
        assert!(
            changes(&|| hears(11, Some(10))),
            "one did before this node wrote something else"
        );
        assert!(
            !changes(&|| hears(12, Some(10))),
            "it is told a second time"
        );
        assert!(
            changes(&|| stamps.change(None, false, None)),
            "that may be for all"
        );
        stamps.forget();
        assert!(changes(&|| hears(12, Some(10))), "a 10 of another database");
    }

    #[test]
    fn a_node_that_does_not_know_what_others_wrote_remembers_nothing() {
        let stamps = Stamps::among_others();
        let practice = PracticeId::new(1).unwrap();
        assert_eq!(stamps.of(practice), None, "not asked yet");
        stamps.follow(question(Duration::ZERO, 1), &[]);
        assert!(stamps.of(practice).is_some());
        assert_eq!(
            stamps.exact(practice),
            None,
            "another node may have written"
        );
        let stamps = Stamps::among_others();
        stamps.follow(question(STALENESS * 2, 1), &[]);
        assert_eq!(stamps.of(practice), None, "asked too long ago");
    }

    #[test]
    fn a_standby_has_to_reach_the_oldest_question_that_is_younger_than_the_last_change() {
        let (stamps, ms) = (old(), Duration::from_millis);
        let [first, second] = [1, 2].map(PracticeId::new);
        assert_eq!(lsn(&stamps, first), None, "not asked yet");
        for (ago, lsn) in [(1000, 10), (500, 20)] {
            stamps.follow(question(ms(ago), lsn), &[]);
        }
        assert_eq!(lsn(&stamps, first), Some(10));
        let by_another = first.map(|first| written(first, 7, None)).unwrap();
        stamps.follow(question(ms(250), 25), &[by_another]);
        assert_eq!(lsn(&stamps, first), Some(25), "it has seen the change");
        assert_eq!(
            (lsn(&stamps, second), lsn(&stamps, None)),
            (Some(10), Some(10))
        );
        stamps.change(first, false, None);
        assert_eq!(lsn(&stamps, first), None, "nobody has asked since");
        assert_eq!(
            (lsn(&stamps, second), lsn(&stamps, None)),
            (Some(10), Some(10))
        );
        stamps.change_list();
        assert_eq!((lsn(&stamps, second), lsn(&stamps, None)), (Some(10), None));
        stamps.change(None, false, None);
        assert_eq!(lsn(&stamps, second), None, "it may be for all");
        stamps.follow(question(Duration::ZERO, 40), &[]);
        let all = [first, second, None].map(|practice| lsn(&stamps, practice));
        assert_eq!(all, [Some(40); 3]);
    }

    #[test]
    fn a_question_counts_as_long_as_it_is_young_and_of_the_same_log() {
        let (stamps, practice) = (old(), PracticeId::new(1));
        stamps.follow(question(STALENESS * 2, 10), &[]);
        assert_eq!(lsn(&stamps, practice), None);
        stamps.follow(question(Duration::ZERO, 20), &[]);
        assert_eq!(lsn(&stamps, practice), Some(20));
        let mut promoted = question(Duration::ZERO, 5);
        if let Some(position) = &mut promoted.position {
            position.log = Arc::from("the next timeline");
        }
        stamps.follow(promoted, &[]);
        assert_eq!(lsn(&stamps, practice), Some(5));
        let unknown = Question {
            position: None,
            ..question(Duration::ZERO, 0)
        };
        stamps.follow(unknown, &[]);
        assert_eq!(lsn(&stamps, practice), None);
    }
}
