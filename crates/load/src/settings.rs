//! How much load, of what.

use std::time::Duration;

/// What practices and their patients do.
#[derive(Clone, Debug)]
pub struct Habits {
    /// How long an agent waits between two polls.
    pub poll_every: Duration,
    /// How long one waits that is called back.
    pub poll_with_callbacks: Duration,
    /// How often a practice sends a day that has changed otherwise than by a booking of the hub's.
    pub changed_every: Duration,
    /// How often it sends a day as it was.
    pub unchanged_every: Duration,
    /// How often it sends all its days.
    pub all_days_every: Duration,
    /// How many hours of a day patients are about: what they do in a day falls into these.
    pub hours: f64,
    /// Searches for practices, for each practice and day.
    pub finds: f64,
    /// Looks at a week's times by the API, for each practice and day.
    pub searches: f64,
    /// Looks at a practice's page, for each practice and day.
    pub pages: f64,
    /// Bookings, for each practice and day.
    pub bookings: f64,
    /// How many of a hundred bookings are cancelled.
    pub cancelled: f64,
    /// How many of a hundred bookings the PMS rejects.
    pub rejected: f64,
    /// How many of a hundred practices are called back, where anybody listens.
    pub called_back: f64,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            poll_every: Duration::from_secs(5),
            poll_with_callbacks: Duration::from_secs(3600),
            changed_every: Duration::from_secs(120),
            unchanged_every: Duration::from_secs(600),
            all_days_every: Duration::from_secs(24 * 3600),
            hours: 10.0,
            finds: 20.0,
            searches: 100.0,
            pages: 100.0,
            bookings: 20.0,
            cancelled: 10.0,
            rejected: 2.0,
            called_back: 20.0,
        }
    }
}

/// The shape of the practices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many practitioners each has.
    pub resources: usize,
    /// For how many days from today on each has times.
    pub days: usize,
}

impl Shape {
    /// How many snapshots say all that a practice has.
    #[must_use]
    pub const fn snapshots(self) -> usize {
        self.resources * self.days
    }

    /// In how many batches they go.
    #[must_use]
    pub const fn batches(self) -> usize {
        self.snapshots().div_ceil(BATCH)
    }
}

/// How many snapshots a batch may have (AVAIL-6).
pub(crate) const BATCH: usize = 100;

/// A run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What practices and patients do.
    pub habits: Habits,
    /// By how much all of it is multiplied.
    pub scale: f64,
    /// For how long load arrives.
    pub lasting: Duration,
    /// How much of the beginning is not counted.
    pub warm_up: Duration,
    /// How many calls may be in the air at once. What arrives beyond is not sent, and counted so.
    pub in_air: usize,
    /// After how long a call counts as not answered.
    pub timeout: Duration,
    /// What the plan is made of.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            habits: Habits::default(),
            scale: 1.0,
            lasting: Duration::from_secs(60),
            warm_up: Duration::from_secs(5),
            in_air: 1024,
            timeout: Duration::from_secs(30),
            seed: 1,
        }
    }
}
