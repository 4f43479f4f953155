//! Parts of chunks to whole encoded chunks.
//!
//! A chunk that passes through filters is written as a whole. Parts of it wait here for each other; a complete one waits in
//! a queue, where other threads encode it. No lock but its own is held while a chunk is encoded, so that several threads
//! encode several chunks. What was accepted stays here until it is in the file: an error loses nothing.

mod buffers;
mod queue;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::copy::{self, Side};
use crate::error::Result;
use crate::grid::{for_each_part, Part};
use crate::limits;
use crate::shape::{self, Selection};
use crate::sync::lock;

pub(crate) use buffers::Buffers;
use queue::{Queue, Queued};
pub(crate) use store::{encode, ChangingStore, ChunkEncoder, ChunkStore, Dataset, EncodedChunk};

/// Bytes of chunks that may wait; beyond it the ones that waited longest are written as they are, and read back when
/// their other parts come.
const WAITING: u64 = 64 << 20;

/// Bytes of complete chunks that may be on their way to the file, where other threads encode them.
const QUEUED: u64 = 32 << 20;

/// A dataset and the position of one of its chunks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    dataset: usize,
    scaled: Vec<u64>,
}

/// A chunk that waits for more of its elements.
#[derive(Debug, Default)]
struct Open {
    /// All elements, decoded; empty before the first part.
    bytes: Vec<u8>,
    /// The elements still to come; too low where some came twice. A chunk that was read back is not counted.
    missing: Option<u64>,
    extent: Vec<u64>,
    /// It is in the queue of complete chunks, and stays there if it is changed.
    is_queued: bool,
    /// What the filters made of it, and which of them were skipped; until it is changed.
    encoded: Option<Result<(Vec<u8>, u32)>>,
    /// It was written and is no longer here: whoever waited for it looks again.
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Entry {
    /// When the last part came.
    used: AtomicU64,
    open: Mutex<Open>,
}

/// The chunks that wait, of all datasets of a file.
#[derive(Debug)]
pub(crate) struct Assembler {
    /// Bytes that may wait for parts.
    room: u64,
    waiting: Mutex<BTreeMap<Key, Arc<Entry>>>,
    /// Bytes of all chunks, those in the queue too.
    bytes: AtomicU64,
    clock: AtomicU64,
    queue: Queue,
    buffers: Arc<Buffers>,
}

impl Assembler {
    /// Complete chunks are encoded by threads of its own, and put into the file by whoever completes others.
    pub fn in_background() -> Self {
        Self::with_rooms(WAITING, QUEUED)
    }

    /// Lets so many bytes wait for parts, and one chunk in any case; so many of complete chunks, and two of those, but none at
    /// all where that is 0.
    fn with_rooms(room: u64, queued: u64) -> Self {
        let (bytes, clock) = (AtomicU64::new(0), AtomicU64::new(0));
        let buffers = Arc::new(Buffers::with_room(room));
        Assembler { room, waiting: Mutex::default(), bytes, clock, queue: Queue::with_room(queued), buffers }
    }

    /// Takes the elements of a box; chunks that are complete go to the file.
    ///
    /// # Errors
    /// Those of `store`. Nothing that was taken before is lost: it stays, and is tried again.
    pub fn write(
        &self,
        store: &dyn ChangingStore,
        dataset: Dataset,
        region: &Selection,
        elements: &[u8],
    ) -> Result<()> {
        for_each_part(region, dataset.chunk, &mut |part| {
            let from = Side { shape: &region.count, start: &part.target, stride: &[] };
            self.part(store, dataset, part, (elements, from))?;
            match self.open_bytes() > self.room.max(dataset.chunk_bytes()?) {
                true => self.write_oldest(store),
                false => Ok(()),
            }
        })
    }

    fn part(&self, store: &dyn ChangingStore, dataset: Dataset, part: &Part, from: (&[u8], Side)) -> Result<()> {
        let key = Key { dataset: dataset.number, scaled: part.scaled.clone() };
        loop {
            let entry = self.entry(&key);
            // Whoever panicked left a chunk with elements that were written only in part, as any failed write does.
            let mut open = lock(&entry.open);
            if open.is_closed {
                continue;
            }
            if open.bytes.is_empty() {
                if let Err(error) = self.begin(store, dataset, part, &mut open) {
                    self.close(&key, &mut open);
                    return Err(error);
                }
            }
            let to = Side { shape: dataset.chunk, start: &part.inside, stride: &[] };
            copy::copy(from, (&mut open.bytes, to), &part.count, dataset.size)?;
            for ((extent, &start), &count) in open.extent.iter_mut().zip(&part.start).zip(&part.count) {
                *extent = (*extent).max(start.saturating_add(count));
            }
            let count = shape::count(&part.count)?;
            open.missing =
                if part.count == dataset.chunk { Some(0) } else { open.missing.map(|n| n.saturating_sub(count)) };
            open.encoded = None;
            let is_complete = open.missing == Some(0);
            drop(open);
            return if is_complete { self.submit(store, key, entry) } else { Ok(()) };
        }
    }

    /// The chunk of this key, perhaps a new one.
    fn entry(&self, key: &Key) -> Arc<Entry> {
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut waiting = lock(&self.waiting);
        let entry = match waiting.get(key) {
            Some(entry) => entry.clone(),
            None => waiting.entry(key.clone()).or_default().clone(),
        };
        entry.used.store(now, Ordering::Relaxed);
        entry
    }

