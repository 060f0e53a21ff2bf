//! What changed when.

use std::collections::BTreeMap;

/// Things by key, each with the count of the look at which it last changed. What is gone stays, as
/// something that changed.
///
/// A mark is a count. Counting goes on from the mark of the first question: so all that this process
/// finds at first is later than any mark that a process before it gave.
pub(crate) struct Journal<K, V> {
    count: u64,
    is_begun: bool,
    entries: BTreeMap<K, (u64, Option<V>)>,
}

impl<K, V> Default for Journal<K, V> {
    fn default() -> Self {
        Self {
            count: 0,
            is_begun: false,
            entries: BTreeMap::new(),
        }
    }
}

impl<K: Ord, V: PartialEq> Journal<K, V> {
    /// From which count on a question with this mark is to be answered. Ask before the first look.
    pub(crate) fn since(&mut self, mark: Option<u64>) -> u64 {
        if !self.is_begun {
            self.count = mark.unwrap_or_default();
            self.is_begun = true;
        }
        // A mark that was never given says nothing: since ever.
        mark.filter(|mark| *mark <= self.count).unwrap_or_default()
    }

    /// What is there now.
    pub(crate) fn look(&mut self, there: BTreeMap<K, V>) {
        let next = self.count.saturating_add(1);
        for (key, (count, known)) in &mut self.entries {
            if known.is_some() && !there.contains_key(key) {
                (*count, *known) = (next, None);
                self.count = next;
            }
        }
        for (key, value) in there {
            let known = self.entries.get(&key);
            let known = known.and_then(|(_, known)| known.as_ref());
            if known != Some(&value) {
                self.entries.insert(key, (next, Some(value)));
                self.count = next;
            }
        }
    }

    /// The mark of the present.
    pub(crate) const fn mark(&self) -> u64 {
        self.count
    }

    /// What changed after a count; without a value, it is gone.
    pub(crate) fn changed(&self, since: u64) -> impl Iterator<Item = (&K, Option<&V>)> {
        let later = self.entries.iter();
        let later = later.filter(move |(_, (count, _))| *count > since);
        later.map(|(key, (_, value))| (key, value.as_ref()))
    }
}
