//! Decoded chunks, kept for those who read a chunk in several parts.
//!
//! A chunk is kept when it is asked for in part a second time: a single pass over many chunks (one node through all
//! steps) keeps nothing and pays nothing, reading a step piece by piece decodes it twice, not once for every piece.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How many chunks are remembered as asked for in part; then all are forgotten.
const REMEMBERED: usize = 1 << 16;

/// The decoded chunks of a file, by address.
#[derive(Debug)]
pub(crate) struct ChunkCache {
    /// How many bytes are kept at most.
    budget: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    kept: HashMap<u64, Kept>,
    bytes: u64,
    clock: u64,
    asked: HashSet<u64>,
}

#[derive(Debug)]
struct Kept {
    bytes: Arc<Vec<u8>>,
    used: u64,
}

impl ChunkCache {
    pub fn new(budget: u64) -> Self {
        ChunkCache { budget, state: Mutex::default() }
    }

    /// The chunk at an address, if it is kept.
    pub fn get(&self, address: u64) -> Option<Arc<Vec<u8>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let clock = state.clock;
        let kept = state.kept.get_mut(&address)?;
        kept.used = clock;
        Some(Arc::clone(&kept.bytes))
    }

    /// Offers a chunk that was decoded for a part of it; it is taken the second time.
    pub fn offer(&self, address: u64, bytes: &[u8]) {
        let len = bytes.len() as u64;
        if len > self.budget {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.asked.len() >= REMEMBERED {
            state.asked.clear();
        }
        // The first time it is only remembered.
        if state.asked.insert(address) {
            return;
        }
        state.make_room(self.budget - len);
        let used = state.clock;
        if state.kept.insert(address, Kept { bytes: Arc::new(bytes.to_vec()), used }).is_none() {
            state.bytes += len;
        }
    }
}

impl State {
    /// Drops what was not used for the longest time until no more than `bytes` are kept.
    fn make_room(&mut self, bytes: u64) {
        while self.bytes > bytes {
            let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(&address, _)| address) else {
                return;
            };
            let dropped = self.kept.remove(&oldest).map_or(0, |kept| kept.bytes.len() as u64);
            self.bytes = self.bytes.saturating_sub(dropped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_kept_when_it_is_asked_for_again() {
        let cache = ChunkCache::new(100);
        cache.offer(1, &[1; 40]);
        assert!(cache.get(1).is_none());
        cache.offer(1, &[1; 40]);
        assert_eq!(cache.get(1).unwrap().as_slice(), [1; 40]);
    }

    #[test]
    fn what_was_used_last_stays() {
        let cache = ChunkCache::new(100);
        for address in [1, 2, 1, 2] {
            cache.offer(address, &[7; 40]);
        }
        assert!(cache.get(2).is_some() && cache.get(1).is_some());
        (0..2).for_each(|_| cache.offer(3, &[7; 40]));
        assert_eq!([1, 2, 3].map(|address| cache.get(address).is_some()), [true, false, true]);
        (0..2).for_each(|_| cache.offer(4, &[7; 101]));
        assert!(cache.get(4).is_none(), "larger than the budget");
    }

    #[test]
    fn a_pass_over_many_chunks_keeps_none() {
        let cache = ChunkCache::new(1 << 20);
        (0..1000).for_each(|address| cache.offer(address, &[0; 8]));
        assert!((0..1000).all(|address| cache.get(address).is_none()));
    }
}
