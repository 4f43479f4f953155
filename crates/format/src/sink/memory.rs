//! A file in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::Sink;
use crate::error::{Error, Result};
use crate::limits;
use crate::sync::lock;

/// A place in memory for a file that is being written: empty until the writer has finished, then the whole file.
///
/// Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    file: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Memory {
    /// A place without a file.
    pub fn new() -> Self {
        Memory::default()
    }

    /// Takes the file out, if there is one.
    pub fn take(&self) -> Option<Vec<u8>> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        lock(&self.file)
    }
}

/// The bytes of a file that will be put into a [`Memory`].
#[derive(Debug)]
pub(crate) struct InMemory {
    bytes: Arc<RwLock<Vec<u8>>>,
    place: Memory,
}

impl InMemory {
    pub fn new(place: &Memory) -> Self {
        InMemory { bytes: Arc::default(), place: place.clone() }
    }

    /// A file that was there before.
    #[cfg(test)]
    pub fn of_file(place: &Memory, bytes: Vec<u8>) -> Self {
        InMemory { bytes: Arc::new(RwLock::new(bytes)), place: place.clone() }
    }

    /// The bytes, also after the sink is gone.
    #[cfg(test)]
    pub fn bytes(&self) -> Arc<RwLock<Vec<u8>>> {
        self.bytes.clone()
    }
}

/// Makes a buffer longer, with zeros, if there is memory.
fn grow(bytes: &mut Vec<u8>, len: usize) -> Result<()> {
    let more = len.saturating_sub(bytes.len());
    bytes.try_reserve(more).map_err(|_| Error::limit(format!("no memory for a file of {len} bytes")))?;
    bytes.resize(len.max(bytes.len()), 0);
    Ok(())
}

/// Where the bytes lie.
fn range(offset: u64, len: usize) -> Result<std::ops::Range<usize>> {
    let start = limits::to_usize(offset)?;
    let end = start.checked_add(len).ok_or_else(|| Error::limit("a file beyond the address space"))?;
    Ok(start..end)
}

impl Sink for InMemory {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        let all = self.bytes.read().unwrap_or_else(PoisonError::into_inner);
        let from = all.get(range(offset, bytes.len())?);
        bytes.copy_from_slice(
            from.ok_or_else(|| Error::io("cannot read back", std::io::ErrorKind::UnexpectedEof.into()))?,
        );
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        let range = range(offset, bytes.len())?;
        let mut all = self.bytes.write().unwrap_or_else(PoisonError::into_inner);
        grow(&mut all, range.end)?;
        if let Some(target) = all.get_mut(range) {
            target.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        Ok(self.bytes.read().unwrap_or_else(PoisonError::into_inner).len() as u64)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        let len = limits::to_usize(len)?;
        let mut all = self.bytes.write().unwrap_or_else(PoisonError::into_inner);
        grow(&mut all, len)?;
        all.truncate(len);
        Ok(())
    }

    fn reserve(&self, len: u64) -> Result<()> {
        let mut all = self.bytes.write().unwrap_or_else(PoisonError::into_inner);
        let more = limits::to_usize(len)?.saturating_sub(all.len());
        all.try_reserve(more).map_err(|_| Error::limit(format!("no memory for a file of {len} bytes")))
    }

    fn barrier(&self) -> Result<()> {
        Ok(())
    }

    fn publish(self: Box<Self>) -> Result<()> {
        let mut bytes = self.bytes.write().unwrap_or_else(PoisonError::into_inner);
        *self.place.lock() = Some(std::mem::take(&mut bytes));
        Ok(())
    }
}
