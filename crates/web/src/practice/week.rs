//! Seven days, and the ways to those before and after.

use crate::when;
use jiff::ToSpan;
use jiff::civil::Date;

/// The furthest day to which one can move: beyond, nothing is ever bookable.
const FURTHEST: i32 = 2 * 366;

/// Seven days.
pub(crate) struct Week {
    first: Date,
    today: Date,
    /// `24 November – 30 November`.
    pub(crate) label: String,
    /// The week before, unless this is the first.
    pub(crate) previous: Option<String>,
    /// The week after.
    pub(crate) next: Option<String>,
}

impl Week {
    /// The week from that day on, which does not lie in the past; without a day from today.
    pub(crate) fn of(from: Option<Date>, today: Date) -> Self {
        let furthest = plus(today, FURTHEST);
        let first = from.unwrap_or(today).clamp(today, furthest);
        let last = plus(first, 6);
        let form = |day: Date| day.strftime("%-d %B").to_string();
        let label = match (first.month() == last.month(), last.year() == today.year()) {
            (true, true) => format!("{} – {}", first.day(), form(last)),
            (false, true) => format!("{} – {}", form(first), form(last)),
            (_, false) => format!("{} – {}", when::day(first, today), when::day(last, today)),
        };
        Self {
            first,
            today,
            label,
            previous: None,
            next: None,
        }
    }

    /// The same with links to the weeks around it.
    pub(crate) fn with_links(self, url: impl Fn(Date) -> String) -> Self {
        let before = plus(self.first, -7).max(self.today);
        let after = plus(self.first, 7);
        Self {
            previous: (self.first > self.today).then(|| url(before)),
            next: (after <= plus(self.today, FURTHEST)).then(|| url(after)),
            ..self
        }
    }

    pub(crate) fn today(&self) -> Date {
        self.today
    }

    pub(crate) fn first(&self) -> Date {
        self.first
    }

    pub(crate) fn last(&self) -> Date {
        plus(self.first, 6)
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let first = self.first;
        (0..7).map(move |days| plus(first, days))
    }
}

fn plus(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn week(from: Option<Date>) -> Week {
        Week::of(from, date(2026, 11, 24)).with_links(|day| day.to_string())
    }

    #[test]
    fn the_first_week_begins_today_and_has_none_before() {
        let week = week(None);
        assert_eq!(week.first(), date(2026, 11, 24));
        assert_eq!(week.last(), date(2026, 11, 30));
        assert_eq!(week.label, "24 – 30 November");
        assert_eq!(week.previous, None);
        assert_eq!(week.next.as_deref(), Some("2026-12-01"));
    }

    #[test]
    fn no_week_lies_in_the_past_or_beyond_all_days() {
        assert_eq!(week(Some(date(1999, 1, 1))).first(), date(2026, 11, 24));
        assert!(week(Some(Date::MAX)).first() < date(2029, 1, 1));
        assert_eq!(week(Some(Date::MAX)).next, None);
    }

    #[test]
    fn the_way_back_never_leads_before_today() {
        assert_eq!(
            week(Some(date(2026, 11, 27))).previous.as_deref(),
            Some("2026-11-24")
        );
        assert_eq!(
            week(Some(date(2026, 12, 8))).previous.as_deref(),
            Some("2026-12-01")
        );
    }

    #[test]
    fn the_year_is_said_when_it_is_another() {
        assert_eq!(
            week(Some(date(2026, 12, 29))).label,
            "Tuesday 29 December – Monday 4 January 2027"
        );
    }
}
