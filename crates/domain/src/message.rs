//! Messages to people: where one stands, and when one that could not be sent is tried again.

use jiff::{SignedDuration, Timestamp};

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is still to be sent.
    Waiting,
    /// It was handed over.
    Sent,
    /// This hub sends nothing by its way: it stays in the outbox, for operators to read.
    Kept,
    /// It could not be sent, and is not tried again.
    Failed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Kept, Self::Failed];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Kept => "kept",
            Self::Failed => "failed",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How long a message is tried for if nothing else is said.
pub const TRIED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// The minutes between one attempt and the next; the last holds for all that follow.
const PAUSES: [i64; 6] = [1, 5, 15, 60, 120, 240];

/// When a message is tried again after so many attempts, the last of which failed `now`. `None`:
/// not before `expires_at`, after which it must not be sent.
#[must_use]
pub fn next_attempt(attempts: i64, now: Timestamp, expires_at: Timestamp) -> Option<Timestamp> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
    let minutes = PAUSES.get(place).or(PAUSES.last()).copied()?;
    let next = now.checked_add(SignedDuration::from_mins(minutes)).ok()?;
    (next < expires_at).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_for_a_day_at_growing_distances() {
        let created = Timestamp::from_second(1_800_000_000).unwrap();
        let expires_at = created + TRIED_FOR;
        let (mut now, mut minutes) = (created, Vec::new());
        for attempts in 1.. {
            let Some(next) = next_attempt(attempts, now, expires_at) else {
                break;
            };
            minutes.push(next.duration_since(now).as_mins());
            now = next;
        }
        assert_eq!(minutes, [1, 5, 15, 60, 120, 240, 240, 240, 240, 240]);
    }

    #[test]
    fn a_message_that_is_soon_too_late_is_not_tried_after_that() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let soon = now + SignedDuration::from_secs(60);
        assert_eq!(next_attempt(1, now, soon), None);
        let later = now + SignedDuration::from_secs(61);
        assert_eq!(next_attempt(1, now, later), Some(soon));
    }
}
