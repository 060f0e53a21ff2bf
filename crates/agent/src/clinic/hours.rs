//! When the hub counts on an answer (CONF-3).

use super::Clinic;
use jiff::civil::DateTime;
use slotbridge_client::wire::config::{LivenessRange, Schedule};

impl Clinic {
    /// Whether the hub counts on an answer now. Of public holidays only the hub knows: on these the
    /// weekday's hours hold here, and there is a poll too many.
    pub(crate) fn is_live(&self) -> bool {
        let now = (self.now)().to_zoned(self.settings.zone.clone()).datetime();
        let hours = self.settings.live_hours.as_ref();
        hours.is_none_or(|hours| is_within(hours, now))
    }
}

/// Whether a time of the wall clock lies within the hours.
fn is_within(hours: &Schedule, now: DateTime) -> bool {
    let weekdays = hours.weekdays();
    let of = |day: i8| {
        let weekday = usize::try_from(day.rem_euclid(7)).unwrap_or_default();
        weekdays.get(weekday).copied().flatten().unwrap_or_default()
    };
    let today = now.weekday().to_monday_zero_offset();
    let minute = i32::from(now.hour()) * 60 + i32::from(now.minute());
    let minute = u16::try_from(minute).unwrap_or_default();
    of(today).iter().any(|range| has_begun(*range, minute))
        || of(today - 1).iter().any(|range| still_runs(*range, minute))
}

/// Whether a range of this day holds at a minute of this day.
const fn has_begun(range: LivenessRange, minute: u16) -> bool {
    range.start <= minute && (minute < range.end || range.end <= range.start)
}

/// Whether a range of the day before, run past midnight, still holds.
const fn still_runs(range: LivenessRange, minute: u16) -> bool {
    range.end < range.start && minute < range.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn schedule(start: u16, end: u16) -> Schedule {
        Schedule {
            monday: Some(vec![LivenessRange { start, end }]),
            ..Schedule::default()
        }
    }

    #[test]
    fn hours_hold_from_their_start_to_before_their_end_conf_3() {
        let hours = schedule(8 * 60, 18 * 60);
        let monday = date(2026, 11, 23);
        let cases = [(7, 59, false), (8, 0, true), (17, 59, true), (18, 0, false)];
        for (hour, minute, live) in cases {
            assert_eq!(is_within(&hours, monday.at(hour, minute, 0, 0)), live);
        }
        assert!(!is_within(&hours, date(2026, 11, 24).at(9, 0, 0, 0)));
    }

    #[test]
    fn hours_may_run_past_midnight_and_until_it_conf_3() {
        let (monday, tuesday) = (date(2026, 11, 23), date(2026, 11, 24));
        let night = schedule(20 * 60, 5 * 60);
        assert!(is_within(&night, monday.at(23, 59, 0, 0)));
        assert!(is_within(&night, tuesday.at(4, 59, 0, 0)));
        assert!(!is_within(&night, tuesday.at(5, 0, 0, 0)));
        assert!(!is_within(&night, monday.at(4, 0, 0, 0)));
        for end in [0, 24 * 60] {
            let evening = schedule(20 * 60, end);
            assert!(is_within(&evening, monday.at(23, 59, 0, 0)));
            assert!(!is_within(&evening, tuesday.at(0, 0, 0, 0)));
        }
    }
}
