//! What has been read and still holds.
//!
//! A value is remembered with the stamp that its practice had before it was read. It is given
//! again only while the practice has that stamp, so a write on this node ends it at once, and one
//! on another node within `slotbridge_store::STALENESS`.

use crate::Result;
use quick_cache::sync::Cache;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Stamp, Store};
use std::hash::Hash;

/// How many values are remembered of a kind: more than there are practices on a node.
const MOST: usize = 50_000;

/// Values by a key that names its practice.
pub(crate) struct Remembered<K, V>(Cache<K, (Stamp, V)>);

impl<K: Hash + Eq, V: Clone> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl<K: Hash + Eq, V: Clone> Remembered<K, V> {
    /// The value, as it was read before if it still holds, or else as `load` reads it. What cannot
    /// be read is not remembered.
    pub(crate) async fn get(
        &self,
        store: &Store,
        practice: PracticeId,
        key: K,
        load: impl Future<Output = Result<V>>,
    ) -> Result<V> {
        let Some(stamp) = store.stamp(practice) else {
            return load.await;
        };
        if let Some((then, value)) = self.0.get(&key)
            && then == stamp
        {
            return Ok(value);
        }
        let value = load.await?;
        self.0.insert(key, (stamp, value.clone()));
        Ok(value)
    }
}
