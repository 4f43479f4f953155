//! Bytes of a source that keep it open.

use std::ops::Deref;

use super::Source;
use crate::error::{Error, Result};

/// A range of a [`Source`] that can be borrowed, with a handle of the source: it outlives whatever it came through, and
/// goes to any thread.
///
/// Nothing is held but the place: every use borrows from the source again, and is checked again.
#[derive(Debug, Clone)]
pub struct Bytes {
    source: Source,
    offset: u64,
    len: u64,
}

impl Bytes {
    /// The range was borrowed before.
    pub(super) fn new(source: Source, offset: u64, len: u64) -> Self {
        Bytes { source, offset, len }
    }

    /// A range of a source, if it can be borrowed.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the range leaves the file.
    pub fn of(source: &Source, offset: u64, len: u64) -> Result<Option<Self>> {
        Ok(source.borrow(offset, len)?.and_then(|bytes| source.share(bytes)))
    }

    /// Where the bytes are in their source. A source of several files gives bytes of the one that has them.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What has the bytes.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// A part of the bytes.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a part that is not inside.
    pub fn part(&self, offset: u64, len: u64) -> Result<Self> {
        let end = offset.checked_add(len).filter(|&end| end <= self.len);
        end.ok_or_else(|| Error::usage(format!("{len} bytes at {offset} of {}", self.len)))?;
        Ok(Bytes { source: self.source.clone(), offset: self.offset.saturating_add(offset), len })
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // A source never loses what it could lend once.
        self.source.borrow(self.offset, self.len).ok().flatten().unwrap_or_default()
    }
}
