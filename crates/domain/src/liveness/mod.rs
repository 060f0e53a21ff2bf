//! The liveness contract: the hours in which an integration promises to answer (CONF-3).

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};

/// `24:00` in minutes since midnight.
const DAY: u16 = 1440;

/// A range of hours in minutes since midnight, as it was sent; `end <= start` runs past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Start in minutes since midnight, 0..1440.
    pub start: u16,
    /// End in minutes since midnight, 0..=1440.
    pub end: u16,
}

/// The live hours of each weekday, as they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivenessContract {
    /// Monday's hours to Sunday's; `None`: left out, which is not live, as no hours are.
    pub weekdays: [Option<Vec<Hours>>; 7],
    /// What replaces the weekday's hours on a public holiday; `None`: the weekday's hours hold.
    pub public_holidays: Option<Vec<Hours>>,
}

impl Hours {
    /// Hours from `start` to `end`, both in minutes since midnight.
    ///
    /// # Errors
    /// What is wrong with them.
    pub const fn new(start: u16, end: u16) -> Result<Self, &'static str> {
        if start >= DAY {
            Err("a start lies between 00:00 and 23:59")
        } else if end > DAY {
            Err("an end lies between 00:00 and 24:00")
        } else if start == end {
            Err("start and end are the same")
        } else {
            Ok(Self { start, end })
        }
    }

    /// Whether they hold at `minute` of the day on which they start.
    fn hold_at(self, minute: u16) -> bool {
        self.start <= minute && (self.past_midnight() || minute < self.end_of_day_or_end())
    }

    /// Whether they still hold at `minute` of the day after the one on which they start.
    fn hold_next_day_at(self, minute: u16) -> bool {
        self.past_midnight() && minute < self.end
    }

    fn past_midnight(self) -> bool {
        self.end_of_day_or_end() <= self.start
    }

    /// The end, where 23:59, 24:00 and 00:00 are all the end of the day.
    fn end_of_day_or_end(self) -> u16 {
        if matches!(self.end, 0 | 1439) {
            DAY
        } else {
            self.end
        }
    }
}

impl Default for LivenessContract {
    fn default() -> Self {
        Self::always()
    }
}

impl LivenessContract {
    /// The contract of who has set none: every day, `00:00`-`23:59`.
    #[must_use]
    pub fn always() -> Self {
        let whole_day = Hours {
            start: 0,
            end: DAY - 1,
        };
        Self {
            weekdays: std::array::from_fn(|_| Some(vec![whole_day])),
            public_holidays: None,
        }
    }

    /// Whether the integration promises to answer at `at`, on the practice's wall clock. Hours
    /// that run past midnight belong to the day on which they start, holiday or not.
    #[must_use]
    pub fn is_live(
        &self,
        at: Timestamp,
        zone: &TimeZone,
        is_public_holiday: impl Fn(Date) -> bool,
    ) -> bool {
        let local = zone.to_datetime(at);
        let Ok(minute) = u16::try_from(i16::from(local.hour()) * 60 + i16::from(local.minute()))
        else {
            return false;
        };
        let hours_of = |date: Date| self.hours_of(date, is_public_holiday(date));
        hours_of(local.date())
            .iter()
            .any(|hours| hours.hold_at(minute))
            || local.date().yesterday().is_ok_and(|yesterday| {
                hours_of(yesterday)
                    .iter()
                    .any(|hours| hours.hold_next_day_at(minute))
            })
    }

    /// The hours that start on `date`.
    fn hours_of(&self, date: Date, is_public_holiday: bool) -> &[Hours] {
        let replaced = self
            .public_holidays
            .as_deref()
            .filter(|_| is_public_holiday);
        replaced
            .or_else(|| self.weekday(date.weekday()))
            .unwrap_or_default()
    }

    /// The minutes of a day, in no order, at which live time can begin or end; `24:00` is one.
    #[must_use]
    pub fn edges(&self, date: Date, is_public_holiday: impl Fn(Date) -> bool) -> Vec<u16> {
        let mut edges = vec![DAY];
        for hours in self.hours_of(date, is_public_holiday(date)) {
            edges.push(hours.start);
            if !hours.past_midnight() {
                edges.push(hours.end_of_day_or_end());
            }
        }
        if let Ok(yesterday) = date.yesterday() {
            let nights = self.hours_of(yesterday, is_public_holiday(yesterday));
            let nights = nights.iter().filter(|hours| hours.past_midnight());
            edges.extend(nights.map(|hours| hours.end));
        }
        edges
    }

    /// The hours of a weekday; `None` if they were left out.
    #[must_use]
    pub fn weekday(&self, weekday: Weekday) -> Option<&[Hours]> {
        let index = usize::try_from(weekday.to_monday_zero_offset()).ok()?;
        self.weekdays.get(index)?.as_deref()
    }
}

#[cfg(test)]
mod tests;
