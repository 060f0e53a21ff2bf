//! When a clinic does what: polling, looking for changes, sending all again from time to time, and
//! waiting while the practice has not consented.

mod troubles;

use crate::clinic::{Clinic, Side, Stopped};
use jiff::civil::Date;
use slotbridge_client::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use troubles::{Troubles, Work};

/// How often the hub is polled if it does not call back, in live hours,
const POLL: Duration = Duration::from_secs(5);
/// and outside of them.
const POLL_AT_REST: Duration = Duration::from_secs(60);
/// The same if it does: callbacks may be lost.
const POLL_WITH_CALLBACKS: Duration = Duration::from_secs(3600);
/// When it is polled again after that failed: no booking waits for the next hour.
const POLL_AGAIN: Duration = Duration::from_secs(15);
/// How often the PMS is asked what has changed.
const CHANGES: Duration = Duration::from_secs(10);
/// How often everything that differs is sent, whatever the PMS said of changes.
const ALL: Duration = Duration::from_secs(24 * 3600);
/// When that is tried again after it failed.
const ALL_AGAIN: Duration = Duration::from_secs(60);
/// The pause after the hub has refused a call of an integration that was linked.
const REFUSED: Duration = Duration::from_secs(5);
/// How often a practice without consent is tried.
const WITHOUT_CONSENT: Duration = Duration::from_secs(60);
/// The shortest and the longest pause after something went wrong.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(60)];

/// What a clinic's service tells whoever looks after it.
#[derive(Debug)]
pub enum News<'n> {
    /// One side works, in all that it is asked for: at first, and again after trouble.
    Works(Side),
    /// It does not, for the moment.
    Troubled(&'n Stopped),
    /// The practice has not consented, or no longer does: somebody must act.
    WithoutConsent(&'n Error),
}

/// Takes news.
pub type Tell = Arc<dyn Fn(News<'_>) + Send + Sync>;

/// The service of one clinic.
pub struct Service {
    /// What works.
    pub clinic: Clinic,
    /// Told by the receiver of callbacks: there is something outstanding.
    pub outstanding: Arc<Notify>,
    /// How far into the five seconds it polls: clinics take turns.
    pub offset: Duration,
    /// Whom it tells.
    pub tell: Tell,
}

impl Service {
    /// Works until it is told to stop. What is cut off in its midst is taken up at the next start, as
    /// after a crash.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let stopping = async {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        tokio::select! {
            biased;
            () = stopping => {}
            () = self.work() => {}
        }
    }

    async fn work(&self) {
        loop {
            self.link().await;
            self.serve().await;
            // Whatever was refused, the next try is not made in the same instant.
            wait(REFUSED).await;
            // When there is consent again, the hub may have been told other things by others.
            if let Err(stopped) = self.clinic.forget_sent() {
                (self.tell)(News::Troubled(&stopped));
            }
        }
    }

    /// Works until the practice takes its consent back. With the first round it sends all that the hub
    /// should have where it differs, and answers what is outstanding, also what an integration before
    /// this one left.
    async fn serve(&self) {
        let mut timers = Timers::new(self.clinic.has_callbacks(), self.offset);
        let mut today = self.clinic.today();
        let mut troubles = Troubles::new();
        loop {
            let (work, done) = tokio::select! {
                // Patients wait for what the poll finds; all else can wait a little.
                biased;
                _ = timers.polls.tick() => {
                    if !timers.is_due(self.clinic.is_live()) {
                        continue;
                    }
                    (Work::Poll, self.poll(&mut timers).await)
                }
                () = self.outstanding.notified() => (Work::Poll, self.poll(&mut timers).await),
                _ = timers.changes.tick() => (Work::Look, self.look(&mut today).await),
                _ = timers.all.tick() => {
                    let sent = self.send_all().await;
                    if sent.is_err() {
                        timers.all.reset_after(ALL_AGAIN);
                    }
                    (Work::All, sent)
                }
            };
            if let Err(Stopped::Hub(Error::Forbidden { .. } | Error::Unauthorized { .. })) = done {
                return;
            }
            let over = troubles.note(work, done.as_ref().err().map(Stopped::side));
            if let Err(stopped) = &done {
                (self.tell)(News::Troubled(stopped));
            }
            for side in over {
                (self.tell)(News::Works(side));
            }
        }
    }

    async fn poll(&self, timers: &mut Timers) -> Result<(), Stopped> {
        let polled = self.clinic.poll().await;
        timers.polled(polled.is_ok());
        polled
    }

    /// Looks what has changed in the PMS, and on the calendar.
    async fn look(&self, today: &mut Date) -> Result<(), Stopped> {
        self.clinic.forget_patients().await;
        self.clinic.take_changes().await?;
        let now = self.clinic.today();
        if now != *today {
            // A day has come into sight.
            self.clinic.send_all_days().await?;
            *today = now;
        }
        Ok(())
    }

    async fn send_all(&self) -> Result<(), Stopped> {
        self.clinic.forget_settled()?;
        self.clinic.subscribe().await?;
        self.clinic.send_all().await
    }

    /// Links, however often it takes.
    async fn link(&self) {
        let [mut pause, longest] = PAUSES;
        // Whoever must act is told once, not each minute; and again if it is something else.
        let mut told = None;
        loop {
            match self.try_to_link().await {
                Ok(()) => return,
                Err(Stopped::Hub(
                    error @ (Error::Forbidden { .. } | Error::Unauthorized { .. }),
                )) => {
                    let kind = Some(std::mem::discriminant(&error));
                    if told != kind {
                        (self.tell)(News::WithoutConsent(&error));
                        told = kind;
                    }
                    wait(WITHOUT_CONSENT).await;
                }
                Err(stopped) => {
                    (self.tell)(News::Troubled(&stopped));
                    wait(pause).await;
                    pause = longest.min(pause * 2);
                }
            }
        }
    }

    async fn try_to_link(&self) -> Result<(), Stopped> {
        let linked = self.clinic.link().await;
        if let Err(Stopped::Hub(Error::Forbidden { .. })) = &linked {
            // Also if it was taken back while the agent was stopped.
            self.clinic.forget_sent()?;
        }
        linked
    }
}

