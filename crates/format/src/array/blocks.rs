//! Regions taken through block by block, in bounded memory.

use super::borrow::if_any;
use super::Array;
use crate::error::Result;
use crate::grid::cut;
use crate::limits;
use crate::shape::Selection;

impl Array {
    /// Calls `visit` with the stored bytes of a region that was checked, block by block, in C order: borrowed where they
    /// lie in one piece, in a buffer of bounded size elsewhere. Blocks of filtered data are made of whole chunks where
    /// they can be, so that no chunk is decoded twice.
    ///
    /// # Errors
    /// What is wrong with the file; the errors of `visit`.
    pub(crate) fn for_each_block(&self, region: &Selection, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if region.count.contains(&0) {
            return Ok(());
        }
        if let Some(bytes) = if_any(self.raw.borrow(region))? {
            return visit(bytes);
        }
        let mut buffer = Vec::new();
        let chunk = self.raw.chunk().unwrap_or_default();
        cut(region, 0, (self.raw.element().size, self.raw.block(), chunk), &mut |part| {
            if let Some(bytes) = if_any(self.raw.borrow(part))? {
                return visit(bytes);
            }
            let len = limits::to_usize(self.stored_bytes(part)?)?;
            let more = len.saturating_sub(buffer.len());
            limits::reserve(&mut buffer, more)?;
            buffer.resize(len, 0);
            self.raw.read(part, &mut buffer)?;
            visit(&buffer)
        })
    }
}
