//! What has been read and still holds.
//!
//! A value is remembered with the stamp that its practice had before it was read. It is given
//! again only while the practice has that stamp, so a write on this node ends it at once, and one
//! on another node within `slotbridge_store::STALENESS`. What is read from a practice's configuration alone
//! has the stamp of that, which bookings and times leave as it is.

use crate::Result;
use quick_cache::sync::Cache;
use quick_cache::{UnitWeighter, Weighter};
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Stamp, Store};
use std::hash::Hash;

/// How many values are remembered of a kind: more than there are practices on a node.
const MOST: usize = 50_000;

/// What tells whether a value still holds: [`Store::stamp`] or [`Store::configuration_stamp`].
type StampOf = fn(&Store, PracticeId) -> Option<Stamp>;

/// Values by a key that names its practice.
pub(crate) struct Remembered<K, V, W = UnitWeighter> {
    values: Cache<K, (Stamp, V), W>,
    stamp_of: StampOf,
}

impl<K: Hash + Eq, V: Clone> Remembered<K, V> {
    /// As many as there are practices.
    pub(crate) fn by(stamp_of: StampOf) -> Self {
        let values = Cache::new(MOST);
        Self { values, stamp_of }
    }
}

/// What differs in size, and is remembered within a bound on memory.
pub(crate) trait Weighed {
    /// How many bytes it takes, about.
    fn bytes(&self) -> usize;
}

#[derive(Clone)]
pub(crate) struct ByWeight;

impl<K, V: Weighed> Weighter<K, (Stamp, V)> for ByWeight {
    fn weight(&self, _: &K, (_, value): &(Stamp, V)) -> u64 {
        u64::try_from(value.bytes()).unwrap_or(u64::MAX)
    }
}

impl<K: Hash + Eq, V: Clone + Weighed> Remembered<K, V, ByWeight> {
    /// As many as take so many bytes together, of which one may take `each`.
    pub(crate) fn within(bytes: usize, each: usize, stamp_of: StampOf) -> Self {
        let room = u64::try_from(bytes).unwrap_or(u64::MAX);
        let values = Cache::with_weighter(bytes / each.max(1), room, ByWeight);
        Self { values, stamp_of }
    }
}

impl<K: Hash + Eq, V: Clone, W: Weighter<K, (Stamp, V)> + Clone> Remembered<K, V, W> {
    /// The value, as it was read before if it still holds, or else as `load` reads it. What cannot
    /// be read is not remembered.
    pub(crate) async fn get(
        &self,
        store: &Store,
        practice: PracticeId,
        key: K,
        load: impl Future<Output = Result<V>>,
    ) -> Result<V> {
        self.get_if(store, practice, key, |_| true, load).await
    }

    /// The same, where time alone can end a value.
    pub(crate) async fn get_if(
        &self,
        store: &Store,
        practice: PracticeId,
        key: K,
        holds: impl FnOnce(&V) -> bool,
        load: impl Future<Output = Result<V>>,
    ) -> Result<V> {
        let stamp = self.stamp(store, practice);
        if let Some(value) = self.known(stamp, &key).filter(holds) {
            return Ok(value);
        }
        let value = load.await?;
        self.put(stamp, key, value.clone());
        Ok(value)
    }

    /// The stamp with which values are remembered now; without one, none is.
    pub(crate) fn stamp(&self, store: &Store, practice: PracticeId) -> Option<Stamp> {
        (self.stamp_of)(store, practice)
    }

    /// The value, if it was read with that stamp.
    pub(crate) fn known(&self, stamp: Option<Stamp>, key: &K) -> Option<V> {
        let (then, value) = self.values.get(key)?;
        (Some(then) == stamp).then_some(value)
    }

    /// Whether there is a value, old or not.
    pub(crate) fn has(&self, key: &K) -> bool {
        self.values.contains_key(key)
    }

    /// Remembers what was read beside something else, with the stamp from before that.
    pub(crate) fn put(&self, stamp: Option<Stamp>, key: K, value: V) {
        if let Some(stamp) = stamp {
            self.values.insert(key, (stamp, value));
        }
    }
}
