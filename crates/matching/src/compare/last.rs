//! Last names.

use crate::names::Name;
use crate::text::{is_alike, is_slip, sound_alike};

/// How far two last names agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FamilyAgreement {
    /// One name.
    Same,
    /// One is part of the other: Smith, Smith-Jones.
    Part,
    /// Spelt otherwise, sounding alike: Nikolaou, Nicolaou.
    Sound,
    /// A slip of the finger apart.
    Slip,
    /// Alike in more than a slip.
    Alike,
    /// One is missing.
    Missing,
    /// Two names.
    Different,
}

impl FamilyAgreement {
    /// Whether this is how one person's name is written twice.
    pub(crate) const fn is_likely(self) -> bool {
        matches!(self, Self::Same | Self::Part | Self::Sound | Self::Slip)
    }

    pub(super) fn of(a: &Name, b: &Name) -> Self {
        if a.is_missing() || b.is_missing() {
            return Self::Missing;
        }
        if a.joined == b.joined {
            return Self::Same;
        }
        if a.telling()
            .any(|a| b.telling().any(|b| a == b && a.len() > 2))
        {
            return Self::Part;
        }
        let (a, b) = (a.joined.as_str(), b.joined.as_str());
        if sound_alike(a, b) {
            Self::Sound
        } else if is_slip(a, b) {
            Self::Slip
        } else if is_alike(a, b) {
            Self::Alike
        } else {
            Self::Different
        }
    }
}
