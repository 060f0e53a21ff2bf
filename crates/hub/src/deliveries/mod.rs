//! Delivering: each waiting delivery is attempted until it is answered or given up (SUB-3).
//!
//! What waits for one host of one consumer is a *lane*. Whoever looks for due work starts a task
//! for each lane that has some ([`lane`]); the task looks what is due ([`sight`]), has the lane under a lease
//! ([`book`]), makes some attempts at a time, and writes down what came of them. So a host that is slow or
//! dead delays its own lane and nothing else, and however much waits, only what is in the air is in
//! memory. The rows are the truth: a hub that dies leaves a lease that runs out, and another takes
//! the lane. Being woken after a commit only makes the first attempt come sooner.

mod attempt;
mod book;
mod exchange;
mod figures;
mod lane;
mod payload;
mod sight;

use crate::{Error, Hub, Result};
use figures::Figures;
use jiff::Timestamp;
use parking_lot::Mutex;
use prometheus_client::registry::Registry;
use slotbridge_store::Tx;
use slotbridge_store::lanes;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Notify, Semaphore};

/// How many attempts are made at once in all.
const AT_ONCE: usize = 512;

/// What is under way.
pub(crate) struct Deliveries {
    /// The lanes that have a task, and what tells it that there is more.
    lanes: Mutex<HashMap<String, Arc<Notify>>>,
    /// Told whenever a lane's task ends.
    landed: Notify,
    places: Semaphore,
    /// Why a lane's task last gave up.
    trouble: Mutex<Option<Error>>,
    /// Nothing more is begun.
    stopped: AtomicBool,
    /// Leases of the process before, on a store that is ours alone, have been ended.
    has_begun: AtomicBool,
    figures: Figures,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self {
            lanes: Mutex::default(),
            landed: Notify::new(),
            places: Semaphore::new(AT_ONCE),
            trouble: Mutex::default(),
            stopped: AtomicBool::new(false),
            has_begun: AtomicBool::new(false),
            figures: Figures::default(),
        }
    }
}

impl Deliveries {
    fn are_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Hub {
    /// Begins to deliver whatever is due. Answers when the next is, as far as it is not under way.
    ///
    /// # Errors
    /// The store's, also those on which what was begun before has given up.
    pub async fn start_deliveries(&self) -> Result<Option<Timestamp>> {
        let under_way = &self.0.deliveries;
        if let Some(trouble) = under_way.trouble.lock().take() {
            return Err(trouble);
        }
        // Who is called back could not fetch what it is told of.
        if self.maintenance().await.is_some() {
            return Ok(None);
        }
        if self.store().is_ours_alone() && !under_way.has_begun.load(Ordering::Relaxed) {
            self.keep_books(|tx| Ok(lanes::free_all(tx)?)).await?;
            under_way.has_begun.store(true, Ordering::Relaxed);
        }
        let (now, hub) = (self.now(), self.clone());
        let look = move |tx: &mut Tx<'_>| {
            let mut waiting = lanes::all(tx)?;
            for lane in waiting.iter_mut().filter(|lane| lane.due_at <= now) {
                // What somebody has who is gone is free when the lease has run out.
                if !hub.0.deliveries.lanes.lock().contains_key(&lane.name)
                    && let Some(held) = lanes::read(tx, &lane.name)?
                    && let Some(until) = held.leased_until
                {
                    lane.due_at = until.max(lane.due_at);
                }
            }
            Ok(waiting)
        };
        let waiting = self.read_global(look).await?;
        let mut next = None;
        for lane in waiting {
            if lane.due_at > now {
                next = Some(next.map_or(lane.due_at, |next: Timestamp| next.min(lane.due_at)));
                continue;
            }
            if under_way.are_stopped() {
                return Ok(None);
            }
            let mut lanes = under_way.lanes.lock();
            if let Some(more) = lanes.get(&lane.name) {
                more.notify_one();
            } else {
                let more = Arc::<Notify>::default();
                lanes.insert(lane.name.clone(), Arc::clone(&more));
                tokio::spawn(lane::run(self.clone(), lane.name, more));
            }
        }
        Ok(next)
    }

    /// Delivers whatever is due, and waits until all attempts are over. Answers when the next is
    /// due.
    ///
    /// # Errors
    /// The store's; what was not settled is tried again.
    pub async fn settle_deliveries(&self) -> Result<Option<Timestamp>> {
        let under_way = &self.0.deliveries;
        loop {
            let landed = under_way.landed.notified();
            let next = self.start_deliveries().await?;
            if under_way.lanes.lock().is_empty() {
                return Ok(next);
            }
            landed.await;
        }
    }

    /// Begins nothing more, and waits until all attempts are over.
    pub async fn stop_deliveries(&self) {
        let under_way = &self.0.deliveries;
        under_way.stopped.store(true, Ordering::Relaxed);
        loop {
            let landed = under_way.landed.notified();
            if under_way.lanes.lock().is_empty() {
                return;
            }
            landed.await;
        }
    }

    /// Puts the figures of deliveries into a registry, under their names.
    pub fn register_deliveries(&self, registry: &mut Registry) {
        self.0.deliveries.figures.register(registry);
    }
}
