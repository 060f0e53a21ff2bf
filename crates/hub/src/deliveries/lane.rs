//! One lane's task: it keeps some attempts in the air as long as the lane has deliveries due.
//!
//! What has landed is written down in the same transactions in which more is taken, so that a quick
//! receiver costs a fraction of a commit per delivery. How much is taken ahead follows how much
//! was answered well from one exchange to the next: nothing for a host that does not answer.

use super::attempt::{Landed, attempt};
use super::book::{Ahead, Book};
use super::exchange::{Appetite, Exchanged, exchange};
use super::sight::Claimed;
use crate::{Hub, Result};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};

/// How many attempts a lane makes at once.
const AT_ONCE: usize = 16;
/// From how many on, in the air or ahead, it takes no more. What it takes then may be one look more.
const TAKEN: usize = 1024;
/// How many it takes in one exchange: looking at more would hold up whatever else the thread serves.
const AT_A_TIME: usize = 256;
/// How many are worth looking at while something is written down.
const WORTH_IT: usize = 64;

struct Lane {
    hub: Hub,
    book: Book,
    /// Taken and not yet in the air.
    ready: VecDeque<Claimed>,
    flights: JoinSet<Landed>,
    landed: Vec<Landed>,
    /// The transactions under way: at most one exchange.
    exchanges: JoinSet<Result<Exchanged>>,
    /// Whether there may be more to take.
    hungry: bool,
    /// Whether nobody is to be called back for now.
    pauses: bool,
    /// What was seen of what comes next.
    ahead: Option<Ahead>,
    /// How many are answered well from one exchange to the next.
    pace: usize,
}

/// Works until nothing in the lane is due.
pub(super) async fn run(hub: Hub, name: String, more: Arc<Notify>) {
    let mut lane = Lane {
        hub: hub.clone(),
        book: Book::new(name),
        ready: VecDeque::new(),
        flights: JoinSet::new(),
        landed: Vec::new(),
        exchanges: JoinSet::new(),
        hungry: true,
        pauses: false,
        ahead: None,
        pace: 0,
    };
    let outcome = lane.work(&more).await;
    let under_way = &hub.0.deliveries;
    if let Err(error) = outcome {
        tracing::warn!(%error, "deliveries could not be written down; the lease runs out");
        *under_way.trouble.lock() = Some(error);
    }
    under_way.lanes.lock().remove(lane.book.lane());
    under_way.landed.notify_waiters();
    // What fell due at the last moment is found now.
    hub.store().wake();
}

impl Lane {
    async fn work(&mut self, more: &Notify) -> Result<()> {
        loop {
            while !self.rests()
                && self.flights.len() < AT_ONCE
                && self.book.allows_attempts(self.hub.now())
                && let Some(claimed) = self.ready.pop_front()
            {
                self.flights.spawn(attempt(self.hub.clone(), claimed));
            }
            self.exchange();
            if self.exchanges.is_empty() && self.flights.is_empty() {
                return Ok(());
            }
            tokio::select! {
                Some(exchanged) = self.exchanges.join_next() => {
                    let Some(exchanged) = joined(exchanged) else { return Ok(()) };
                    let Exchanged { book, claimed, more, pauses, ahead } = exchanged?;
                    self.book = book;
                    match claimed {
                        Some(claimed) => self.ready.extend(claimed),
                        None => self.book.give_back(self.ready.drain(..)),
                    }
                    self.pauses = pauses;
                    self.ahead = ahead;
                    self.hungry |= more;
                }
                Some(landed) = self.flights.join_next() => self.landed.extend(joined(landed)),
                () = more.notified() => self.hungry = true,
            }
        }
    }

    /// Whether no attempt is to be begun.
    fn rests(&self) -> bool {
        self.pauses || self.hub.0.deliveries.are_stopped()
    }

    /// Begins an exchange, if there is anything to write down, room to take more, or a lease that has
    /// become short behind a slow host.
    fn exchange(&mut self) {
        if !self.exchanges.is_empty() {
            return;
        }
        let gives_back = self.rests() && !self.ready.is_empty();
        let taken = self.ready.len() + self.flights.len();
        let room = (AT_ONCE + 2 * self.pace).min(TAKEN).saturating_sub(taken);
        let room = room.min(AT_A_TIME);
        let begins = self.hungry && !self.hub.0.deliveries.are_stopped();
        let room = if begins { room } else { 0 };
        let is_short = !self.ready.is_empty() && !self.book.allows_attempts(self.hub.now());
        if room == 0 && self.landed.is_empty() && !is_short && !gives_back {
            return;
        }
        if gives_back {
            self.book.give_back(self.ready.drain(..));
        }
        let landed = std::mem::take(&mut self.landed);
        let well = landed.iter().filter(|one| one.outcome.is_ok()).count();
        self.pace = pace(self.pace, well, landed.len() - well);
        if room > 0 {
            self.hungry = false;
        }
        let appetite = Appetite {
            room,
            ahead: self.ahead.take(),
            next: match 2 * self.pace {
                few if few < WORTH_IT => 0,
                many => many.min(AT_A_TIME),
            },
        };
        let (hub, book) = (self.hub.clone(), self.book.clone());
        self.exchanges.spawn(exchange(hub, book, landed, appetite));
    }
}

/// The pace after an exchange. It falls slowly where all went well: few have landed after an exchange
/// that took few, and to take few again for that would let the lane run dry each second time.
fn pace(before: usize, well: usize, badly: usize) -> usize {
    match badly {
        0 => well.max(before - before / 8),
        _ => well,
    }
}

/// What a task gave; one that panicked, which would be a mistake of ours, gave nothing.
fn joined<T>(task: Result<T, JoinError>) -> Option<T> {
    task.inspect_err(|error| tracing::error!(%error, "a delivery's task did not end well"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::pace;

    #[test]
    fn a_lane_takes_ahead_what_its_host_has_shown_to_answer() {
        assert_eq!(pace(0, 200, 0), 200, "quick at once");
        assert_eq!(pace(200, 20, 0), 175, "a lull is no slow host");
        assert_eq!(pace(200, 20, 1), 20, "a failure is");
        assert_eq!(pace(200, 0, 16), 0);
        let after = (0..40).fold(200, |before, _| pace(before, 1, 0));
        assert!(after < 8, "slow for long: {after}");
    }
}
