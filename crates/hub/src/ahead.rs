//! Reading ahead: what other nodes have changed is read again before anybody asks, of many practices
//! together, which costs less than one by one.

use crate::picture::Times;
use crate::{Hub, Result};
use jiff::civil::Date;
use parking_lot::Mutex;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{AT_ONCE, Tx, requests};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The first and the last day of a search.
type Days = (Date, Date);

/// What was last searched for at each practice since that was read ahead. So no more is read ahead than
/// is looked at.
#[derive(Default)]
pub(crate) struct Searched(Mutex<HashMap<PracticeId, Days>>);

impl Searched {
    pub(crate) fn note(&self, practice: PracticeId, days: Days) {
        self.0.lock().insert(practice, days);
    }

    /// Of these practices, those at which something was searched for, by what that was.
    fn take(&self, practices: &[PracticeId]) -> BTreeMap<Days, Vec<PracticeId>> {
        let mut searched = self.0.lock();
        let mut by_days = BTreeMap::<_, Vec<_>>::new();
        for practice in practices {
            if let Some(days) = searched.remove(practice) {
                by_days.entry(days).or_default().push(*practice);
            }
        }
        by_days
    }
}

impl Hub {
    /// Waits until other nodes have written for practices, and reads what this node is asked for there:
    /// what is outstanding, and what can be booked on the days that were searched last.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_ahead(&self) -> Result<()> {
        let mut practices = self.store().news().await;
        practices.sort_unstable();
        practices.dedup();
        self.read_outstanding_ahead(&practices).await?;
        // Searches that a replica answers are no load to be spared.
        if self.store().has_replica() {
            return Ok(());
        }
        for (days, practices) in self.0.searched.take(&practices) {
            for practices in practices.chunks(AT_ONCE) {
                self.read_times_ahead(practices, days).await?;
            }
        }
        Ok(())
    }

    async fn read_outstanding_ahead(&self, practices: &[PracticeId]) -> Result<()> {
        let known = &self.0.outstanding;
        let asked_for = practices.iter().filter(|practice| known.has(practice));
        let asked_for: Vec<PracticeId> = asked_for.copied().collect();
        for practices in asked_for.chunks(AT_ONCE) {
            let with_stamp = |id: &PracticeId| (*id, known.stamp(self.store(), *id));
            let stamps: Vec<_> = practices.iter().map(with_stamp).collect();
            let of = practices.to_vec();
            let read = move |tx: &mut Tx<'_>| Ok(requests::outstanding_types_of_each(tx, &of)?);
            let mut all = self.read_global(read).await?;
            for (practice, stamp) in stamps {
                let types = all.remove(&practice).unwrap_or_default();
                known.put(stamp, practice, types.into());
            }
        }
        Ok(())
    }

    /// Where the terms are not known, the next search reads both.
    async fn read_times_ahead(&self, practices: &[PracticeId], days: Days) -> Result<()> {
        let (mut stamps, mut zones) = (Vec::new(), BTreeMap::new());
        for practice in practices {
            let both = self.store().both_stamps(*practice);
            let terms = self
                .0
                .terms
                .known(both.map(|both| both.configured), practice);
            if let Some(terms) = terms {
                stamps.push((*practice, both.map(|both| both.written)));
                zones.insert(*practice, terms.zone().clone());
            }
        }
        let read = move |tx: &mut Tx<'_>| Times::of_each(tx, &zones, days);
        let mut all = self.read_global(read).await?;
        for (practice, stamp) in stamps {
            if let Some(times) = all.remove(&practice) {
                self.0.times.put(stamp, (practice, days), Arc::new(times));
            }
        }
        Ok(())
    }
}
