//! Practice time: local time in the practice's zone.

use crate::{Error, Result};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use slotbridge_store::practices::Practice;

/// The latest instant that comes back from the store as it went in: the very last one has
/// nanoseconds, which the store rounds up and then can't read.
const LATEST: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// The practice's zone.
///
/// # Errors
/// The tz database of this program does not know it.
pub fn of(practice: &Practice) -> Result<TimeZone> {
    TimeZone::get(&practice.timezone).map_err(|_| {
        Error::Store(slotbridge_store::StoreError::Corrupt(
            "an unknown time zone",
        ))
    })
}

/// An instant in practice time.
#[must_use]
pub fn local(zone: &TimeZone, at: Timestamp) -> DateTime {
    zone.to_datetime(at)
}

/// The day of an instant at the practice.
#[must_use]
pub fn day(zone: &TimeZone, at: Timestamp) -> Date {
    local(zone, at).date()
}

/// The first instant of a day at the practice.
#[must_use]
pub fn day_start(zone: &TimeZone, day: Date) -> Timestamp {
    day.to_zoned(zone.clone())
        .map_or(LATEST, |start| start.timestamp())
}

/// The first instant after a day at the practice.
#[must_use]
pub fn day_end(zone: &TimeZone, day: Date) -> Timestamp {
    plus_days(day, 1).map_or(LATEST, |next| day_start(zone, next))
}

/// The day so many days later, if there is one.
#[must_use]
pub fn plus_days(day: Date, days: i64) -> Option<Date> {
    day.checked_add(days.days()).ok()
}
