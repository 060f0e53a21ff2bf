//! The two kinds of clients, and what differs in what they are sent (WIRE-9).

use crate::{names::names, time};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

names! {
    /// How a consumer's client was made, and so what it can read (WIRE-9).
    pub enum WireProfile {
        /// By hand, after the text of the contract: `null` where that says "can be null", `dob`
        /// as DD-MM-YYYY.
        Documented = "documented",
        /// Generated from the declared types: no `null` that is not declared, `dob` as
        /// YYYY-MM-DD.
        Generated = "generated",
    }
}

impl WireProfile {
    /// A field of which the text, but not the declared type, says that it can be null.
    #[must_use]
    pub fn nullable<T>(self, value: Option<T>) -> Field<T> {
        match (value, self) {
            (Some(value), _) => Field::Value(value),
            (None, Self::Documented) => Field::Null,
            (None, Self::Generated) => Field::Absent,
        }
    }

    /// A patient's day of birth.
    #[must_use]
    pub fn dob(self, day: Date) -> String {
        match self {
            Self::Documented => time::day_first(day),
            Self::Generated => time::date(day),
        }
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro that makes the enum knows no default"
)]
impl Default for WireProfile {
    fn default() -> Self {
        Self::Documented
    }
}

/// A name that is no profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProfile;

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be documented or generated")
    }
}

impl std::error::Error for UnknownProfile {}

impl FromStr for WireProfile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Self::from_name(name).ok_or(UnknownProfile)
    }
}

/// A field that can be left out, be `null` or have a value. A struct that has one leaves it out
/// with `#[serde(skip_serializing_if = "Field::is_absent")]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Left out.
    #[default]
    Absent,
    /// There, as `null`.
    Null,
    /// There, with a value.
    Value(T),
}

impl<T> Field<T> {
    /// Whether it is left out.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value, if there is one.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

/// Left out or `null` makes no difference but where a struct skips what is absent.
impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_undeclared_null_is_left_out_for_generated_clients_wire_9() {
        assert_eq!(WireProfile::Documented.nullable::<i64>(None), Field::Null);
        assert_eq!(WireProfile::Generated.nullable::<i64>(None), Field::Absent);
        for profile in WireProfile::ALL {
            assert_eq!(profile.nullable(Some(7)), Field::Value(7));
        }
    }

    #[test]
    fn a_day_of_birth_has_the_form_of_its_profile_wire_9() {
        assert_eq!(WireProfile::Documented.dob(date(2022, 2, 3)), "03-02-2022");
        assert_eq!(WireProfile::Generated.dob(date(2022, 2, 3)), "2022-02-03");
    }

    #[test]
    fn a_profile_is_known_by_its_name_wire_9() {
        assert_eq!("documented".parse(), Ok(WireProfile::Documented));
        assert_eq!("generated".parse(), Ok(WireProfile::Generated));
        assert_eq!("Generated".parse::<WireProfile>(), Err(UnknownProfile));
        assert_eq!(WireProfile::default(), WireProfile::Documented);
    }
}
