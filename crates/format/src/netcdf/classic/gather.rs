//! Many small runs, read in few pieces.

use crate::error::{Error, Result};
use crate::limits;
use crate::source::Source;

/// Runs closer than this are read together: a call to the system costs about as much as copying a page.
const NEAR: u64 = 4 << 10;
/// What is read at once then.
const WINDOW: u64 = 64 << 10;

/// Copies runs out of a source, mostly forwards.
#[derive(Debug)]
pub(super) struct Gather<'s> {
    source: &'s Source,
    /// Whether data are missing at the end of the file.
    is_truncated: bool,
    window: Vec<u8>,
    start: u64,
    /// The end of the run before.
    last: Option<u64>,
}

impl<'s> Gather<'s> {
    pub fn new(source: &'s Source, is_truncated: bool) -> Self {
        Gather { source, is_truncated, window: Vec::new(), start: 0, last: None }
    }

    /// Fills `target` from `offset`. A last variable that was never written and is not there reads as zeros.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for data that are cut off: they were something, and not zeros.
    pub fn fill(&mut self, offset: u64, target: &mut [u8]) -> Result<()> {
        let there = self.source.len().saturating_sub(offset).min(target.len() as u64);
        let (there, missing) = target.split_at_mut(limits::to_usize(there)?);
        if self.is_truncated && !missing.is_empty() {
            let detail = format!("the file is truncated: it ends at {}", self.source.len());
            return Err(Error::malformed("data", offset, detail));
        }
        missing.fill(0);
        if there.is_empty() {
            return Ok(());
        }
        let end = offset.saturating_add(there.len() as u64);
        let near = self.last.replace(end).is_some_and(|last| last <= offset && offset - last < NEAR);
        if self.source.is_borrowable() || there.len() as u64 >= NEAR {
            return self.source.read_into(offset, there);
        }
        match (self.held(offset, there.len()), near) {
            (Some(held), _) => there.copy_from_slice(held),
            (None, false) => self.source.read_into(offset, there)?,
            (None, true) => {
                self.advance(offset)?;
                if let Some(held) = self.held(offset, there.len()) {
                    there.copy_from_slice(held);
                }
            }
        }
        Ok(())
    }

    fn held(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let skip = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.window.get(skip..)?.get(..len)
    }

    /// Moves the window, which then holds at least [`NEAR`] bytes or reaches the end of the file.
    fn advance(&mut self, offset: u64) -> Result<()> {
        let len = limits::to_usize(self.source.len().saturating_sub(offset).min(WINDOW))?;
        if self.window.len() < len {
            self.window = limits::buffer(len as u64)?;
        }
        self.window.truncate(len);
        self.start = offset;
        self.source.read_into(offset, &mut self.window)
    }
}
