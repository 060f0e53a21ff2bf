//! Which patients bear a key.

use crate::keys::Key;

/// Where a patient lies among all.
pub(crate) type Place = u32;

/// In place of a patient who was removed: no practice has so many that it is one's place.
const NOBODY: Place = Place::MAX;

/// So many postings are looked through one by one before they are sorted.
const FRESH: usize = 256;

/// Pairs of a key and a place, each in one word: half of the key, which is a hash, before the place.
///
/// They lie in sorted runs, each more than twice as long as the next, as the digits of a binary
/// number that counts them. So filling it is a few sorts of long vectors: a hash table of as many
/// keys is slower to fill, since each key is a walk to memory that no cache holds.
#[derive(Clone, Default)]
pub(crate) struct Postings {
    runs: Vec<Vec<u64>>,
    fresh: Vec<u64>,
}

const fn posting(key: Key, place: Place) -> u64 {
    (key << 32) | place as u64
}

fn place(posting: u64) -> Place {
    Place::try_from(posting & u64::from(Place::MAX)).unwrap_or(NOBODY)
}

/// Where the postings of `key` begin in a run.
fn start(run: &[u64], key: Key) -> usize {
    run.partition_point(|other| *other < posting(key, 0))
}

impl Postings {
    pub(crate) fn add(&mut self, key: Key, place: Place) {
        self.fresh.push(posting(key, place));
        if self.fresh.len() < FRESH {
            return;
        }
        let mut run = std::mem::take(&mut self.fresh);
        run.sort_unstable();
        while let Some(mut longer) = self.runs.pop_if(|last| last.len() <= 2 * run.len()) {
            longer.append(&mut run);
            longer.retain(|posting| place_is_taken(*posting));
            // The stable sort sees that these are two sorted runs, and merges them.
            longer.sort();
            run = longer;
        }
        self.runs.push(run);
    }

    /// Removes one pair, in place: to close the gap would move all that lie behind.
    pub(crate) fn remove(&mut self, key: Key, place: Place) {
        let wanted = posting(key, place);
        if let Some(at) = self.fresh.iter().position(|posting| *posting == wanted) {
            self.fresh.swap_remove(at);
            return;
        }
        for run in &mut self.runs {
            let start = start(run, key);
            let of_key = run.iter_mut().skip(start);
            let mut of_key = of_key.take_while(|other| **other >> 32 == wanted >> 32);
            if let Some(found) = of_key.find(|other| **other == wanted) {
                *found = posting(key, NOBODY);
                return;
            }
        }
    }

    /// The places of all patients with this key, in no order.
    pub(crate) fn places(&self, key: Key) -> impl Iterator<Item = Place> {
        let sorted = self.runs.iter().flat_map(move |run| {
            let of_key = run.iter().skip(start(run, key));
            of_key.take_while(move |other| **other >> 32 == posting(key, 0) >> 32)
        });
        let fresh = self.fresh.iter();
        let fresh = fresh.filter(move |other| **other >> 32 == posting(key, 0) >> 32);
        let taken = |posting: &u64| place_is_taken(*posting);
        sorted.chain(fresh).copied().filter(taken).map(place)
    }
}

fn place_is_taken(posting: u64) -> bool {
    place(posting) != NOBODY
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn sorted(places: impl Iterator<Item = Place>) -> Vec<Place> {
        let mut places: Vec<Place> = places.collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn removed_postings_leave_the_memory_as_others_come() {
        let mut postings = Postings::default();
        for _ in 0..20 {
            (0..1_000).for_each(|place| postings.add(7, place));
            (0..1_000).for_each(|place| postings.remove(7, place));
        }
        assert_eq!(postings.places(7).count(), 0);
        let held: usize = postings.runs.iter().map(Vec::len).sum();
        assert!(held < 2_000, "{held}");
    }

    proptest! {
        #[test]
        fn it_holds_what_was_added_and_not_removed(
            changes in prop::collection::vec((any::<bool>(), 0_u64..4, 0_u32..400), 0..3_000),
        ) {
            let mut postings = Postings::default();
            let mut expected: HashSet<(Key, Place)> = HashSet::new();
            for (adds, key, place) in changes {
                if adds && expected.insert((key, place)) {
                    postings.add(key, place);
                } else if !adds && expected.remove(&(key, place)) {
                    postings.remove(key, place);
                }
            }
            for key in 0..4 {
                let held = expected.iter().filter(|(other, _)| *other == key);
                prop_assert_eq!(sorted(postings.places(key)), sorted(held.map(|(_, place)| *place)));
            }
        }
    }
}
