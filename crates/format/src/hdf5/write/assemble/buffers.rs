//! Buffers of chunks that are used again.

use std::sync::Mutex;

use crate::error::Result;
use crate::limits;
use crate::sync::lock;

/// A few buffers are enough for all threads.
const KEPT: usize = 16;

/// Buffers that nobody needs at present, of so many bytes at most.
#[derive(Debug)]
pub(crate) struct Buffers {
    room: u64,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Buffers {
    /// None yet.
    pub fn with_room(room: u64) -> Self {
        Buffers { room, free: Mutex::default() }
    }

    /// An empty buffer.
    pub fn empty(&self) -> Vec<u8> {
        let mut buffer = lock(&self.free).pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// A buffer of `len` bytes that are anything.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when there is no memory for it.
    pub fn of_len(&self, len: usize) -> Result<Vec<u8>> {
        let mut buffer = lock(&self.free).pop().unwrap_or_default();
        let more = len.saturating_sub(buffer.len());
        limits::reserve(&mut buffer, more)?;
        buffer.resize(len, 0);
        Ok(buffer)
    }

    /// Takes a buffer back.
    pub fn keep(&self, buffer: Vec<u8>) {
        let mut free = lock(&self.free);
        let bytes = |held: u64, buffer: &Vec<u8>| held.saturating_add(buffer.capacity() as u64);
        let held = free.iter().fold(bytes(0, &buffer), bytes);
        if free.len() < KEPT && held <= self.room {
            free.push(buffer);
        }
    }
}
