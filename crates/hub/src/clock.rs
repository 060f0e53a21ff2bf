//! The sandbox's clock: the system's plus an offset that lives in the store.

use crate::messages::Messenger;
use crate::timers::Timers;
use crate::{Error, Hub, Result};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::clock::Clock;
use slotbridge_store::{Tx, settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const OFFSET: &str = "sandbox_clock_offset_microseconds";
/// The latest instant to which the clock can be moved.
const LATEST: &str = "2099-12-31T00:00:00Z";
/// How far one move goes at most, in seconds: 366 days. On the way there is work for each day of each
/// practice.
pub const FURTHEST_SECONDS: i64 = 366 * 24 * 3600;

/// A clock that can be moved forward.
pub struct MovableClock {
    system: Arc<dyn Clock>,
    offset: AtomicI64,
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_micros(self.offset.load(Ordering::SeqCst));
        self.system
            .now()
            .saturating_add(offset)
            .unwrap_or(Timestamp::MAX)
    }
}

/// Does all that is due now: timers, messages and callbacks, whose attempts are waited for. Answers
/// when the next is due.
async fn do_due(
    hub: &Hub,
    timers: &Timers<'_>,
    messenger: &Messenger<'_>,
) -> Result<Option<Timestamp>> {
    timers.run().await?;
    let message = messenger.run().await?;
    let delivery = hub.settle_deliveries().await?;
    let timer = timers.next().await?;
    Ok([delivery, message, timer].into_iter().flatten().min())
}

impl MovableClock {
    /// The system's clock, not moved yet.
    #[must_use]
    pub fn new(system: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            system,
            offset: AtomicI64::new(0),
        })
    }

    /// Takes up the offset that the store remembers.
    ///
    /// # Errors
    /// The store's.
    pub async fn resume(&self, hub: &Hub) -> Result<()> {
        let stored = hub.read_global(|tx| Ok(settings::get(tx, OFFSET)?)).await?;
        let offset = stored.and_then(|text| text.parse().ok()).unwrap_or(0);
        self.offset.store(offset, Ordering::SeqCst);
        Ok(())
    }

    async fn set(&self, hub: &Hub, to: Timestamp) -> Result<()> {
        let ahead = to.duration_since(self.system.now());
        let micros = i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX);
        let text = micros.to_string();
        hub.write_global(move |tx: &mut Tx<'_>| Ok(settings::set(tx, OFFSET, &text)?))
            .await?;
        self.offset.store(micros, Ordering::SeqCst);
        Ok(())
    }

    /// Moves the clock forward to `to`, doing on the way all that falls due, each at its own time
    /// and in the right order. Answers the time afterwards.
    ///
    /// # Errors
    /// If `to` lies behind the clock, or too far ahead; or the store's.
    pub async fn move_to(&self, hub: &Hub, to: Timestamp) -> Result<Timestamp> {
        let timers = hub.timers().await;
        let messenger = hub.messenger().await;
        let mut next = do_due(hub, &timers, &messenger).await?;
        if to < self.now() {
            return Err(Error::field(
                "set",
                "lies in the past: the clock only moves forward",
            ));
        }
        if LATEST.parse().is_ok_and(|latest: Timestamp| to > latest) {
            return Err(Error::field("set", format!("lies after {LATEST}")));
        }
        if to.duration_since(self.now()) > SignedDuration::from_secs(FURTHEST_SECONDS) {
            return Err(Error::field(
                "set",
                "lies more than 366 days ahead: move the clock in steps",
            ));
        }
        while let Some(due) = next.filter(|due| *due <= to) {
            if due > self.now() {
                self.set(hub, due).await?;
            }
            next = do_due(hub, &timers, &messenger).await?;
        }
        if to > self.now() {
            self.set(hub, to).await?;
        }
        Ok(self.now())
    }
}
