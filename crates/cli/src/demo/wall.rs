//! The clock on the practice's wall.

use crate::failure::{Failure, chain};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use slotbridge_domain::clock::Clock;
use std::sync::Arc;

/// Where the demo's practice is.
pub(super) const ZONE: &str = "Australia/Sydney";

/// A time of the wall clock, for people.
pub(super) fn shown(time: DateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

/// The time, and what the wall at the practice makes of it.
#[derive(Clone)]
pub(super) struct Wall {
    clock: Arc<dyn Clock>,
    zone: TimeZone,
}

impl Wall {
    /// A clock on the wall.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let zone = TimeZone::get(ZONE)
            .map_err(|error| Failure::new(format!("no time zone: {}", chain(&error))))?;
        Ok(Self { clock, zone })
    }

    /// The practice's zone.
    pub(super) fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    /// The present.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What the wall shows at an instant.
    pub(super) fn shows(&self, instant: Timestamp) -> DateTime {
        self.zone.to_datetime(instant)
    }

    /// The day after today, and the days after that: fourteen. Today may be over already.
    pub(super) fn coming_days(&self) -> Vec<Date> {
        let today = self.shows(self.now()).date();
        (1..=14)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .collect()
    }

    /// Seconds since an instant.
    pub(super) fn seconds_since(&self, instant: Timestamp) -> f64 {
        self.now().duration_since(instant).as_secs_f64()
    }
}
