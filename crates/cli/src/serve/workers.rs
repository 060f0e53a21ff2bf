//! What happens without a caller: due work, callbacks, messages to people, the writing down of
//! contacts, the reading of what other nodes have changed, and the samples of the console's charts.

use super::stopping;
use crate::system;
use jiff::{SignedDuration, Timestamp};
use slotbridge_hub::{Hub, Result};
use slotbridge_web::{CHARTS_EVERY, Charts};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The longest sleep before due work is looked for again: what falls due sooner than planned
/// waits no longer than this.
const LONGEST_SLEEP: Duration = Duration::from_millis(200);
/// The shortest, so that a row that cannot be done does not keep the store busy.
const SHORTEST_SLEEP: Duration = Duration::from_millis(5);
/// The shortest before timers and messages: what falls due meanwhile is done together.
const TOGETHER: Duration = Duration::from_millis(50);
/// The longest sleep while the store is not available.
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);
/// How often contacts are written (REQ-3).
const CONTACTS: Duration = Duration::from_secs(30);

/// The workers.
pub(super) struct Workers {
    timers: JoinHandle<()>,
    contacts: JoinHandle<()>,
    charts: JoinHandle<()>,
    ahead: JoinHandle<()>,
    /// What tells others something, where that is wanted.
    outgoing: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them; they work until they are told to stop.
    pub(super) fn start(
        hub: &Hub,
        outgoing: bool,
        charts: Arc<Charts>,
        stopped: &watch::Receiver<bool>,
    ) -> Self {
        let tell = || {
            [
                tokio::spawn(work(hub.clone(), Work::Messages, stopped.clone())),
                tokio::spawn(deliveries(hub.clone(), stopped.clone())),
            ]
        };
        Self {
            timers: tokio::spawn(work(hub.clone(), Work::Timers, stopped.clone())),
            contacts: tokio::spawn(contacts(hub.clone(), stopped.clone())),
            charts: tokio::spawn(sample(hub.clone(), charts, stopped.clone())),
            ahead: tokio::spawn(read_ahead(hub.clone(), stopped.clone())),
            outgoing: outgoing.then(tell).into_iter().flatten().collect(),
        }
    }

    /// Waits until they have ended.
    pub(super) async fn finish(self) {
        for worker in [self.timers, self.contacts, self.charts, self.ahead]
            .into_iter()
            .chain(self.outgoing)
        {
            if let Err(error) = worker.await {
                tracing::error!(%error, "a worker did not end well");
            }
        }
    }
}

/// Sleeps, and says whether to go on.
async fn sleep(duration: Duration, stopped: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        () = system::pause(duration) => true,
        () = stopping(stopped) => false,
    }
}

/// What is done when it is due.
#[derive(Clone, Copy)]
enum Work {
    Timers,
    Messages,
}

impl Work {
    const fn name(self) -> &'static str {
        match self {
            Self::Timers => "timers",
            Self::Messages => "messages",
        }
    }
}

async fn work(hub: Hub, work: Work, mut stopped: watch::Receiver<bool>) {
    let mut failures = 0;
    loop {
        let done = run(&hub, work).await;
        let pause = match &done {
            Ok(pause) => {
                failures = 0;
                *pause
            }
            Err(error) => {
                failures += 1;
                let work = work.name();
                if !error.is_away() {
                    tracing::error!(%error, failures, work, "due work could not be done; trying again");
                }
                backoff(failures)
            }
        };
        if !sleep(pause, &mut stopped).await {
            return;
        }
    }
}

/// Does what is due, and says how long to sleep then.
async fn run(hub: &Hub, work: Work) -> Result<Duration> {
    let within = SignedDuration::try_from(LONGEST_SLEEP).unwrap_or_default();
    let next = match work {
        Work::Timers => hub.timers().await.run_own(within).await?,
        Work::Messages => hub.messenger().await.run_own(within).await?,
    };
    Ok(until(hub, next).max(TOGETHER))
}

/// How long to sleep until the next work.
fn until(hub: &Hub, next: Option<Timestamp>) -> Duration {
    let Some(next) = next else {
        return LONGEST_SLEEP;
    };
    let until = next.duration_since(hub.now());
    let until = Duration::try_from(until).unwrap_or_default();
    until.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
}

/// Begins deliveries as they fall due. A commit that has made some wakes it; looking for them is
/// the truth.
async fn deliveries(hub: Hub, mut stopped: watch::Receiver<bool>) {
    let mut failures = 0;
    loop {
        let wait = match hub.start_deliveries().await {
            Ok(next) => {
                failures = 0;
                until(&hub, next)
            }
            Err(error) => {
                failures += 1;
                if !error.is_away() {
                    tracing::error!(%error, failures, "deliveries could not be made; trying again");
                }
                // Woken or not: what cannot be written down is not sent in a loop.
                if !sleep(backoff(failures), &mut stopped).await {
                    break;
                }
                continue;
            }
        };
        tokio::select! {
            () = hub.store().woken() => {}
            () = system::pause(wait) => {}
            () = stopping(&mut stopped) => break,
        }
    }
    hub.stop_deliveries().await;
}

fn backoff(failures: u32) -> Duration {
    let doubled = LONGEST_SLEEP.saturating_mul(1 << failures.saturating_sub(1).min(10));
    doubled.min(LONGEST_BACKOFF)
}

async fn contacts(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while sleep(CONTACTS, &mut stopped).await {
        if let Err(error) = hub.flush_contacts().await
            && !error.is_away()
        {
            tracing::warn!(%error, "contacts could not be written; trying again");
        }
    }
}

/// Reads ahead what other nodes have changed. What cannot be read is read by whoever asks for it.
async fn read_ahead(hub: Hub, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            read = hub.read_ahead() => if let Err(error) = read {
                tracing::debug!(%error, "what others have changed could not be read ahead");
            },
            () = stopping(&mut stopped) => return,
        }
    }
}

async fn sample(hub: Hub, charts: Arc<Charts>, mut stopped: watch::Receiver<bool>) {
    loop {
        charts.sample(&hub).await;
        if !sleep(CHARTS_EVERY, &mut stopped).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_after_a_failure_doubles_up_to_five_seconds() {
        let pauses: Vec<u128> = [1, 2, 3, 5, 6, 100].map(|n| backoff(n).as_millis()).into();
        assert_eq!(pauses, [200, 400, 800, 3200, 5000, 5000]);
    }
}
