//! When a reminder of an appointment goes out (SNAP-3): so many hours before it, and in daytime.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The first hour of the day at which people are written to, in practice time.
const MORNING: i8 = 8;
/// The hour from which on they are left alone.
const EVENING: i8 = 20;
/// The hour of the evening before, for what begins before the morning allows a reminder.
const EVE: i8 = 19;

/// The instant of an hour of a day; where clocks leave it out, the next there is.
fn hour(zone: &TimeZone, day: Date, hour: i8) -> Option<Timestamp> {
    let time = Time::new(hour, 0, 0, 0).ok()?;
    zone.to_timestamp(day.to_datetime(time)).ok()
}

/// The first instant of daytime (08:00 to 20:00) from `at` on.
#[must_use]
pub fn daytime(zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let local = zone.to_datetime(at);
    if local.hour() < MORNING {
        hour(zone, local.date(), MORNING)
    } else if local.hour() < EVENING {
        Some(at)
    } else {
        hour(zone, local.date().checked_add(1.day()).ok()?, MORNING)
    }
}

/// When an appointment that begins at `start` is to be recalled if nothing has held it up: `hours`
/// before, in daytime; for what begins too early in the morning for that, the evening before.
fn planned(zone: &TimeZone, start: Timestamp, hours: i64) -> Option<Timestamp> {
    let before = start.checked_sub(SignedDuration::from_hours(hours)).ok()?;
    let at = daytime(zone, before)?;
    if at < start {
        return Some(at);
    }
    hour(
        zone,
        zone.to_datetime(start).date().checked_sub(1.day()).ok()?,
        EVE,
    )
}

/// When a reminder goes out that has not yet: `hours` before the appointment begins, or from `now`
/// on if that is over, and always in daytime (08:00 to 20:00). `None`: it is too late for one.
#[must_use]
pub fn due(zone: &TimeZone, start: Timestamp, hours: i64, now: Timestamp) -> Option<Timestamp> {
    let planned = planned(zone, start, hours)?;
    let at = if planned >= now {
        planned
    } else {
        daytime(zone, now)?
    };
    (at < start && now < start).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &TimeZone, text: &str) -> Timestamp {
        zone.to_timestamp(text.parse().unwrap()).unwrap()
    }

    fn due_at(zone: &str, start: &str, hours: i64, now: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        due(&zone, at(&zone, start), hours, at(&zone, now))
            .map(|at| zone.to_datetime(at).to_string())
    }

    #[test]
    fn a_reminder_goes_out_its_hours_before_in_daytime_snap_3() {
        for (start, hours, expected) in [
            ("2026-11-24T09:30:00", 24, "2026-11-23T09:30:00"),
            ("2026-11-24T07:30:00", 24, "2026-11-23T08:00:00"),
            ("2026-11-24T21:00:00", 24, "2026-11-24T08:00:00"),
            ("2026-11-24T20:00:00", 24, "2026-11-24T08:00:00"),
            ("2026-11-24T09:00:00", 2, "2026-11-24T08:00:00"),
            ("2026-11-24T08:00:00", 2, "2026-11-23T19:00:00"),
            ("2026-11-24T06:00:00", 1, "2026-11-23T19:00:00"),
            ("2026-11-24T15:00:00", 72, "2026-11-21T15:00:00"),
        ] {
            let now = "2026-11-20T12:00:00";
            assert_eq!(
                due_at("Australia/Sydney", start, hours, now).as_deref(),
                Some(expected),
                "{start} {hours}"
            );
        }
    }

    #[test]
    fn a_late_one_goes_out_at_once_but_not_at_night_and_not_too_late_snap_3() {
        for (start, now, expected) in [
            (
                "2026-11-24T15:00:00",
                "2026-11-24T09:10:00",
                Some("2026-11-24T09:10:00"),
            ),
            (
                "2026-11-24T15:00:00",
                "2026-11-23T23:00:00",
                Some("2026-11-24T08:00:00"),
            ),
            (
                "2026-11-24T15:00:00",
                "2026-11-24T02:00:00",
                Some("2026-11-24T08:00:00"),
            ),
            ("2026-11-24T07:30:00", "2026-11-23T21:00:00", None),
            ("2026-11-24T15:00:00", "2026-11-24T15:00:00", None),
        ] {
            assert_eq!(
                due_at("Australia/Sydney", start, 24, now).as_deref(),
                expected,
                "{start} {now}"
            );
        }
    }

    #[test]
    fn hours_are_elapsed_ones_and_daytime_is_the_wall_clocks_when_clocks_change_snap_3() {
        // Sydney: 2027-04-04 has 25 hours, 2026-10-04 has 23.
        for (start, now, expected) in [
            (
                "2027-04-05T09:00:00",
                "2027-04-01T00:00:00",
                "2027-04-04T09:00:00",
            ),
            (
                "2027-04-04T09:00:00",
                "2027-04-01T00:00:00",
                "2027-04-03T10:00:00",
            ),
            (
                "2026-10-04T09:00:00",
                "2026-10-01T00:00:00",
                "2026-10-03T08:00:00",
            ),
            (
                "2026-10-04T08:30:00",
                "2026-10-01T00:00:00",
                "2026-10-03T08:00:00",
            ),
        ] {
            assert_eq!(
                due_at("Australia/Sydney", start, 24, now).as_deref(),
                Some(expected),
                "{start}"
            );
        }
    }
}
