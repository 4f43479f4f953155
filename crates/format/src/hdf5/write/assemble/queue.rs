//! Complete chunks on their way to the file: encoded by whoever is free, put in the order in which they were completed.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};

use super::buffers::Buffers;
use super::store::ChunkEncoder;
use super::{Entry, Key, Open};
use crate::sync::{available_threads, into_inner, lock};

/// Threads are not started for fewer bytes: whoever puts the chunks encodes them.
const STARTS: u64 = 1 << 20;

/// A chunk whose turn comes when those before it are in the file.
#[derive(Debug)]
pub(super) struct Queued {
    pub key: Key,
    pub entry: Arc<Entry>,
    pub len: u64,
}

/// The chunks that are complete and not yet in the file. How many there are at a time depends on their sizes alone, so that
/// the same calls make the same file on any machine.
#[derive(Debug)]
pub(super) struct Queue {
    /// Bytes that may be on their way; 0 if every chunk is put at once.
    room: u64,
    order: Mutex<VecDeque<Queued>>,
    bytes: AtomicU64,
    workers: OnceLock<Option<Workers>>,
}

impl Queue {
    pub fn with_room(room: u64) -> Self {
        Queue { room, order: Mutex::default(), bytes: AtomicU64::new(0), workers: OnceLock::new() }
    }

    /// Decoded bytes of the chunks that are on their way.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The bytes that may be on their way, where chunks are of this length: two chunks in any case.
    pub fn room_for(&self, len: u64) -> u64 {
        if self.room == 0 {
            0
        } else {
            self.room.max(len.saturating_mul(2))
        }
    }

    /// Adds a chunk behind all others, for any thread to encode.
    pub fn push(&self, chunk: Queued, encoder: Option<Arc<dyn ChunkEncoder>>, buffers: &Arc<Buffers>) {
        let entry = chunk.entry.clone();
        self.bytes.fetch_add(chunk.len, Ordering::Relaxed);
        lock(&self.order).push_back(chunk);
        if self.room == 0 || (self.workers.get().is_none() && self.bytes() < STARTS) {
            return;
        }
        let workers = self.workers.get_or_init(|| Workers::start(buffers));
        if let (Some(encoder), Some(workers)) = (encoder, workers) {
            workers.hand(Job { entry, encoder });
        }
    }

    /// Whether threads were started.
    #[cfg(test)]
    pub fn has_started(&self) -> bool {
        self.workers.get().is_some()
    }

    /// Takes the first chunk if more bytes than `room` are on their way.
    pub fn pop(&self, room: u64) -> Option<Queued> {
        let mut order = lock(&self.order);
        let first = if self.bytes() > room { order.pop_front() } else { None }?;
        self.bytes.fetch_sub(first.len, Ordering::Relaxed);
        Some(first)
    }
}

/// A chunk to encode.
#[derive(Debug)]
struct Job {
    entry: Arc<Entry>,
    encoder: Arc<dyn ChunkEncoder>,
}

/// Threads that encode, until the queue goes.
#[derive(Debug)]
struct Workers {
    jobs: Option<Mutex<Sender<Job>>>,
    threads: Vec<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Workers {
    /// As many as run at a time; none where there is but one, or where the system has no threads.
    fn start(buffers: &Arc<Buffers>) -> Option<Self> {
        let count = available_threads();
        let (sender, receiver) = mpsc::channel();
        let (jobs, stop) = (Arc::new(Mutex::new(receiver)), Arc::new(AtomicBool::new(false)));
        let start = |_| {
            let (jobs, buffers, stop) = (jobs.clone(), buffers.clone(), stop.clone());
            thread::Builder::new().name("encode".into()).spawn(move || work(&jobs, &buffers, &stop)).ok()
        };
        let threads: Vec<_> = if count > 1 { (0..count).map_while(start).collect() } else { Vec::new() };
        (!threads.is_empty()).then_some(Workers { jobs: Some(Mutex::new(sender)), threads, stop })
    }

    /// Nobody misses a job that nobody takes: whoever puts the chunk encodes it then.
    fn hand(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            drop(lock(jobs).send(job));
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.jobs.take().map(into_inner));
        // One that panicked has left its chunk to others.
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// Encodes chunk after chunk. The lock of a chunk is held meanwhile: whoever needs the chunk waits for it.
fn work(jobs: &Mutex<Receiver<Job>>, buffers: &Buffers, stop: &AtomicBool) {
    loop {
        let next = lock(jobs).recv();
        let Some(Job { entry, encoder }) = next.ok().filter(|_| !stop.load(Ordering::Relaxed)) else { break };
        // A chunk that somebody holds is being changed, or put.
        let Ok(mut open) = entry.open.try_lock() else { continue };
        if open.is_queued && !open.is_closed && open.encoded.is_none() {
            open.encoded = Some(encode(&open, Some(encoder.as_ref()), buffers));
        }
    }
}

/// Encodes a copy, so that nothing is lost by an error.
pub(super) fn encode(
    open: &Open,
    encoder: Option<&dyn ChunkEncoder>,
    buffers: &Buffers,
) -> crate::error::Result<(Vec<u8>, u32)> {
    let (mut bytes, mut spare) = (buffers.empty(), buffers.empty());
    bytes.extend_from_slice(&open.bytes);
    let mask = encoder.map_or(Ok(0), |encoder| encoder.encode(&mut bytes, &mut spare))?;
    buffers.keep(spare);
    Ok((bytes, mask))
}
