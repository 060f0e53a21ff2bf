//! Public holidays by state (CONF-3).

use crate::patient::STATES;
use jiff::civil::Date;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The holidays that come with the program, 2024 to 2032.
static AUSTRALIA: LazyLock<Holidays> =
    LazyLock::new(|| Holidays::parse(include_str!("australia.csv")).unwrap_or_default());

/// Public holidays: days with the states in which they are one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays(HashSet<(Date, &'static str)>);

impl Holidays {
    /// Those of the states and territories of Australia, as far as the program knows them.
    #[must_use]
    pub fn australia() -> &'static Self {
        &AUSTRALIA
    }

    /// Reads a list: a line per holiday, `day,states,name`, the states with blanks between or `*`
    /// for all. Empty lines, comments (`#`) and a line of headings are skipped.
    ///
    /// # Errors
    /// The first line that is none, by its number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut days = HashSet::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line.starts_with("date,") {
                continue;
            }
            let wrong = |what: &str| format!("line {number}: {what}: it must be `day,states,name`");
            let mut parts = line.splitn(3, ',');
            let day: Date = parts
                .next()
                .and_then(|day| day.trim().parse().ok())
                .ok_or_else(|| wrong("there is no day (YYYY-MM-DD)"))?;
            let states = parts.next().ok_or_else(|| wrong("there is no state"))?;
            if states.trim() == "*" {
                days.extend(STATES.map(|state| (day, state)));
                continue;
            }
            for name in states.split_whitespace() {
                let known = STATES
                    .into_iter()
                    .find(|known| known.eq_ignore_ascii_case(name));
                days.insert((day, known.ok_or_else(|| wrong("an unknown state"))?));
            }
        }
        Ok(Self(days))
    }

    /// Whether a day is a public holiday in a state.
    #[must_use]
    pub fn is_one(&self, day: Date, state: &str) -> bool {
        let known = STATES.into_iter().find(|known| *known == state);
        known.is_some_and(|state| self.0.contains(&(day, state)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_one_in_some_states_and_none_in_others_conf_3() {
        let holidays = Holidays::australia();
        assert!(holidays.is_one(date(2026, 11, 3), "VIC"), "Melbourne Cup");
        assert!(!holidays.is_one(date(2026, 11, 3), "NSW"));
        for state in STATES {
            assert!(holidays.is_one(date(2026, 12, 25), state), "{state}");
            assert!(!holidays.is_one(date(2026, 12, 24), state), "{state}");
        }
        assert!(!holidays.is_one(date(2026, 12, 25), "Bavaria"));
    }

    #[test]
    fn the_list_reaches_from_2024_to_2032_conf_3() {
        for year in 2024..=2032 {
            assert!(
                Holidays::australia().is_one(date(year, 4, 25), "NSW"),
                "{year}"
            );
        }
        assert_eq!(Holidays::australia().0.len(), 893);
    }

    #[test]
    fn an_operator_s_list_is_read_or_the_line_named_conf_3() {
        let text =
            "date,state,name\n# ours\n\n2027-01-01,*,New Year\r\n2027-03-02,wa NT,Ours, too\n";
        let read = Holidays::parse(text).unwrap();
        assert!(read.is_one(date(2027, 3, 2), "WA") && read.is_one(date(2027, 1, 1), "TAS"));
        assert!(!read.is_one(date(2027, 3, 2), "TAS"));
        for (text, line) in [
            ("2027-02-30,*,None", "line 1"),
            ("2027-02-01,*,One\n2027-02-02", "line 2"),
            ("2027-02-01,XX,One", "line 1"),
        ] {
            assert!(
                Holidays::parse(text).unwrap_err().starts_with(line),
                "{text}"
            );
        }
    }
}
