//! Output chunks that wait for their parts.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::plan::Plan;
use crate::copy::{self, Side};
use crate::error::Result;
use crate::grid::{for_each_part, Part};
use crate::hdf5::write::assemble::{encode, Buffers, ChunkStore, Dataset, EncodedChunk};
use crate::limits;
use crate::shape::Selection;
use crate::sync::lock;

/// The elements of a chunk; none before the first part.
type Elements = Arc<Mutex<Vec<u8>>>;

/// The chunks of a dataset that wait.
#[derive(Debug)]
pub(super) struct Open<'o> {
    target: &'o dyn ChunkStore,
    dataset: Dataset<'o>,
    /// Bytes that wait at most, by the plan.
    room: u64,
    chunks: Mutex<HashMap<Vec<u64>, Elements>>,
    bytes: AtomicU64,
    buffers: Buffers,
}

impl<'o> Open<'o> {
    /// None yet; the plan says how many there will be.
    pub fn new(target: &'o dyn ChunkStore, dataset: Dataset<'o>, plan: &Plan) -> Self {
        let (room, bytes) = (plan.open, dataset.chunk_bytes().unwrap_or(u64::MAX));
        // All threads but one may have an encoded chunk that waits for its turn.
        let kept = room.saturating_sub(bytes.saturating_mul(plan.threads as u64 - 1));
        let (chunks, bytes) = (Mutex::default(), AtomicU64::new(0));
        Open { target, dataset, room, chunks, bytes, buffers: Buffers::with_room(kept) }
    }

    /// Whether more waits than there is in the plan.
    pub fn is_full(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.room
    }

    /// Copies the elements of a box into the chunks that they belong to.
    ///
    /// # Errors
    /// Those of the fill value; [`Kind::Limit`](crate::Kind::Limit) where there is no memory.
    pub fn put(&self, region: &Selection, elements: &[u8]) -> Result<()> {
        for_each_part(region, self.dataset.chunk, &mut |part| {
            let chunk = lock(&self.chunks).entry(part.scaled.clone()).or_default().clone();
            let mut held = lock(&chunk);
            if held.is_empty() {
                *held = self.begun(part)?;
            }
            let from = Side { shape: &region.count, start: &part.target, stride: &[] };
            let to = Side { shape: self.dataset.chunk, start: &part.inside, stride: &[] };
            copy::copy((elements, from), (&mut held, to), &part.count, self.dataset.size)
        })
    }

    /// A buffer for a chunk, with unwritten elements unless a part is all of it.
    fn begun(&self, part: &Part) -> Result<Vec<u8>> {
        let len = self.dataset.chunk_bytes()?;
        let mut held = self.buffers.of_len(limits::to_usize(len)?)?;
        if part.count != self.dataset.chunk {
            held.fill(0);
            self.target.fill(self.dataset.number, &mut held)?;
        }
        self.bytes.fetch_add(len, Ordering::Relaxed);
        Ok(held)
    }

    /// Whether a chunk got any part.
    pub fn has(&self, scaled: &[u64]) -> bool {
        lock(&self.chunks).contains_key(scaled)
    }

    /// The elements of a chunk to which nobody adds any more.
    pub fn take(&self, scaled: &[u64]) -> Vec<u8> {
        let chunk = lock(&self.chunks).remove(scaled);
        let held = chunk.map(|chunk| std::mem::take(&mut *lock(&chunk))).unwrap_or_default();
        self.bytes.fetch_sub(held.len() as u64, Ordering::Relaxed);
        held
    }

    /// A chunk as it is stored, made of its elements.
    ///
    /// # Errors
    /// Those of the filters.
    pub fn encode(&self, scaled: &[u64], mut bytes: Vec<u8>, spare: &mut Vec<u8>) -> Result<EncodedChunk> {
        let Dataset { number, chunk, lengths, .. } = self.dataset;
        let mask = encode(self.target, number, &mut bytes, spare)?;
        let axes = scaled.iter().zip(chunk).zip(lengths);
        let extent = axes.map(|((&at, &len), &all)| at.saturating_add(1).saturating_mul(len).min(all)).collect();
        Ok(EncodedChunk { scaled: scaled.to_vec(), extent, bytes, mask })
    }

    /// Takes back a buffer.
    pub fn keep(&self, buffer: Vec<u8>) {
        self.buffers.keep(buffer);
    }
}
