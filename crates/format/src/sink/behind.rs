//! A file behind bytes that are none of its own.

use super::Sink;
use crate::error::{Error, Result};

/// A file that begins some bytes after the start of another sink: its offsets count from there.
#[derive(Debug)]
pub(crate) struct Behind {
    inner: Box<dyn Sink>,
    base: u64,
}

impl Behind {
    /// A file behind `base` bytes.
    pub fn new(inner: Box<dyn Sink>, base: u64) -> Self {
        Behind { inner, base }
    }

    /// Where an offset is in the other sink.
    fn at(&self, offset: u64) -> Result<u64> {
        offset.checked_add(self.base).ok_or_else(|| Error::limit("the file would exceed 2^64 bytes"))
    }
}

impl Sink for Behind {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.inner.read_at(self.at(offset)?, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.inner.write_at(self.at(offset)?, bytes)
    }

    fn len(&self) -> Result<u64> {
        Ok(self.inner.len()?.saturating_sub(self.base))
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.inner.set_len(self.at(len)?)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.inner.reserve(self.at(len)?)
    }

    fn barrier(&self) -> Result<()> {
        self.inner.barrier()
    }

    fn keep(&self, len: u64) {
        self.inner.keep(len.saturating_add(self.base));
    }

    fn publish(self: Box<Self>) -> Result<()> {
        self.inner.publish()
    }
}
