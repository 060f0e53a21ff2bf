//! What a lane's task knows of its lane: whether it has it, what is in the air, and how far it has
//! looked.

use super::sight::{Claimed, Sight};
use crate::{Result, Stopwatch};
use jiff::{SignedDuration, Timestamp};
use slotbridge_store::Tx;
use slotbridge_store::lanes::{self, Place, Taken, Which};
use std::collections::HashMap;
use std::time::Duration;

/// How long a lane is whoever's who took it: longer than an attempt, and not so long that what waits
/// behind a node that is gone would miss the 20 seconds of a booking.
const LEASE: SignedDuration = SignedDuration::from_secs(10);
/// How much of a lease has to be left for an attempt, which takes 5 s at most (SUB-3).
const LEFT: SignedDuration = SignedDuration::from_secs(6);
/// How long ago what is taken may have been looked at.
const FRESH: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub(super) struct Book {
    lane: String,
    /// The lane's version, as it was last seen.
    version: Option<i64>,
    /// Until when the lane is ours.
    leased_until: Option<Timestamp>,
    /// What was taken and is not settled, with the time of its first attempt.
    in_the_air: HashMap<Which, Timestamp>,
    /// What somebody had taken who is gone, until it is settled.
    inherited: HashMap<Which, Timestamp>,
    /// How far the lane was looked through; `None`: from the front.
    after: Option<Place>,
}

/// A look at what is due.
#[derive(Default)]
pub(super) struct Look {
    pub(super) sight: Sight,
    /// Whether another should follow.
    pub(super) more: bool,
}

/// A look at what comes next, made while what came before was written down.
pub(super) struct Ahead {
    since: Stopwatch,
    after: Place,
    sight: Sight,
}

impl Ahead {
    /// Looks for up to `room` that are due behind a place.
    pub(super) fn look(tx: &mut Tx<'_>, lane: &str, after: Place, room: usize) -> Result<Self> {
        let since = Stopwatch::start();
        let sight = Sight::of(tx, lane, Some(after), room, &HashMap::new())?;
        Ok(Self {
            since,
            after,
            sight,
        })
    }

    /// How long ago that was.
    pub(super) fn ago(&self) -> Duration {
        self.since.elapsed()
    }
}

impl Book {
    pub(super) fn new(lane: String) -> Self {
        Self {
            lane,
            version: None,
            leased_until: None,
            in_the_air: HashMap::new(),
            inherited: HashMap::new(),
            after: None,
        }
    }

    pub(super) fn lane(&self) -> &str {
        &self.lane
    }

    /// Whether an attempt begun now would be over while the lane is ours.
    pub(super) fn allows_attempts(&self, now: Timestamp) -> bool {
        self.leased_until
            .is_some_and(|until| until.duration_since(now) >= LEFT)
    }

    pub(super) const fn is_leased(&self) -> bool {
        self.leased_until.is_some()
    }

    /// Takes a look of so long ago for one of now, if it is behind the last one and the lane is still
    /// ours.
    pub(super) fn recall(&mut self, ahead: Ahead, ago: Duration) -> Option<Look> {
        if !self.is_leased() || self.after != Some(ahead.after) || ago > FRESH {
            return None;
        }
        // What is in the air stands before the place.
        Some(self.reach(ahead.sight))
    }

    /// Looks for up to `room` that are due and not in the air; for none if the lane is somebody else's.
    pub(super) fn look(&mut self, tx: &mut Tx<'_>, room: usize) -> Result<Look> {
        if self.leased_until.is_none() {
            let held = lanes::read(tx, &self.lane)?;
            let until = held.as_ref().and_then(|held| held.leased_until);
            if until.is_some_and(|until| until > tx.now()) {
                return Ok(Look::default());
            }
            self.version = held.as_ref().map(|held| held.version);
            let taken = held.into_iter().flat_map(|held| held.taken);
            self.inherited = taken.map(|one| (one.which, one.first_attempt_at)).collect();
            self.after = None;
        }
        let sight = Sight::of(tx, &self.lane, self.after, room, &self.in_the_air)?;
        Ok(self.reach(sight))
    }