/// When what is due.
struct Timers {
    polls: Interval,
    changes: Interval,
    all: Interval,
    at_rest: Duration,
    polled_at: Instant,
    /// Whether the last poll did all that there was to do.
    is_done: bool,
}

impl Timers {
    fn new(has_callbacks: bool, offset: Duration) -> Self {
        let start = Instant::now() + offset;
        let polls = if has_callbacks {
            POLL_WITH_CALLBACKS
        } else {
            POLL
        };
        let every = |period: Duration| {
            let mut timer = interval_at(start, period);
            timer.set_missed_tick_behavior(MissedTickBehavior::Skip);
            timer
        };
        Self {
            polls: every(polls),
            changes: every(CHANGES),
            all: every(ALL),
            at_rest: polls.max(POLL_AT_REST),
            polled_at: start,
            // What was left outstanding before is answered at any hour.
            is_done: false,
        }
    }

    /// A poll has ended; if not all was done, another follows soon, whatever the hour.
    fn polled(&mut self, is_done: bool) {
        self.is_done = is_done;
        if !is_done {
            self.polls.reset_after(POLL_AGAIN.min(self.polls.period()));
        }
    }

    /// Whether the hub is to be polled with this tick.
    fn is_due(&mut self, is_live: bool) -> bool {
        let now = Instant::now();
        let is_due = is_live || !self.is_done || now.duration_since(self.polled_at) >= self.at_rest;
        if is_due {
            self.polled_at = now;
        }
        is_due
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pause before something is tried again"
)]
async fn wait(pause: Duration) {
    tokio::time::sleep(pause).await;
}
