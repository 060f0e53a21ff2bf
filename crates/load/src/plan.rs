//! What arrives when: the same for the same seed, and decided before anything is answered.
//!
//! What agents do by their timetable comes evenly: each practice in turn, so each at its interval
//! and all of them spread over it. What people do comes at times that are independent of each other
//! (Poisson), so some of it comes together.

use crate::chance::Chance;
use crate::kind::Kind;
use crate::settings::{Settings, Shape};
use std::rc::Rc;
use std::time::Duration;

/// An arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What is done; a booking begins with [`Kind::Hold`].
    pub kind: Kind,
    /// At which of the practices.
    pub practice: usize,
    /// Of what an even stream does in parts (batches), which one.
    pub part: usize,
    /// What else chance decides.
    pub chance: u64,
}

/// How the practices of a stream are chosen.
#[derive(Clone, Debug)]
enum Choice {
    /// Each in turn, in so many parts.
    Turns { of: Rc<[usize]>, parts: usize },
    /// Each as likely as any other.
    Any(usize),
    /// Some are far more popular than others.
    Popular(Rc<Popularity>),
}

/// The `n`-th in popularity is sought `1/n` times as often as the first (Zipf).
#[derive(Debug)]
struct Popularity {
    order: Rc<[usize]>,
    /// The weight of all up to here.
    up_to: Vec<f64>,
}

impl Popularity {
    fn new(order: Rc<[usize]>) -> Self {
        let mut sum = 0.0;
        let weights = (1_u32..)
            .take(order.len())
            .map(|rank| 1.0 / f64::from(rank));
        let up_to = weights.map(|weight| {
            sum += weight;
            sum
        });
        Self {
            up_to: up_to.collect(),
            order,
        }
    }

    fn choose(&self, chance: &mut Chance) -> usize {
        let wanted = chance.share() * self.up_to.last().copied().unwrap_or_default();
        let rank = self.up_to.partition_point(|up_to| *up_to <= wanted);
        self.order.get(rank).copied().unwrap_or_default()
    }
}

/// What comes of one kind.
#[derive(Clone, Debug)]
struct Stream {
    kind: Kind,
    /// A second.
    rate: f64,
    choice: Choice,
    chance: Chance,
    count: usize,
    next: f64,
}

impl Stream {
    fn new(kind: Kind, rate: f64, choice: Choice, mut chance: Chance) -> Self {
        let next = match choice {
            _ if rate <= 0.0 => f64::INFINITY,
            // Somewhere in the first interval: else all streams would begin together.
            Choice::Turns { .. } => chance.share() / rate,
            Choice::Any(_) | Choice::Popular(_) => chance.wait(1.0 / rate),
        };
        Self {
            kind,
            rate,
            choice,
            chance,
            count: 0,
            next,
        }
    }

    fn take(&mut self) -> Planned {
        let (practice, part) = match &self.choice {
            Choice::Turns { of, parts } => {
                let turn = self.count / parts % of.len().max(1);
                (
                    of.get(turn).copied().unwrap_or_default(),
                    self.count % parts,
                )
            }
            Choice::Any(count) => (self.chance.below(*count), 0),
            Choice::Popular(popularity) => (popularity.choose(&mut self.chance), 0),
        };
        self.count += 1;
        self.next += match self.choice {
            Choice::Turns { .. } => 1.0 / self.rate,
            Choice::Any(_) | Choice::Popular(_) => self.chance.wait(1.0 / self.rate),
        };
        Planned {
            kind: self.kind,
            practice,
            part,
            chance: self.chance.word(),
        }
    }
}

/// All arrivals of a run, in their order.
#[derive(Clone, Debug)]
pub struct Plan {
    streams: Vec<Stream>,
    lasting: f64,
}

