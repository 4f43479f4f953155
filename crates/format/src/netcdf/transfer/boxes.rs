//! A variable without filters, as chunks: those that it has, or bands of one that lies in one piece or in records.

use std::sync::Arc;

use crate::copy::{self, Side};
use crate::error::Result;
use crate::hdf5::write::assemble::{ChunkEncoder, ChunkStore, EncodedChunk};
use crate::limits;
use crate::netcdf::ids::VariableId;
use crate::netcdf::writer::Writer;
use crate::shape::{self, Selection};

/// The way to a variable of the output.
#[derive(Debug)]
pub(super) struct Boxes<'b> {
    pub output: &'b Writer,
    pub variable: VariableId,
    /// The lengths of a box.
    pub chunk: &'b [u64],
}

impl Boxes<'_> {
    /// What of a box lies in the variable.
    fn inside(&self, chunk: &EncodedChunk) -> Selection {
        let start: Vec<u64> = chunk.scaled.iter().zip(self.chunk).map(|(&at, &len)| at.saturating_mul(len)).collect();
        let count = chunk.extent.iter().zip(&start).map(|(&end, &start)| end.saturating_sub(start)).collect();
        Selection::block(start, count)
    }
}

impl ChunkStore for Boxes<'_> {
    /// What lies outside of the variable is not written.
    fn fill(&self, _: usize, _: &mut [u8]) -> Result<()> {
        Ok(())
    }

    fn encoder(&self, _: usize) -> Option<Arc<dyn ChunkEncoder>> {
        None
    }

    /// Chunks get theirs when they are written first; all others have one by the header.
    fn give_place(&self, _: usize, _: &[u64]) -> Result<bool> {
        Ok(self.output.store().chunk(self.variable).is_none())
    }

    fn put(&self, _: usize, chunk: &EncodedChunk) -> Result<()> {
        let (region, size) = (self.inside(chunk), self.output.store().size(self.variable));
        if region.count == self.chunk {
            return self.output.put_unfiltered(self.variable, &region, &chunk.bytes);
        }
        let mut bytes = limits::buffer(shape::bytes(&region.count, size)?)?;
        let zero = vec![0; region.count.len()];
        let from = Side { shape: self.chunk, start: &zero, stride: &[] };
        let to = Side { shape: &region.count, start: &zero, stride: &[] };
        copy::copy((&chunk.bytes, from), (&mut bytes, to), &region.count, size)?;
        self.output.put_unfiltered(self.variable, &region, &bytes)
    }
}
