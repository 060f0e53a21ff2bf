//! Ids. Whatever belongs to a practice is numbered `practiceId * 10^8 + n` (REQ-2): unique
//! everywhere, below 2^53 so that JavaScript keeps it exact, and naming its practice.

use std::fmt;

/// How many numbers a practice has for its bookings, requests, practitioners and types.
pub const NUMBERS_PER_PRACTICE: i64 = 100_000_000;

macro_rules! plain_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The number itself.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! practice_scoped_id {
    ($(#[$doc:meta])* $name:ident) => {
        plain_id!($(#[$doc])* $name);

        impl $name {
            /// The `n`th number of a practice.
            #[must_use]
            pub const fn of(practice: PracticeId, n: i64) -> Self {
                Self(practice.0 * NUMBERS_PER_PRACTICE + n)
            }

            /// Reads an id; `None` if no practice could have such a one.
            #[must_use]
            pub const fn new(id: i64) -> Option<Self> {
                match PracticeId::new(id / NUMBERS_PER_PRACTICE) {
                    Some(_) if id > 0 => Some(Self(id)),
                    _ => None,
                }
            }

            /// The practice that the id names.
            #[must_use]
            pub const fn practice(self) -> PracticeId {
                PracticeId(self.0 / NUMBERS_PER_PRACTICE)
            }
        }
    };
}

plain_id!(
    /// A practice.
    PracticeId
);
plain_id!(
    /// A consumer: a PMS vendor that calls the PMS API.
    ConsumerId
);
plain_id!(
    /// An account of somebody on the staff of practices.
    StaffId
);
practice_scoped_id!(
    /// A booking.
    BookingId
);
practice_scoped_id!(
    /// Something that the PMS is asked to do.
    RequestId
);
practice_scoped_id!(
    /// A subscription to callbacks.
    SubscriptionId
);
practice_scoped_id!(
    /// An entry of the log of failed callbacks.
    CallbackErrorId
);
practice_scoped_id!(
    /// A document: of the PMS, or a patient's to be attached there.
    DocumentId
);
practice_scoped_id!(
    /// Somebody whom patients can book.
    PractitionerId
);
practice_scoped_id!(
    /// A kind of appointment that patients can book.
    AppointmentTypeId
);

impl PracticeId {
    /// Practice ids stay below this, so that what they number stays below 2^53.
    pub const LIMIT: i64 = 90_000_000;

    /// Reads an id; `None` if it can be no practice's.
    #[must_use]
    pub const fn new(id: i64) -> Option<Self> {
        if id > 0 && id < Self::LIMIT {
            Some(Self(id))
        } else {
            None
        }
    }
}

impl ConsumerId {
    /// Reads an id; `None` if it can be no consumer's.
    #[must_use]
    pub const fn new(id: i64) -> Option<Self> {
        if id > 0 { Some(Self(id)) } else { None }
    }
}

impl StaffId {
    /// Reads an id; `None` if it can be no account's.
    #[must_use]
    pub const fn new(id: i64) -> Option<Self> {
        if id > 0 { Some(Self(id)) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_id_is_exact_in_a_double_req_2() {
        let practice = PracticeId::new(PracticeId::LIMIT - 1).unwrap();
        let id = BookingId::of(practice, NUMBERS_PER_PRACTICE - 1);
        assert!(id.get() < 1 << 53);
        assert_eq!(id.practice(), practice);
        assert_eq!(BookingId::new(id.get()), Some(id));
    }

    #[test]
    fn an_id_that_names_no_practice_is_none_req_2() {
        for id in [
            i64::MIN,
            -1,
            0,
            99_999_999,
            PracticeId::LIMIT * NUMBERS_PER_PRACTICE,
            i64::MAX,
        ] {
            assert_eq!(BookingId::new(id), None, "{id}");
        }
    }
}
