//! How a node looks for what is planned: due work, and messages that are to be sent.

use crate::{Hub, Result};
use jiff::{SignedDuration, Timestamp};
use slotbridge_store::due::Until;
use tokio::task::JoinSet;

/// How long other nodes are left to do what they have planned.
const PATIENCE: SignedDuration = SignedDuration::from_secs(1);

/// What a look came to.
pub(crate) struct Looked {
    /// How much was due, and done.
    pub(crate) done: usize,
    /// When the next is due, if it was looked for so far ahead.
    next: Option<Timestamp>,
}

impl Looked {
    /// Takes what is not due yet from rows in the order of their times.
    pub(crate) fn at<T>(rows: &mut Vec<T>, now: Timestamp, time: impl Fn(&T) -> Timestamp) -> Self {
        let done = rows.partition_point(|row| time(row) <= now);
        let next = rows.get(done).map(time);
        rows.truncate(done);
        Self { done, next }
    }
}

/// Waits until all that was begun has ended, whatever comes of one. Answers what the last that failed met.
pub(crate) async fn finish(mut running: JoinSet<Result<()>>) -> Result<()> {
    let mut outcome = Ok(());
    while let Some(done) = running.join_next().await {
        if let Ok(Err(error)) = done {
            outcome = Err(error);
        }
    }
    outcome
}

/// Work that is planned.
pub(crate) trait Planned {
    /// How much of it is looked for at once.
    const AT_ONCE: usize;

    fn hub(&self) -> &Hub;

    /// Does some of what is due now, of so much as is planned until then.
    fn some(&self, until: Until) -> impl Future<Output = Result<Looked>> + Send;

    /// Does all that is due, whoever planned it, and what that makes due.
    async fn all(&self) -> Result<()> {
        while self.some(Until::any(self.hub().now())).await?.done > 0 {}
        Ok(())
    }

    /// Does what this node has planned, and what others have and did not do for a second. When to look
    /// again: now if anything was done, or else when its own next is due, if that is within a while.
    async fn own(&self, within: SignedDuration) -> Result<Option<Timestamp>> {
        loop {
            let now = self.hub().now();
            let until = Until {
                own: now.saturating_add(within).unwrap_or(Timestamp::MAX),
                any: now.saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN),
            };
            let looked = self.some(until).await?;
            if looked.done == 0 {
                return Ok(looked.next);
            }
            if looked.done < Self::AT_ONCE {
                return Ok(Some(now));
            }
        }
    }
}
