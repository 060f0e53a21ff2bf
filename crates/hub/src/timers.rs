//! Due work. Each row is taken (deleted) and done in one transaction of its practice, in the
//! order of due times.

use crate::booking::manage_link;
use crate::client_snapshots::daily;
use crate::health::{self, Known};
use crate::planned::{self, Looked, Planned};
use crate::reminders::Ways;
use crate::{
    Hub, Result, Settings, Stopwatch, attachments, content, life, passed, raise, reminders,
    retention, stands, waitlist,
};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::ids::{BookingId, RequestId};
use slotbridge_store::due::{self, Due, DueKind, Until};
use slotbridge_store::{AT_ONCE, Tx, bookings, holds};
use std::sync::atomic::Ordering;
use tokio::sync::MutexGuard;

/// The right to run due work.
pub struct Timers<'h> {
    hub: &'h Hub,
    _turn: MutexGuard<'h, ()>,
}

impl Hub {
    /// Waits for the right to run due work; in one process only one has it.
    pub async fn timers(&self) -> Timers<'_> {
        Timers {
            hub: self,
            _turn: self.0.timers.lock().await,
        }
    }
}

impl Timers<'_> {
    /// Does all that is due now, and what that makes due. Answers when the next is due, if anything is
    /// planned.
    ///
    /// # Errors
    /// The store's; what was not done is still due.
    pub async fn run(&self) -> Result<Option<Timestamp>> {
        self.all().await?;
        self.caught_up();
        self.next().await
    }

    /// The same of one node of several: what others have planned is left to them for a second. Answers
    /// when to look again: at once if something was done, or else when its own next is due, if that is
    /// within a while.
    ///
    /// # Errors
    /// The store's; what was not done is still due.
    pub async fn run_own(&self, within: SignedDuration) -> Result<Option<Timestamp>> {
        let again = self.own(within).await?;
        self.caught_up();
        Ok(again)
    }

    fn caught_up(&self) {
        *self.hub.0.caught_up.lock() = Stopwatch::start();
        self.hub.0.has_caught_up.store(true, Ordering::Relaxed);
    }

    /// When the next work is due.
    ///
    /// # Errors
    /// The store's.
    pub async fn next(&self) -> Result<Option<Timestamp>> {
        self.hub.read_global(|tx| Ok(due::earliest(tx)?)).await
    }

    /// Does rows of many practices in one transaction, which ends nothing that is remembered. Those that are
    /// left are to be done one by one.
    async fn run_together(
        &self,
        mut rows: Vec<Due>,
        all: impl Fn(&mut Tx<'_>, &[Due]) -> Result<Vec<Due>> + Clone + Send + 'static,
    ) -> Result<Vec<Due>> {
        // Those of a practice are done in one turn of it.
        rows.sort_by_key(|row| row.practice_id);
        let mut left = Vec::new();
        for some in rows.chunks(AT_ONCE) {
            let (of, all) = (some.to_vec(), all.clone());
            match self.hub.keep_books(move |tx| all(tx, &of)).await {
                Ok(of_some) => left.extend(of_some),
                Err(error) if error.is_away() => return Err(error),
                // One of them may be to blame.
                Err(_) => left.extend_from_slice(some),
            }
        }
        Ok(left)
    }

    /// Starts them in order and lets them share durable commits.
    async fn run_all(&self, rows: Vec<Due>) -> Result<()> {
        let (stand, rows) = split(rows, DueKind::BookingStands);
        let (health, mut rows) = split(rows, DueKind::Health);
        rows.extend(self.run_together(stand, stands::all).await?);
        // Until all is done that fell due before the start.
        let after_start = !self.hub.0.has_caught_up.load(Ordering::Relaxed);
        let known = self.hub.known(after_start);
        let well = move |tx: &mut Tx<'_>, rows: &[Due]| health::all_is_well(tx, &known, rows);
        rows.extend(self.run_together(health, well).await?);
        let mut running = tokio::task::JoinSet::new();
        for row in rows {
            let hub = self.hub.clone();
            running.spawn(async move {
                if row.kind == DueKind::ObjectDropped {
                    return hub.remove_object(row).await;
                }
                // Never the hub itself: whoever drops the last one closes the store, which must not
                // happen on the store's own thread.
                let (settings, ways) = (hub.settings().clone(), Ways::of(&hub));
                let known = hub.known(after_start);
                hub.write(row.practice_id, move |tx| {
                    run_one(tx, &settings, ways, &known, &row)
                })
                .await
            });
        }
        planned::finish(running).await
    }
}

/// Those of a kind, and the others.
fn split(rows: Vec<Due>, kind: DueKind) -> (Vec<Due>, Vec<Due>) {
    rows.into_iter().partition(|row| row.kind == kind)
}

impl Planned for Timers<'_> {
    const AT_ONCE: usize = 256;

    fn hub(&self) -> &Hub {
        self.hub
    }

    async fn some(&self, until: Until) -> Result<Looked> {
        let read = move |tx: &mut Tx<'_>| Ok(due::next(tx, until, Self::AT_ONCE)?);
        let mut rows = self.hub.read_global(read).await?;
        let looked = Looked::at(&mut rows, self.hub.now(), |row| row.due_at);
        self.run_all(rows).await?;
        Ok(looked)
    }
}

/// Does one row's work, if nobody has done it.
fn run_one(
    tx: &mut Tx<'_>,
    settings: &Settings,
    ways: Ways,
    known: &Known,
    row: &Due,
) -> Result<()> {
    if !due::take(tx, row.kind, &row.target)? {
        return Ok(());
    }
    let number = || row.target.parse().ok();
    match row.kind {
        DueKind::BookingStands => {
            let Some(id) = number().and_then(BookingId::new) else {
                return Ok(());
            };
            if let Some(mut booking) = bookings::get(tx, id)? {
                life::stand(tx, &mut booking)?;
            }
        }
        DueKind::RequestDayEnds => {
            if let Some(id) = number().and_then(RequestId::new) {
                raise::resolve_day(tx, id, "closed")?;
            }
        }
        DueKind::HoldExpires => {
            holds::sweep(tx)?;
            waitlist::may_be_free(tx)?;
        }
        DueKind::Waitlist => waitlist::run(tx, settings)?,
        DueKind::Health => health::run(tx, known, row.due_at)?,
        DueKind::AppointmentsPassed => passed::run(tx, row.due_at)?,
        DueKind::ObjectUnused => content::unused(tx, &row.target)?,
        // Done beside the transaction.
        DueKind::ObjectDropped => {}
        DueKind::AttachExpires => {
            if let Some(id) = number().and_then(RequestId::new) {
                attachments::expire(tx, id)?;
            }
        }
        DueKind::ClientSnapshotDay => daily::begin(tx)?,
        DueKind::Reminders => {
            let public_url = settings.public_url.as_deref();
            reminders::remind(tx, ways, public_url, &row.target)?;
        }
        DueKind::LostLink => manage_link::run(tx, settings.public_url.as_deref(), &row.target)?,
        DueKind::Retention => retention::run(tx, &settings.keep)?,
    }
    Ok(())
}