impl Plan {
    /// The plan for practices of a shape; the first `called_back` of them are called back.
    #[must_use]
    pub fn new(settings: &Settings, practices: usize, called_back: usize, shape: Shape) -> Self {
        let mut chance = Chance::new(settings.seed);
        let habits = &settings.habits;
        let order: Rc<[usize]> = chance.order(practices).into();
        let polling = order.iter().copied().filter(|n| *n >= called_back);
        let hourly = order.iter().copied().filter(|n| *n < called_back);
        let turns = |of: &Rc<[usize]>, parts| Choice::Turns {
            of: Rc::clone(of),
            parts,
        };
        let (polling, hourly): (Rc<[usize]>, Rc<[usize]>) = (polling.collect(), hourly.collect());
        let popular = Choice::Popular(Rc::new(Popularity::new(Rc::clone(&order))));
        let every = |interval: Duration, count: usize| {
            let seconds = interval.as_secs_f64();
            (seconds > 0.0).then(|| as_f64(count) / seconds)
        };
        let daily = |times: f64| {
            let seconds = habits.hours * 3600.0;
            (seconds > 0.0).then(|| as_f64(practices) * times / seconds)
        };
        let all_days = every(habits.all_days_every, practices * shape.batches());
        let streams = [
            (
                Kind::Poll,
                every(habits.poll_every, polling.len()),
                turns(&polling, 1),
            ),
            (
                Kind::Poll,
                every(habits.poll_with_callbacks, hourly.len()),
                turns(&hourly, 1),
            ),
            (Kind::Daily, all_days, turns(&order, shape.batches())),
            (
                Kind::Unchanged,
                every(habits.unchanged_every, practices),
                turns(&order, 1),
            ),
            (
                Kind::Changed,
                every(habits.changed_every, practices),
                Choice::Any(practices),
            ),
            (Kind::Find, daily(habits.finds), Choice::Any(practices)),
            (Kind::Search, daily(habits.searches), popular.clone()),
            (Kind::Page, daily(habits.pages), popular),
            // A practice has a day's appointments to give, however popular it is.
            (Kind::Hold, daily(habits.bookings), Choice::Any(practices)),
            (
                Kind::Cancel,
                daily(habits.bookings * habits.cancelled / 100.0),
                Choice::Any(practices),
            ),
        ];
        let streams = streams.into_iter().map(|(kind, rate, choice)| {
            let rate = rate.unwrap_or_default() * settings.scale;
            Stream::new(kind, rate, choice, Chance::new(chance.word()))
        });
        Self {
            streams: streams.collect(),
            lasting: settings.lasting.as_secs_f64(),
        }
    }

