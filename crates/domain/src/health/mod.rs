//! Whether an integration does what it promised (HEALTH-1, HEALTH-3, HEALTH-4).
//!
//! [`assess`] judges an instant, and says when the judgement can change at the earliest if nothing
//! else happens. Whoever asks again at that instant, and whenever something happens, is right to
//! the microsecond.

mod live_time;
#[cfg(test)]
mod tests;

use crate::feature::Feature;
use crate::request::RequestType;
use jiff::{SignedDuration, Timestamp};
pub use live_time::LiveTime;
use live_time::ahead;

/// How much live time may pass without contact, or with a request that is not answered.
pub const LIMIT: SignedDuration = SignedDuration::from_mins(10);
/// How much may pass without contact with an integration that is called back for all that is
/// urgent: it may poll hourly.
pub const LIMIT_CALLED_BACK: SignedDuration = SignedDuration::from_mins(75);
/// After which time an unanswered request of an extra feature makes the feature late.
pub const LIMIT_FEATURE: SignedDuration = SignedDuration::from_hours(24);

/// The requests that are urgent.
pub const URGENT: [RequestType; 3] = [
    RequestType::Bookings,
    RequestType::BookingUpdates,
    RequestType::Availability,
];

/// How an integration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it promised.
    Healthy,
    /// Not as it promised.
    Unhealthy,
    /// It promised nothing for now: neither.
    OutsideLiveHours,
}

/// Why an integration is unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was not heard of for too long.
    NoContact,
    /// A request of that type waits for too long.
    Waiting(RequestType),
}

macro_rules! names {
    ($of:ty, $($value:pat => $name:literal, $make:expr;)+) => {
        impl $of {
            /// All names.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($value => $name,)+
                }
            }

            /// What has a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some($make),)+
                    _ => None,
                }
            }
        }
    };
}

names! { State,
    Self::Healthy => "healthy", Self::Healthy;
    Self::Unhealthy => "unhealthy", Self::Unhealthy;
    Self::OutsideLiveHours => "outsideLiveHours", Self::OutsideLiveHours;
}

names! { Reason,
    Self::NoContact => "noContact", Self::NoContact;
    Self::Waiting(RequestType::Bookings) => "bookingsWaiting", Self::Waiting(RequestType::Bookings);
    Self::Waiting(RequestType::BookingUpdates) => "bookingUpdatesWaiting", Self::Waiting(RequestType::BookingUpdates);
    Self::Waiting(_) => "availabilityWaiting", Self::Waiting(RequestType::Availability);
}

/// What is known of an integration.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When it was heard of, or else when the practice gave its consent.
    pub last_contact: Timestamp,
    /// Whether subscriptions in force call it back for all that is urgent.
    pub called_back: bool,
    /// Since when the oldest urgent request of each type waits, of those whose booking is still to
    /// begin.
    pub waiting: Vec<(RequestType, Timestamp)>,
    /// When one of these facts changes by itself: a booking begins, a subscription ends.
    pub until: Option<Timestamp>,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// How it does.
    pub state: State,
    /// If unhealthy: why, each reason once.
    pub reasons: Vec<Reason>,
    /// When to ask again, if nothing happens before.
    pub again: Timestamp,
}

/// The first instant after one.
fn just_after(at: Timestamp) -> Timestamp {
    at.saturating_add(SignedDuration::from_micros(1))
        .unwrap_or(Timestamp::MAX)
}

/// Judges an integration at `now`.
#[must_use]
pub fn assess(live: &LiveTime<'_>, facts: &Facts, now: Timestamp) -> Assessment {
    let horizon = ahead(now);
    let mut again = live.next_change(now).unwrap_or(horizon);
    if !live.is_live(now) {
        return Assessment {
            state: State::OutsideLiveHours,
            reasons: Vec::new(),
            again,
        };
    }
    if let Some(until) = facts.until.filter(|until| *until > now) {
        again = again.min(until);
    }
    let limit = if facts.called_back {
        LIMIT_CALLED_BACK
    } else {
        LIMIT
    };
    let waiting = facts.waiting.iter();
    let clocks = waiting.map(|(kind, since)| (Reason::Waiting(*kind), *since, LIMIT));
    let contact = (Reason::NoContact, facts.last_contact, limit);
    let mut reasons = Vec::new();
    for (reason, since, limit) in [contact].into_iter().chain(clocks) {
        match live.passed(since, limit, horizon) {
            Some(last) if last < now => reasons.push(reason),
            Some(last) => again = again.min(just_after(last)),
            None => {}
        }
    }
    let state = if reasons.is_empty() {
        State::Healthy
    } else {
        State::Unhealthy
    };
    Assessment {
        state,
        reasons,
        again,
    }
}

/// Whether a feature is late whose oldest request waits since `oldest`, and if not, when it will be
/// (HEALTH-4).
///
/// # Errors
/// It is not late yet: when it will be.
pub fn feature_late(oldest: Timestamp, now: Timestamp) -> Result<(), Timestamp> {
    let last = oldest
        .saturating_add(LIMIT_FEATURE)
        .unwrap_or(Timestamp::MAX);
    if last < now {
        Ok(())
    } else {
        Err(just_after(last))
    }
}

/// The requests of a feature.
pub fn requests_of(feature: Feature) -> impl Iterator<Item = RequestType> {
    RequestType::ALL
        .into_iter()
        .filter(move |kind| kind.feature() == Some(feature))
}
