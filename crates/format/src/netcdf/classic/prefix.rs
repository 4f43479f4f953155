//! The start of a source as a stream, a window at a time: a header of unknown length is parsed without reading more
//! of the file than a little beyond it.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::Error;
use crate::limits;
use crate::source::Source;

/// Most headers fit the first window; large ones are not read in tiny pieces.
const FIRST: u64 = 16 << 10;
const LARGEST: u64 = 1 << 20;

/// A reader over a source that holds one window of it.
#[derive(Debug)]
pub(super) struct Prefix<'s> {
    source: &'s Source,
    window: Vec<u8>,
    start: u64,
    position: u64,
    failure: Option<Error>,
}

impl<'s> Prefix<'s> {
    pub fn new(source: &'s Source) -> Self {
        Prefix { source, window: Vec::new(), start: 0, position: 0, failure: None }
    }

    /// How far the reading came.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The error of the source, which [`io::Error`] cannot carry.
    pub fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// The bytes at the position that the window holds.
    fn held(&self) -> &[u8] {
        let skip = self.position.checked_sub(self.start).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.window.get(skip..)).unwrap_or_default()
    }

    /// Moves the window to the position; windows double.
    fn advance(&mut self) -> crate::Result<()> {
        let held = self.window.len() as u64;
        let rest = self.source.len().saturating_sub(self.position);
        let len = (held * 2).clamp(FIRST, LARGEST).min(rest);
        self.window = limits::buffer(len)?;
        self.start = self.position;
        self.source.read_into(self.start, &mut self.window)
    }
}

impl Read for Prefix<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.held().is_empty() && self.position < self.source.len() {
            if let Err(error) = self.advance() {
                self.failure = Some(error);
                return Err(io::ErrorKind::Other.into());
            }
        }
        let count = self.held().read(target)?;
        self.position = self.position.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for Prefix<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.source.len().checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        Ok(self.position)
    }
}
