//! Whether the database is there, as all threads of a node know it.
//!
//! As soon as one of them cannot connect, the database is *missing*: whoever needs a connection
//! then waits, and the follower alone tries to connect, with growing pauses. A restart or the
//! promotion of a standby is over within [`PATIENCE`], and its callers have noticed nothing but
//! the time. After that the database is *away*: whoever waits or comes is told so at once, until
//! the follower has found it again. That bounds what waits, in number and in time.

use crate::{Stopwatch, StoreError};
use parking_lot::{Condvar, Mutex};
use prometheus_client::metrics::gauge::Gauge;
use std::sync::Arc;
use std::time::Duration;

/// How long callers wait for a database that is missing.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Presence {
    state: Mutex<State>,
    changed: Condvar,
    /// 1 unless it is away.
    available: Gauge,
}

#[derive(Default)]
struct State {
    missing: Option<Missing>,
    /// How many workers have a connection.
    connected: usize,
    closed: bool,
}

struct Missing {
    since: Stopwatch,
    /// What the last attempt met.
    why: String,
    /// Whether callers are told at once.
    away: bool,
}

impl Missing {
    /// How much longer callers wait for it.
    fn patience(&self) -> Option<Duration> {
        let left = PATIENCE.checked_sub(self.since.elapsed());
        left.filter(|left| !left.is_zero())
    }
}

/// A worker's word that it has a connection.
pub(super) struct Connected(Arc<Presence>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.state.lock().connected -= 1;
        self.0.changed.notify_all();
    }
}

impl Presence {
    pub(super) fn new(available: Gauge) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            available,
        }
    }

    /// Waits, if it must, until there is a point in connecting.
    ///
    /// # Errors
    /// [`StoreError::Away`]: there is none.
    pub(super) fn wait(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        loop {
            let closed = state.closed;
            let Some(missing) = &mut state.missing else {
                return Ok(());
            };
            match missing.patience() {
                Some(left) if !closed => {
                    self.changed.wait_for(&mut state, left);
                }
                _ => {
                    self.give_up(missing);
                    return Err(StoreError::Away(missing.why.clone()));
                }
            }
        }
    }

    /// An attempt to connect, begun then, has failed.
    pub(super) fn missed(&self, since: Stopwatch, why: &StoreError) {
        let mut state = self.state.lock();
        let missing = state.missing.get_or_insert_with(|| {
            tracing::debug!(%why, "the database does not take connections: waiting for it");
            Missing {
                since,
                why: String::new(),
                away: false,
            }
        });
        missing.why = why.to_string();
        if missing.patience().is_none() {
            self.give_up(missing);
        }
        self.changed.notify_all();
    }

    fn give_up(&self, missing: &mut Missing) {
        if !std::mem::replace(&mut missing.away, true) {
            self.available.set(0);
            let why = &missing.why;
            tracing::error!(
                %why,
                "the database is away: callers are told to come back, and it is looked for until it \
                 is found"
            );
        }
    }

    /// A connection was made and has answered.
    pub(super) fn found(&self) {
        let mut state = self.state.lock();
        if let Some(missing) = state.missing.take() {
            if missing.away {
                let seconds = missing.since.elapsed().as_secs();
                tracing::warn!(seconds, "the database is there again");
            }
            self.available.set(1);
            self.changed.notify_all();
        }
    }

    /// Whether callers are told at once that it is away.
    pub(super) fn is_away(&self) -> bool {
        let state = self.state.lock();
        state.missing.as_ref().is_some_and(|missing| missing.away)
    }

    /// A worker has a connection, until what this gives is dropped.
    pub(super) fn connected(self: &Arc<Self>) -> Connected {
        self.state.lock().connected += 1;
        Connected(Arc::clone(self))
    }

    /// Whether a worker without a connection should leave the work to those that have one: it
    /// could only fail what they can do.
    pub(super) fn others_serve(&self) -> bool {
        self.state.lock().others_serve()
    }

    /// Waits while that is so.
    pub(super) fn stand_aside(&self) {
        let mut state = self.state.lock();
        while state.others_serve() {
            self.changed.wait(&mut state);
        }
    }

    /// For the follower: waits for so long, for the end, or until the database is missing.
    pub(super) fn pause_while_here(&self, pause: Duration) {
        let mut state = self.state.lock();
        if !state.closed && state.missing.is_none() {
            self.changed.wait_for(&mut state, pause);
        }
    }

    /// For the follower: waits for so long, or for the end.
    pub(super) fn pause(&self, pause: Duration) {
        let since = Stopwatch::start();
        let mut state = self.state.lock();
        while let Some(left) = pause.checked_sub(since.elapsed())
            && !state.closed
        {
            self.changed.wait_for(&mut state, left);
        }
    }

    /// Whether no connection can be made.
    pub(super) fn is_missing(&self) -> bool {
        self.state.lock().missing.is_some()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    /// Nobody waits for the database any more.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.changed.notify_all();
    }
}

impl State {
    const fn others_serve(&self) -> bool {
        self.missing.is_some() && self.connected > 0 && !self.closed
    }
}
