//! By which of their times a client snapshot takes appointments (SNAP-1).

use std::str::FromStr;

/// Which of an appointment's times lies on the snapshot's date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateType {
    /// When it begins.
    Appointment,
    /// When it was made.
    Creation,
}

impl DateType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Appointment, Self::Creation];

    /// The name that the PMS API gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Appointment => "appt_datetime",
            Self::Creation => "appt_creation_datetime",
        }
    }
}

impl FromStr for DateType {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(())
    }
}
