//! Staff of practices: what a role may do, which passwords are taken, and how wrong ones slow an
//! account down.

pub mod password;

use crate::names::names;
use jiff::SignedDuration;

/// What somebody is at a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything at the practice: its settings, consents, staff and links too.
    Manager,
    /// Bookings, their documents, and what needs attention.
    Receptionist,
}

names!(Role {
    Self::Manager = "manager",
    Self::Receptionist = "receptionist",
});

/// What a role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To see how the practice does, and to work with its bookings.
    Bookings,
    /// To change how the practice works: settings, links, consents, staff.
    Settings,
}

impl Role {
    /// Whether the role has a right.
    #[must_use]
    pub const fn may(self, right: Right) -> bool {
        match (self, right) {
            (Self::Manager, _) | (Self::Receptionist, Right::Bookings) => true,
            (Self::Receptionist, Right::Settings) => false,
        }
    }
}

/// What a link given to somebody on the staff is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// A password and a second factor: for a new account, or when the device is lost.
    SetUp,
    /// A new password alone.
    Password,
}

names!(LinkKind {
    Self::SetUp = "setUp",
    Self::Password = "password",
});

/// How long such a link can be used.
pub const LINK_VALID: SignedDuration = SignedDuration::from_hours(72);

/// How many wrong attempts in a row are answered at once.
pub const SLOWED_AFTER: i64 = 5;
/// How many lock the account.
pub const LOCKED_AFTER: i64 = 10;
/// For how long it is locked.
pub const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);
/// After how long without an attempt they are counted anew.
pub const ATTEMPTS_FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// How long nobody may try again after so many wrong attempts in a row: longer each time from the
/// fifth on, and from the tenth on the account is locked.
#[must_use]
pub fn blocked_for(failures: i64) -> SignedDuration {
    if failures >= LOCKED_AFTER {
        return LOCKED_FOR;
    }
    u32::try_from(failures - SLOWED_AFTER).map_or(SignedDuration::ZERO, |times| {
        SignedDuration::from_secs(2_i64.saturating_pow(times + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_attempt_slows_and_the_tenth_locks() {
        let seconds: Vec<i64> = (0..=11).map(|n| blocked_for(n).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 900, 900]);
    }

    #[test]
    fn receptionists_change_no_settings() {
        assert!(Role::Manager.may(Right::Settings) && Role::Manager.may(Right::Bookings));
        assert!(Role::Receptionist.may(Right::Bookings));
        assert!(!Role::Receptionist.may(Right::Settings));
    }
}