    /// Gives a chunk its bytes: what is in the file, or unwritten elements.
    fn begin(&self, store: &dyn ChangingStore, dataset: Dataset, part: &Part, open: &mut Open) -> Result<()> {
        open.extent = vec![0; dataset.chunk.len()];
        let len = dataset.chunk_bytes()?;
        let whole = part.count == dataset.chunk;
        match if whole { None } else { store.reload(dataset.number, &part.scaled)? } {
            Some(bytes) => open.bytes = bytes,
            None => {
                let mut bytes = self.buffers.of_len(limits::to_usize(len)?)?;
                if !whole {
                    bytes.fill(0);
                    store.fill(dataset.number, &mut bytes)?;
                }
                open.bytes = bytes;
                open.missing = Some(dataset.inside(&part.scaled)?);
            }
        }
        self.bytes.fetch_add(len, Ordering::Relaxed);
        Ok(())
    }

    /// Bytes of the chunks that wait for parts.
    fn open_bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed).saturating_sub(self.queue.bytes())
    }

    /// Adds a chunk to the queue, if it is not there yet, and puts into the file what the queue has no room for.
    fn submit(&self, store: &dyn ChunkStore, key: Key, entry: Arc<Entry>) -> Result<()> {
        let len = {
            let mut open = lock(&entry.open);
            if open.is_closed || open.bytes.is_empty() || std::mem::replace(&mut open.is_queued, true) {
                return Ok(());
            }
            open.bytes.len() as u64
        };
        let encoder = store.encoder(key.dataset);
        self.queue.push(Queued { key, entry, len }, encoder, &self.buffers);
        self.advance(store, self.queue.room_for(len))
    }

    /// Puts the first chunks of the queue into the file, until no more than so many bytes are on their way.
    fn advance(&self, store: &dyn ChunkStore, room: u64) -> Result<()> {
        while let Some(Queued { key, entry, .. }) = self.queue.pop(room) {
            self.write_open(store, &key, &entry)?;
        }
        Ok(())
    }

    /// Puts a chunk into the file, unless it is there already.
    fn write_open(&self, store: &dyn ChunkStore, key: &Key, entry: &Entry) -> Result<()> {
        let mut open = lock(&entry.open);
        if open.is_closed || open.bytes.is_empty() {
            return Ok(());
        }
        open.is_queued = false;
        self.put(store, key, &mut open)?;
        self.close(key, &mut open);
        Ok(())
    }

    /// Puts a chunk into the file, encoded here if nobody has done it.
    fn put(&self, store: &dyn ChunkStore, key: &Key, open: &mut Open) -> Result<()> {
        let encoded = match open.encoded.take() {
            Some(encoded) => encoded,
            None => queue::encode(open, store.encoder(key.dataset).as_deref(), &self.buffers),
        };
        let (bytes, mask) = encoded.map_err(|error| store.place(key.dataset, error))?;
        let chunk = EncodedChunk { scaled: key.scaled.clone(), extent: open.extent.clone(), bytes, mask };
        store.put(key.dataset, &chunk)?;
        self.buffers.keep(chunk.bytes);
        Ok(())
    }

    /// Forgets a chunk.
    fn close(&self, key: &Key, open: &mut Open) {
        open.is_closed = true;
        self.bytes.fetch_sub(open.bytes.len() as u64, Ordering::Relaxed);
        self.buffers.keep(std::mem::take(&mut open.bytes));
        lock(&self.waiting).remove(key);
    }

    /// Writes the chunks that waited longest, until half of the room is free.
    fn write_oldest(&self, store: &dyn ChunkStore) -> Result<()> {
        let mut oldest: Vec<(u64, Key, Arc<Entry>)> = lock(&self.waiting)
            .iter()
            .map(|(key, entry)| (entry.used.load(Ordering::Relaxed), key.clone(), entry.clone()))
            .collect();
        oldest.sort_unstable_by_key(|(used, ..)| *used);
        for (_, key, entry) in oldest {
            if self.open_bytes() <= self.room / 2 {
                break;
            }
            self.submit(store, key, entry)?;
        }
        Ok(())
    }

    /// Writes all chunks that still wait, as they are.
    ///
    /// # Errors
    /// Those of `store`.
    pub fn finish(&self, store: &dyn ChunkStore) -> Result<()> {
        self.flush(store, &|_| true)
    }

    /// Writes the chunks of some datasets that still wait, as they are, and all that are in the queue.
    ///
    /// # Errors
    /// Those of `store`.
    pub fn flush(&self, store: &dyn ChunkStore, of: &dyn Fn(usize) -> bool) -> Result<()> {
        let chosen = |(key, entry): (&Key, &Arc<Entry>)| of(key.dataset).then(|| (key.clone(), entry.clone()));
        let waiting: Vec<(Key, Arc<Entry>)> = lock(&self.waiting).iter().filter_map(chosen).collect();
        waiting.iter().try_for_each(|(key, entry)| self.submit(store, key.clone(), entry.clone()))?;
        self.advance(store, 0)?;
        // What another thread took out of the queue may still be on its way.
        waiting.iter().try_for_each(|(key, entry)| self.write_open(store, key, entry))
    }
}
