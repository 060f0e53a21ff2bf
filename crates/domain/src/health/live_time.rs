//! Time that counts: that within the hours in which an integration promises to answer.

use crate::liveness::LivenessContract;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How far ahead changes are looked for: past every public holiday of a year.
pub(super) const HORIZON: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The live time of a practice.
pub struct LiveTime<'a> {
    /// When the integration promises to answer.
    pub contract: &'a LivenessContract,
    /// The practice's zone.
    pub zone: &'a TimeZone,
    /// Whether a day is a public holiday at the practice.
    pub is_public_holiday: &'a dyn Fn(Date) -> bool,
}

impl LiveTime<'_> {
    /// Whether an instant is live.
    #[must_use]
    pub fn is_live(&self, at: Timestamp) -> bool {
        self.contract.is_live(at, self.zone, self.is_public_holiday)
    }

    /// The first instant after `at` at which live time begins or ends; `None` if there is none
    /// within 400 days.
    #[must_use]
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        let (live, horizon) = (self.is_live(at), ahead(at));
        let mut edge = at;
        while edge < horizon {
            edge = self.next_edge(edge);
            if self.is_live(edge) != live {
                return Some(edge);
            }
        }
        None
    }

    /// The last instant up to which no more than `length` of live time has passed since `from`:
    /// at every later live instant it is more. `None` if it does not lie before `until`.
    #[must_use]
    pub fn passed(
        &self,
        from: Timestamp,
        length: SignedDuration,
        until: Timestamp,
    ) -> Option<Timestamp> {
        let (mut at, mut left) = (from, length);
        while at < until {
            let edge = self.next_edge(at);
            if self.is_live(at) {
                let stretch = edge.duration_since(at);
                if stretch > left {
                    return at.checked_add(left).ok().filter(|at| *at < until);
                }
                left = left.checked_sub(stretch).unwrap_or_default();
            }
            at = edge;
        }
        None
    }

    /// An instant after `at` before which nothing changes: the next minute of the day at which
    /// some hours begin or end, midnight, or a change of the clocks.
    fn next_edge(&self, at: Timestamp) -> Timestamp {
        let local = self.zone.to_datetime(at);
        let of_day = local.duration_since(local.date().into());
        let minute = |minute: u16| SignedDuration::from_mins(i64::from(minute));
        let today = self.contract.edges(local.date(), self.is_public_holiday);
        let later = today.into_iter().map(minute).filter(|edge| *edge > of_day);
        let wait = later.min().and_then(|edge| edge.checked_sub(of_day));
        let edge = wait.and_then(|wait| at.checked_add(wait).ok());
        let edge = edge.unwrap_or(Timestamp::MAX);
        let change = self.zone.following(at).next();
        change.map_or(edge, |change| change.timestamp().min(edge))
    }
}

/// The end of what is looked at.
pub(super) fn ahead(at: Timestamp) -> Timestamp {
    at.saturating_add(HORIZON).unwrap_or(Timestamp::MAX)
}
