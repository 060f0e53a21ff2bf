//! Batches of snapshots that said nothing new.
//!
//! An integration that sends its whole book again, to be safe, sends the same bytes as before. The
//! answer to a batch that wrote nothing is remembered by the digest of what was sent, and given
//! again while nobody has written for the practice since. That decides that a snapshot is not
//! stored, so it is done only where the hub knows for certain that nobody has
//! ([`slotbridge_store::Store::exact_stamp`]): on the embedded store.

use crate::Hub;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::Stamp;
use std::sync::Arc;

/// How many bytes of answers are remembered.
const BYTES: u64 = 16 * 1024 * 1024;
/// The answer that is expected, in bytes: a hundred names.
const ANSWER: u64 = 1024;

type Key = (PracticeId, [u8; 32]);
type Answer = (Stamp, Arc<[u8]>);

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Answer> for Weight {
    fn weight(&self, _: &Key, (_, answer): &Answer) -> u64 {
        u64::try_from(answer.len() + size_of::<Key>() + size_of::<Answer>()).unwrap_or(u64::MAX)
    }
}

/// The answers to batches that said nothing new.
pub(crate) struct Unchanged(Cache<Key, Answer, Weight>);

impl Default for Unchanged {
    fn default() -> Self {
        let expected = usize::try_from(BYTES / ANSWER).unwrap_or_default();
        Self(Cache::with_weighter(expected, BYTES, Weight))
    }
}

impl Hub {
    /// The answer to a batch, by the digest of all that it was read from, if it would say nothing
    /// new to the practice as it is now.
    #[must_use]
    pub fn unchanged(&self, practice: PracticeId, digest: [u8; 32]) -> Option<Arc<[u8]>> {
        let stamp = self.store().exact_stamp(practice)?;
        let (then, answer) = self.0.unchanged.0.get(&(practice, digest))?;
        (then == stamp).then_some(answer)
    }

    /// Remembers the answer to a batch that wrote nothing, with the stamp of the practice under
    /// which that was found.
    pub fn remember_unchanged(
        &self,
        practice: PracticeId,
        digest: [u8; 32],
        stamp: Stamp,
        answer: &[u8],
    ) {
        let key = (practice, digest);
        self.0.unchanged.0.insert(key, (stamp, answer.into()));
    }
}
