//! How the hub is doing: what waits for whom, read for all practices at once.

use crate::{Hub, Result};
use jiff::Timestamp;
use slotbridge_domain::booking::Alert;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{alerts, consents, deliveries, due, health, requests};

/// How many there are, and since when the oldest is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: i64,
    /// How long the oldest has waited, in seconds; 0 if there is none.
    pub oldest_seconds: i64,
}

impl Waiting {
    fn new(count: i64, since: Option<Timestamp>, now: Timestamp) -> Self {
        let waited = since.map_or(0, |since| now.duration_since(since).as_secs());
        Self {
            count,
            oldest_seconds: waited.max(0),
        }
    }
}

/// What is read of the store.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What the PMSs are asked to do, by type; types without any are left out.
    pub outstanding: Vec<(RequestType, Waiting)>,
    /// Due work that is not done yet.
    pub overdue: Waiting,
    /// Callbacks that wait, those to be tried again later included, and how late the first is.
    pub deliveries: Waiting,
    /// What staff must look at, by kind; kinds without any are left out.
    pub alerts: Vec<(Alert, i64)>,
    /// How many practices have a live consent.
    pub live_consents: i64,
    /// How many integrations are unhealthy.
    pub unhealthy: i64,
}

impl Hub {
    /// Reads how it is doing. Takes time with the number of outstanding requests.
    ///
    /// # Errors
    /// The store's.
    pub async fn overview(&self) -> Result<Overview> {
        self.read_global(|tx| {
            let now = tx.now();
            let outstanding = requests::overview(tx)?.into_iter();
            let outstanding = outstanding
                .map(|(kind, count, since)| (kind, Waiting::new(count, Some(since), now)))
                .collect();
            let (count, since) = due::overdue(tx, now)?;
            let (waiting, first) = deliveries::overview(tx)?;
            Ok(Overview {
                outstanding,
                overdue: Waiting::new(count, since, now),
                deliveries: Waiting::new(waiting, first, now),
                alerts: alerts::overview(tx)?,
                live_consents: consents::count_live(tx)?,
                unhealthy: health::count_unhealthy(tx)?,
            })
        })
        .await
    }

    /// How it is doing, as of a few seconds ago at most; `None` if the store does not say, or not in
    /// time. For figures: it is read at most every five seconds, and never on a thread that serves
    /// calls.
    pub async fn recent_overview(&self) -> Option<Overview> {
        let hub = self.clone();
        let read = || async move {
            let overview = hub.overview().await;
            let overview = overview.inspect_err(|error| tracing::warn!(%error, "no overview"));
            overview.ok()
        };
        self.0.overview.get(read).await
    }
}
