//! What a lane's task knows of its lane: whether it has it, what is in the air, and how far it has
//! looked.

use super::sight::{Claimed, Sight};
use crate::Result;
use jiff::{SignedDuration, Timestamp};
use slotbridge_store::Tx;
use slotbridge_store::lanes::{self, Place, Taken, Which};
use std::collections::HashMap;

/// How long a lane is whoever's who took it: longer than an attempt, and not so long that what waits
/// behind a node that is gone would miss the 20 seconds of a booking.
const LEASE: SignedDuration = SignedDuration::from_secs(10);
/// How much of a lease has to be left for an attempt, which takes 5 s at most (SUB-3).
const LEFT: SignedDuration = SignedDuration::from_secs(6);

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
pub(super) struct Look {
    pub(super) sight: Sight,
    /// Whether another should follow.
    pub(super) more: bool,
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

    /// Looks for up to `room` that are due and not in the air; for none if the lane is somebody else's.
    pub(super) fn look(&mut self, tx: &mut Tx<'_>, room: usize) -> Result<Look> {
        if self.leased_until.is_none() {
            let held = lanes::read(tx, &self.lane)?;
            let until = held.as_ref().and_then(|held| held.leased_until);
            if until.is_some_and(|until| until > tx.now()) {
                let sight = Sight::default();
                return Ok(Look { sight, more: false });
            }
            self.version = held.as_ref().map(|held| held.version);
            let taken = held.into_iter().flat_map(|held| held.taken);
            self.inherited = taken.map(|one| (one.which, one.first_attempt_at)).collect();
            self.after = None;
        }
        let sight = Sight::of(tx, &self.lane, self.after, room, &self.in_the_air)?;
        // What has come in before the place that was reached is found from the front.
        let more = sight.last.is_some() || self.after.is_some();
        self.after = sight.last;
        if !more {
            // All that is due has been seen: the rest has come to its end.
            let in_the_air = &self.in_the_air;
            self.inherited
                .retain(|which, _| in_the_air.contains_key(which) || sight.has(*which));
        }
        Ok(Look { sight, more })
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
