//! Buffers that decoding reuses, so that no chunk costs a fresh, zeroed allocation, whichever thread reads it.

use std::sync::Mutex;

use crate::sync::lock;

/// The most bytes that are kept in all.
const POOL_BYTES: usize = 64 << 20;

static POOL: Mutex<Vec<Scratch>> = Mutex::new(Vec::new());

/// The buffers of one reader.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// What a filter makes, and what it is made of.
    pub decoded: Vec<u8>,
    pub spare: Vec<u8>,
    /// What is in the file.
    pub stored: Vec<u8>,
}

impl Scratch {
    fn bytes(&self) -> usize {
        [&self.decoded, &self.spare, &self.stored].iter().fold(0, |sum, buffer| sum.saturating_add(buffer.capacity()))
    }
}

/// Works with buffers that nobody else has at the time.
pub(super) fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    let mut scratch = lock(&POOL).pop().unwrap_or_default();
    let done = work(&mut scratch);
    let mut pool = lock(&POOL);
    let kept = pool.iter().fold(scratch.bytes(), |sum, other| sum.saturating_add(other.bytes()));
    if kept <= POOL_BYTES {
        pool.push(scratch);
    }
    done
}