    /// How much of a kind comes in a second, on average.
    #[must_use]
    pub fn rate(&self, kind: Kind) -> f64 {
        let of_kind = self.streams.iter().filter(|stream| stream.kind == kind);
        of_kind.map(|stream| stream.rate).sum()
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 practices")]
const fn as_f64(count: usize) -> f64 {
    count as f64
}

impl Iterator for Plan {
    type Item = (Duration, Planned);

    fn next(&mut self) -> Option<Self::Item> {
        let by_time = |a: &&mut Stream, b: &&mut Stream| a.next.total_cmp(&b.next);
        let stream = self.streams.iter_mut().min_by(by_time)?;
        let at = stream.next;
        (at < self.lasting).then(|| (Duration::from_secs_f64(at), stream.take()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const SHAPE: Shape = Shape {
        resources: 5,
        days: 30,
    };

    fn settings(seed: u64, seconds: u64) -> Settings {
        Settings {
            lasting: Duration::from_secs(seconds),
            seed,
            ..Settings::default()
        }
    }

    fn plan(seed: u64, seconds: u64, practices: usize) -> Vec<(Duration, Planned)> {
        Plan::new(&settings(seed, seconds), practices, 0, SHAPE).collect()
    }

    #[test]
    fn a_seed_gives_the_same_plan_and_another_gives_another() {
        assert_eq!(plan(1, 20, 100), plan(1, 20, 100));
        assert_ne!(plan(1, 20, 100), plan(2, 20, 100));
    }

    #[test]
    fn arrivals_are_in_order_and_within_the_run() {
        let plan = plan(1, 20, 100);
        assert!(plan.is_sorted_by_key(|(at, _)| *at));
        assert!(plan.iter().all(|(at, _)| *at < Duration::from_secs(20)));
    }

    #[test]
    fn each_practice_polls_at_its_interval() {
        let mut polls: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (at, planned) in plan(1, 60, 100) {
            if planned.kind == Kind::Poll {
                let of = polls.entry(planned.practice).or_default();
                of.push(at.as_secs_f64());
            }
        }
        assert_eq!(polls.len(), 100);
        for times in polls.values() {
            assert_eq!(times.len(), 12);
            for pair in times.windows(2) {
                assert!((pair[1] - pair[0] - 5.0).abs() < 1e-6, "{times:?}");
            }
        }
    }

    #[test]
    fn who_is_called_back_polls_hourly() {
        let plan = Plan::new(&settings(1, 3600), 10, 4, SHAPE);
        let mut polls = [0; 10];
        for (_, planned) in plan {
            if planned.kind == Kind::Poll {
                polls[planned.practice] += 1;
            }
        }
        assert_eq!(polls, [1, 1, 1, 1, 720, 720, 720, 720, 720, 720]);
    }

    #[test]
    fn the_rates_are_those_of_the_habits() {
        let plan = Plan::new(&settings(1, 1), 1_000, 0, SHAPE);
        // 1,000 practices: a poll in 5 s, a change in 120 s, 20 bookings in 10 hours, 2 batches a day.
        for (kind, rate) in [
            (Kind::Poll, 200.0),
            (Kind::Changed, 1_000.0 / 120.0),
            (Kind::Hold, 20_000.0 / 36_000.0),
            (Kind::Cancel, 2_000.0 / 36_000.0),
            (Kind::Daily, 2_000.0 / 86_400.0),
        ] {
            assert!((plan.rate(kind) / rate - 1.0).abs() < 1e-9, "{kind}");
        }
        let plan = self::plan(1, 600, 1_000);
        let changed = plan.iter().filter(|(_, it)| it.kind == Kind::Changed);
        let changed = changed.count();
        assert!((4_700..5_300).contains(&changed), "{changed}");
    }

    #[test]
    fn nothing_comes_of_what_nobody_does() {
        let mut settings = settings(1, 60);
        settings.habits.changed_every = Duration::ZERO;
        settings.habits.searches = 0.0;
        let mut plan = Plan::new(&settings, 100, 0, SHAPE);
        assert!(!plan.any(|(_, it)| matches!(it.kind, Kind::Changed | Kind::Search)));
        assert_eq!(Plan::new(&settings, 0, 0, SHAPE).count(), 0);
    }

    #[test]
    fn a_batch_follows_the_other_of_the_same_practice() {
        let mut settings = settings(1, 60);
        settings.habits.all_days_every = Duration::from_secs(10);
        let daily = Plan::new(&settings, 10, 0, SHAPE).filter(|(_, it)| it.kind == Kind::Daily);
        let daily: Vec<_> = daily.map(|(_, it)| (it.practice, it.part)).collect();
        for pair in daily.chunks_exact(2) {
            assert_eq!((pair[0].0, pair[0].1, pair[1].1), (pair[1].0, 0, 1));
        }
    }

    #[test]
    fn the_popular_are_sought_more_often() {
        let mut counts = vec![0_usize; 100];
        let mut settings = settings(1, 600);
        settings.habits.searches = 10_000.0;
        for (_, it) in Plan::new(&settings, 100, 0, SHAPE) {
            if it.kind == Kind::Search {
                counts[it.practice] += 1;
            }
        }
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let of_all = counts[0] as f64 / counts.iter().sum::<usize>() as f64;
        // 1 / (1 + 1/2 + ... + 1/100)
        assert!((0.18..0.21).contains(&of_all), "{of_all}");
        assert!(counts.iter().all(|count| *count > 0));
    }
}
