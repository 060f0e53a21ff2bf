//! Dates of birth, as people write them.

/// A date of birth as it was written. It need not be a day of the calendar: `31-02-1990` is a slip
/// in a real date and still tells much about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Birth {
    /// The year, with its century.
    pub year: u16,
    /// The month, 1 to 12 if it is one.
    pub month: u8,
    /// The day, 1 to 31 if it is one.
    pub day: u8,
}

impl Birth {
    /// Reads day, month and year (`27-03-1985`, `27/3/1985`, `27.3.1985`, `27031985`) or year,
    /// month and day (`1985-03-27`, `19850327`).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // A time of day behind it says nothing.
        let date = text.trim().split(['T', ' ']).next().unwrap_or_default();
        let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
        match parts.as_slice() {
            [year, month, day] if year.len() == 4 => Self::of(year, month, day),
            [day, month, year] => Self::of(year, month, day),
            [all] if all.len() == 8 => {
                let year_first = Self::of(all.get(..4)?, all.get(4..6)?, all.get(6..)?);
                // No year of these centuries read as month and day is one: only one way is open.
                year_first.filter(Self::is_day).or_else(|| {
                    Self::of(all.get(4..)?, all.get(2..4)?, all.get(..2)?).or(year_first)
                })
            }
            _ => None,
        }
    }

    const UNKNOWN: Self = Self {
        year: 1900,
        month: 1,
        day: 1,
    };

    fn of(year: &str, month: &str, day: &str) -> Option<Self> {
        let number = |text: &str| -> Option<u16> {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| digits)
        };
        let two_digits = |text: &str| u8::try_from(number(text)?).ok().filter(|n| *n < 100);
        let birth = Self {
            year: number(year).filter(|year| (1880..2100).contains(year))?,
            month: two_digits(month)?,
            day: two_digits(day)?,
        };
        // Many systems fill it in where they know none.
        (birth != Self::UNKNOWN).then_some(birth)
    }

    /// Whether month and day can be ones.
    #[must_use]
    pub fn is_day(&self) -> bool {
        (1..=12).contains(&self.month) && (1..=31).contains(&self.day)
    }

    /// Whether there was such a day.
    #[must_use]
    pub fn is_in_the_calendar(&self) -> bool {
        let is_leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let last = match self.month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        self.is_day() && self.day <= last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_the_ways_people_write_it() {
        let birth = Some(Birth {
            year: 1985,
            month: 3,
            day: 27,
        });
        for text in [
            "27-03-1985",
            "27/3/1985",
            "27.3.1985",
            "1985-03-27",
            " 1985/3/27 ",
            "19850327",
            "27031985",
            "1985-03-27T00:00:00",
        ] {
            assert_eq!(Birth::read(text), birth, "{text}");
        }
    }

    #[test]
    fn a_day_that_never_was_is_read_and_known_as_such() {
        for (text, was) in [
            ("29-02-2000", true),
            ("29-02-1996", true),
            ("29-02-1900", false),
            ("29-02-1997", false),
            ("30-04-1990", true),
            ("31-04-1990", false),
            ("31-12-1990", true),
            ("31-13-1990", false),
            ("00-05-1990", false),
        ] {
            let birth = Birth::read(text);
            let was_a_day = birth.map(|birth| birth.is_in_the_calendar());
            assert_eq!(was_a_day, Some(was), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "-",
            "27-03-85",
            "01-01-1900",
            "27-03",
            "1985",
            "27-03-1785",
            "+7-03-1985",
            "२७-०३-१९८५",
            "áááá",
        ] {
            assert_eq!(Birth::read(text), None, "{text}");
        }
    }
}
