//! A file: what the cache shows, what the disk has, and what lies between.

use crate::rng::Rng;

/// What a disk writes as one.
const SECTOR: usize = 512;

/// What of the unsynced survives a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survival {
    /// Nothing: the cache is lost.
    Nothing,
    /// Everything: the cache was written just in time.
    Everything,
    /// Any of the operations, whatever their order.
    Some,
    /// Any of the sectors of any of the operations.
    Torn,
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Size(usize),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Inode {
    pub(crate) live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

impl Inode {
    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.live, at, bytes);
        self.pending.push(Change::Write {
            at,
            bytes: bytes.to_vec(),
        });
    }

    pub(crate) fn truncate(&mut self, size: usize) {
        self.live.resize(size, 0);
        self.pending.push(Change::Size(size));
    }

    /// Makes durable what was changed since the last sync.
    pub(crate) fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            apply(&mut self.durable, &change);
        }
    }

    /// The cache goes on to show what will never be written.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }

    /// The file after a power cut.
    pub(crate) fn lose_power(&mut self, survival: Survival, rng: &mut Rng) {
        for change in std::mem::take(&mut self.pending) {
            match survival {
                Survival::Nothing => {}
                Survival::Everything => apply(&mut self.durable, &change),
                Survival::Some => {
                    if rng.coin() {
                        apply(&mut self.durable, &change);
                    }
                }
                Survival::Torn => tear(&mut self.durable, &change, rng),
            }
        }
        self.live.clone_from(&self.durable);
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    if let Some(place) = content.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes } => put(content, *at, bytes),
        Change::Size(size) => content.resize(*size, 0),
    }
}

/// Applies those sectors of a change that chance picks. A sector is never half written, and bytes
/// that the write did not touch stay as they are.
fn tear(content: &mut Vec<u8>, change: &Change, rng: &mut Rng) {
    let Change::Write { at, bytes } = change else {
        if rng.coin() {
            apply(content, change);
        }
        return;
    };
    let (mut at, mut rest) = (*at, bytes.as_slice());
    while !rest.is_empty() {
        let (sector, after) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
        if rng.coin() {
            put(content, at, sector);
        }
        at += sector.len();
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(survival: Survival, seed: u64) -> Vec<u8> {
        let mut file = Inode::default();
        file.write(0, &[1; 1500]);
        file.sync();
        file.write(100, &[2; 1000]);
        file.lose_power(survival, &mut Rng::new(seed));
        assert_eq!(file.live, file.durable);
        file.live
    }

    #[test]
    fn what_was_synced_survives_and_the_rest_as_it_may() {
        assert_eq!(written(Survival::Nothing, 1), [1; 1500]);
        let all = [vec![1; 100], vec![2; 1000], vec![1; 400]].concat();
        assert_eq!(written(Survival::Everything, 1), all);
        let some: Vec<_> = (0..20).map(|seed| written(Survival::Some, seed)).collect();
        assert!(some.contains(&all) && some.contains(&vec![1; 1500]));
    }

    #[test]
    fn a_torn_write_is_torn_at_sectors_alone() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let file = written(Survival::Torn, seed);
            for part in [0..100, 100..512, 512..1024, 1024..1100, 1100..1500] {
                assert!(
                    file[part.clone()]
                        .iter()
                        .all(|byte| *byte == file[part.start])
                );
            }
            seen.insert((file[100], file[512], file[1024]));
        }
        assert_eq!(seen.len(), 8, "every combination is met");
    }

    #[test]
    fn what_a_failed_sync_dropped_is_not_made_durable_by_the_next() {
        let mut file = Inode::default();
        file.write(0, b"one");
        file.forget();
        file.write(3, b"two");
        file.sync();
        assert_eq!(file.live, b"onetwo");
        file.lose_power(Survival::Everything, &mut Rng::new(1));
        assert_eq!(file.live, b"\0\0\0two");
    }
}
