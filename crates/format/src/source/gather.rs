//! Many small runs, read in few pieces.

use super::Source;
use crate::error::Result;
use crate::limits;

/// Runs closer than this are read together: a call to the system costs about as much as copying a page.
const NEAR: u64 = 4 << 10;
/// What is read at once then.
const WINDOW: u64 = 64 << 10;

/// Copies runs out of a source, mostly forwards.
#[derive(Debug)]
pub(crate) struct Gather<'s> {
    source: &'s Source,
    window: Vec<u8>,
    start: u64,
    /// The end of the run before.
    last: Option<u64>,
    /// Nothing is wanted from here on.
    end: u64,
}

impl<'s> Gather<'s> {
    /// Runs that end at `end` or before.
    pub fn new(source: &'s Source, end: u64) -> Self {
        Gather { source, window: Vec::new(), start: 0, last: None, end: end.min(source.len()) }
    }

    /// Fills `target` from `offset`.
    ///
    /// # Errors
    /// As [`Source::read_into`].
    pub fn fill(&mut self, offset: u64, target: &mut [u8]) -> Result<()> {
        // What lies behind the end of the file, and is not wanted, is no error.
        if target.is_empty() {
            return Ok(());
        }
        let len = target.len() as u64;
        let end = offset.saturating_add(len);
        let near = self.last.replace(end).is_some_and(|last| last <= offset && offset - last < NEAR);
        if self.source.is_borrowable() || len >= NEAR || end > self.end {
            return self.source.read_into(offset, target);
        }
        if near && self.held(offset, target.len()).is_none() {
            self.advance(offset)?;
        }
        match self.held(offset, target.len()) {
            Some(held) => target.copy_from_slice(held),
            None => self.source.read_into(offset, target)?,
        }
        Ok(())
    }

    fn held(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let skip = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.window.get(skip..)?.get(..len)
    }

    /// Moves the window, which then holds at least [`NEAR`] bytes or reaches the end.
    fn advance(&mut self, offset: u64) -> Result<()> {
        let len = limits::to_usize(self.end.saturating_sub(offset).min(WINDOW))?;
        if self.window.len() < len {
            self.window = limits::buffer(len as u64)?;
        }
        self.window.truncate(len);
        self.start = offset;
        self.source.read_into(offset, &mut self.window)
    }
}
