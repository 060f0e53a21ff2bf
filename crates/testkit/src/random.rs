//! Randomness that is the same in every run.

use slotbridge_domain::clock::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that follow from a seed and never repeat: every call gives others.
#[derive(Debug)]
pub struct TestRandom(AtomicU64);

impl TestRandom {
    /// The bytes of a seed, from their beginning.
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed)))
    }

    /// SplitMix64: every state is met once, and each gives another word.
    fn word(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::SeqCst);
        let word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            for (byte, random) in chunk.iter_mut().zip(self.word().to_le_bytes()) {
                *byte = random;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn draw(random: &TestRandom) -> [u8; 12] {
        let mut bytes = [0; 12];
        random.fill(&mut bytes);
        bytes
    }

    #[test]
    fn a_seed_gives_the_same_bytes_and_no_two_calls_do() {
        let (one, same, other) = (TestRandom::new(7), TestRandom::new(7), TestRandom::new(8));
        let drawn: Vec<[u8; 12]> = (0..1000).map(|_| draw(&one)).collect();
        assert!(drawn.iter().all(|bytes| *bytes == draw(&same)));
        assert!(drawn.iter().all(|bytes| *bytes != draw(&other)));
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
    }

    #[test]
    fn threads_never_draw_the_same() {
        let random = TestRandom::new(1);
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let random = Arc::clone(&random);
                std::thread::spawn(move || (0..500).map(|_| draw(&random)).collect::<Vec<_>>())
            })
            .collect();
        let drawn: HashSet<_> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(drawn.len(), 8 * 500);
    }
}
