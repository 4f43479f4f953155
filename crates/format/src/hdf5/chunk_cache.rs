//! Decoded chunks, kept for those who read a chunk in several parts.
//!
//! A chunk is kept when it is asked for in part again while all chunks that were decoded in between would fit the
//! cache. So a pass over many chunks (one node through all steps) keeps nothing and pays nothing, the first time and
//! every other time if they are more than the cache holds; reading a step piece by piece decodes it twice, not once for
//! every piece.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::sync::lock;

/// How many chunks are remembered as asked for in part at most.
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
    chunks: HashMap<u64, Cached>,
    /// The addresses of the chunks in the order in which they were used.
    by_use: BTreeMap<u64, u64>,
    bytes: u64,
    clock: u64,
    recent: Recent,
}

#[derive(Debug)]
struct Cached {
    bytes: Arc<Vec<u8>>,
    used: u64,
}

impl ChunkCache {
    pub fn new(budget: u64) -> Self {
        ChunkCache { budget, state: Mutex::default() }
    }

    /// The chunk at an address, if it is kept.
    pub fn get(&self, address: u64) -> Option<Arc<Vec<u8>>> {
        lock(&self.state).get(address)
    }

    /// Offers a chunk that was decoded for a part of it.
    pub fn offer(&self, address: u64, bytes: &[u8]) {
        let len = bytes.len() as u64;
        if len > self.budget || !lock(&self.state).recent.meet(address, len, self.budget) {
            return;
        }
        // The copy takes longer than all the rest: others do not wait for it.
        let bytes = Arc::new(bytes.to_vec());
        lock(&self.state).insert(address, bytes, self.budget);
    }
}

impl State {
    fn get(&mut self, address: u64) -> Option<Arc<Vec<u8>>> {
        let cached = self.chunks.get_mut(&address)?;
        self.clock += 1;
        self.by_use.remove(&cached.used);
        self.by_use.insert(self.clock, address);
        cached.used = self.clock;
        Some(Arc::clone(&cached.bytes))
    }

    fn insert(&mut self, address: u64, bytes: Arc<Vec<u8>>, budget: u64) {
        // Another thread may have been faster.
        self.remove(address);
        let len = bytes.len() as u64;
        while self.bytes.saturating_add(len) > budget {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            self.remove(oldest);
        }
        self.clock += 1;
        self.by_use.insert(self.clock, address);
        self.chunks.insert(address, Cached { bytes, used: self.clock });
        self.bytes += len;
    }

    fn remove(&mut self, address: u64) {
        if let Some(cached) = self.chunks.remove(&address) {
            self.by_use.remove(&cached.used);
            self.bytes = self.bytes.saturating_sub(cached.bytes.len() as u64);
        }
    }
}

/// The chunks that were decoded last, as many as the cache could hold.
#[derive(Debug, Default)]
struct Recent {
    /// With the number of bytes of each, the oldest first.
    chunks: VecDeque<(u64, u64)>,
    /// How often each is among them.
    times: HashMap<u64, u32>,
    bytes: u64,
}

impl Recent {
    /// Adds a chunk; returns whether it was among them.
    fn meet(&mut self, address: u64, len: u64, budget: u64) -> bool {
        let times = self.times.entry(address).or_default();
        let was_there = *times > 0;
        *times += 1;
        self.chunks.push_back((address, len));
        self.bytes = self.bytes.saturating_add(len);
        while self.bytes > budget || self.chunks.len() > REMEMBERED {
            let Some((oldest, len)) = self.chunks.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(len);
            if let Some(times) = self.times.get_mut(&oldest) {
                *times -= 1;
                if *times == 0 {
                    self.times.remove(&oldest);
                }
            }
        }
        was_there
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

    #[test]
    fn passes_over_more_than_the_cache_holds_keep_nothing_however_often() {
        let cache = ChunkCache::new(999 * 8);
        for _ in 0..4 {
            for address in 0..1000 {
                assert!(cache.get(address).is_none());
                cache.offer(address, &[0; 8]);
            }
        }
        assert_eq!(lock(&cache.state).bytes, 0);
    }

    #[test]
    fn passes_over_what_the_cache_holds_are_kept_from_the_second_on() {
        let cache = ChunkCache::new(1000 * 8);
        for pass in 0..4 {
            for address in 0..1000 {
                assert_eq!(cache.get(address).is_some(), pass > 1);
                if pass < 2 {
                    cache.offer(address, &[0; 8]);
                }
            }
        }
    }

    #[test]
    fn a_chunk_that_is_used_all_the_time_survives_a_pass_over_all_others() {
        let cache = ChunkCache::new(10 * 8);
        for other in 1..1000 {
            if cache.get(0).is_none() {
                assert!(other <= 2);
                cache.offer(0, &[0; 8]);
            }
            cache.offer(other, &[0; 8]);
        }
        let state = lock(&cache.state);
        assert!(state.bytes <= 80 && state.by_use.len() == state.chunks.len());
    }
}