    /// Has looked as far as that.
    fn reach(&mut self, sight: Sight) -> Look {
        // What has come in before the place that was reached is found from the front.
        let more = sight.last.is_some() || self.after.is_some();
        self.after = sight.last;
        if !more {
            // All that is due has been seen: the rest has come to its end.
            let in_the_air = &self.in_the_air;
            self.inherited
                .retain(|which, _| in_the_air.contains_key(which) || sight.has(*which));
        }
        Look { sight, more }
    }

    /// Forgets what has come down.
    pub(super) fn settled(&mut self, which: Which) {
        self.in_the_air.remove(&which);
        self.inherited.remove(&which);
    }

    /// Keeps the lane, or takes it for what is to be attempted; leaves it if there is nothing in it for
    /// us. Gives what was taken, or `None` if the lane is somebody else's.
    pub(super) fn keep(&mut self, tx: &mut Tx<'_>, look: &Look) -> Result<Option<Vec<Taken>>> {
        if !self.is_leased() && look.sight.is_idle() {
            return Ok(Some(Vec::new()));
        }
        let taken = look.sight.taken(tx.now(), &self.inherited);
        for one in &taken {
            self.in_the_air.insert(one.which, one.first_attempt_at);
        }
        let stays = look.more || !self.in_the_air.is_empty();
        let until = tx.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        let until = stays.then_some(until);
        let waiting = self.inherited.iter();
        let waiting = waiting.filter(|(which, _)| !self.in_the_air.contains_key(which));
        let written: Vec<Taken> = self
            .in_the_air
            .iter()
            .chain(waiting)
            .map(|(which, at)| Taken {
                which: *which,
                first_attempt_at: *at,
            })
            .collect();
        self.version = lanes::keep(tx, &self.lane, self.version, until, &written)?;
        if self.version.is_none() {
            for one in &taken {
                self.in_the_air.remove(&one.which);
            }
            self.leased_until = None;
            return Ok(None);
        }
        self.leased_until = until;
        Ok(Some(taken))
    }

    /// Gives back what was taken and is not yet in the air.
    pub(super) fn give_back(&mut self, ready: impl Iterator<Item = Claimed>) {
        for one in ready {
            self.in_the_air.remove(&one.taken.which);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotbridge_domain::ids::{PracticeId, RequestId, SubscriptionId};
    use slotbridge_store::deliveries::DeliveryKey;

    fn place(second: i64) -> Place {
        let practice_id = PracticeId::new(1).unwrap();
        let key = DeliveryKey {
            request_id: RequestId::of(practice_id, 1),
            subscription_id: SubscriptionId::of(practice_id, 1),
        };
        let which = Which { practice_id, key };
        let due_at = Timestamp::from_second(second).unwrap();
        Place { due_at, which }
    }

    fn recalled(change: impl FnOnce(&mut Book), ago: Duration) -> Option<Place> {
        let mut book = Book::new("lane".to_owned());
        book.leased_until = Some(Timestamp::MAX);
        book.after = Some(place(1));
        change(&mut book);
        let mut sight = Sight::default();
        sight.last = Some(place(2));
        let ahead = Ahead {
            since: Stopwatch::start(),
            after: place(1),
            sight,
        };
        book.recall(ahead, ago)?;
        book.after
    }

    #[test]
    fn an_earlier_look_counts_while_it_is_fresh_and_the_lane_is_ours_and_stands_where_it_stood() {
        assert_eq!(recalled(|_| {}, FRESH), Some(place(2)));
        let stale = FRESH + Duration::from_millis(1);
        assert_eq!(recalled(|_| {}, stale), None);
        assert_eq!(recalled(|book| book.leased_until = None, FRESH), None);
        assert_eq!(recalled(|book| book.after = None, FRESH), None);
        assert_eq!(recalled(|book| book.after = Some(place(3)), FRESH), None);
    }
}
