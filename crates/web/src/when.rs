//! Times as people say them, always in practice time.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use slotbridge_hub::zone;

/// `Tuesday 24 November`, with the year if it is not this one.
pub(crate) fn day(day: Date, today: Date) -> String {
    let form = if day.year() == today.year() {
        "%A %-d %B"
    } else {
        "%A %-d %B %Y"
    };
    day.strftime(form).to_string()
}

/// `Tue 24 Nov`.
pub(crate) fn short_day(day: Date) -> String {
    day.strftime("%a %-d %b").to_string()
}

/// `9:00 am`, which stays on one line.
pub(crate) fn time(at: DateTime) -> String {
    at.strftime("%-I:%M\u{a0}%P").to_string()
}

/// An instant at a practice, in words.
pub(crate) struct When {
    /// `Tuesday 24 November 2026`.
    pub(crate) day: String,
    /// `9:00 am`.
    pub(crate) time: String,
}

impl When {
    pub(crate) fn new(zone: &TimeZone, at: Timestamp) -> Self {
        let local = zone::local(zone, at);
        Self {
            day: local.strftime("%A %-d %B %Y").to_string(),
            time: time(local),
        }
    }
}

/// The zone's city: `Sydney` of `Australia/Sydney`.
pub(crate) fn city(timezone: &str) -> String {
    let city = timezone.rsplit('/').next().unwrap_or(timezone);
    city.replace('_', " ")
}
