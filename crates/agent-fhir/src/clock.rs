//! The practice's wall clock: what of it the hub can name, and what it cannot.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use slotbridge_agent::adapter::Trouble;

/// Seconds of a day by the wall clock.
pub(crate) const DAY: u32 = 86_400;

/// When the practice's wall clock shows a time: the first time, if it shows it twice.
pub(crate) fn instant_of(zone: &TimeZone, wall: DateTime) -> Result<Timestamp, Trouble> {
    let instant = zone.to_ambiguous_timestamp(wall).compatible();
    instant.map_err(|_| Trouble::Refused("the time is none".to_owned()))
}

/// From when to when a day is; `to` is the first instant after it.
pub(crate) fn day_of(zone: &TimeZone, day: Date) -> Result<(Timestamp, Timestamp), Trouble> {
    let none = || Trouble::Refused("the day is none".to_owned());
    let midnight = |day: Date| instant_of(zone, day.to_datetime(jiff::civil::Time::midnight()));
    Ok((
        midnight(day)?,
        midnight(day.tomorrow().map_err(|_| none())?)?,
    ))
}

/// A time of day that the hub can name.
pub(crate) struct OnTheWall {
    pub(crate) day: Date,
    /// Seconds since midnight.
    pub(crate) start: u32,
    /// The same, up to the end of the day.
    pub(crate) end: u32,
    /// In seconds.
    pub(crate) length: u32,
}

/// A time as the wall clock shows it. `None` if no booking could name it: in the hour that comes
/// twice it means the first, and an appointment ends on the day on which it begins.
///
/// The end is so long after the start as the appointment takes, also where the clock is changed in
/// between: the hub adds the length to the start.
pub(crate) fn on_the_wall(zone: &TimeZone, start: Timestamp, end: Timestamp) -> Option<OnTheWall> {
    let length = u32::try_from(end.as_second().checked_sub(start.as_second())?).ok()?;
    let wall = zone.to_datetime(start);
    let named = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
    if named != start {
        return None;
    }
    let time = wall.time();
    let [hour, minute, second] =
        [time.hour(), time.minute(), time.second()].map(|part| u32::try_from(part).unwrap_or(0));
    let since_midnight = hour * 3600 + minute * 60 + second;
    let ends = since_midnight.checked_add(length)?;
    (length > 0 && ends <= DAY).then(|| OnTheWall {
        day: wall.date(),
        start: since_midnight,
        end: ends,
        length,
    })
}
