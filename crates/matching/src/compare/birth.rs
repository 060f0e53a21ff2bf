//! Dates of birth.

use crate::birth::Birth;
use crate::text::within;

/// How many years parent and child are apart at the least.
const YOUNGEST_PARENT: u16 = 13;

/// How far two dates of birth agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BirthAgreement {
    /// One day.
    Same,
    /// Day and month in each other's place.
    Swapped,
    /// One digit of day or month apart, or two neighbouring ones exchanged.
    Digit,
    /// The same day of another year, one slip of the finger or at most two years apart, and too
    /// near for parent and child.
    NearYear,
    /// The same day of another year, one slip apart, but a father and a son may have it so.
    FarYear,
    /// One is missing.
    Missing,
    /// Another day of the same year.
    SameYear,
    /// The years are apart.
    Different,
}

impl BirthAgreement {
    pub(super) fn of(a: Option<Birth>, b: Option<Birth>) -> Self {
        let (Some(a), Some(b)) = (a, b) else {
            return Self::Missing;
        };
        if a == b {
            return Self::Same;
        }
        if a.year == b.year {
            let day_and_month = |birth: Birth| format!("{:02}{:02}", birth.day, birth.month);
            return if a.day == b.month && a.month == b.day {
                Self::Swapped
            } else if within(&day_and_month(a), &day_and_month(b), 1) {
                Self::Digit
            } else {
                Self::SameYear
            };
        }
        if (a.day, a.month) != (b.day, b.month) {
            return Self::Different;
        }
        let (one, other) = (a.year.to_string(), b.year.to_string());
        let apart = a.year.abs_diff(b.year);
        if apart > 2 && !within(&one, &other, 1) {
            Self::Different
        } else if apart < YOUNGEST_PARENT {
            Self::NearYear
        } else {
            Self::FarYear
        }
    }

    /// Whether the years are so far apart that it may be no slip but a parent and a child.
    pub(crate) const fn years_apart(self) -> bool {
        matches!(self, Self::FarYear | Self::Different)
    }
}
